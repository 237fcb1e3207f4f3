package cortex

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Operation is something TheHive does with the object once the job has ended.
// The constructors make one. TheHive waits for ever on a job with an unknown or
// incomplete operation, so a report with one is refused before it is written.
type Operation struct {
	kind   string
	fields map[string]any
}

// MarshalJSON writes the operation as TheHive reads it.
func (o Operation) MarshalJSON() ([]byte, error) {
	m := map[string]any{"type": o.kind}
	for k, v := range o.fields {
		m[k] = v
	}
	return json.Marshal(m)
}

// AddTagToCase tags the case that the object is in.
func AddTagToCase(tag string) Operation {
	return Operation{"AddTagToCase", map[string]any{"tag": tag}}
}

// AddTagToArtifact tags the observable; for analyzers, and responders on one.
func AddTagToArtifact(tag string) Operation {
	return Operation{"AddTagToArtifact", map[string]any{"tag": tag}}
}

// AddTagToAlert tags the alert; for responders on an alert.
func AddTagToAlert(tag string) Operation {
	return Operation{"AddTagToAlert", map[string]any{"tag": tag}}
}

// AddCustomField sets a custom field of the case. The field must exist in
// TheHive and be of that type: string, integer, float, boolean, date (epoch
// milliseconds) or url; TheHive 5 also takes number.
func AddCustomField(name, fieldType string, value any) Operation {
	return Operation{"AddCustomFields", map[string]any{"name": name, "tpe": fieldType, "value": value}}
}

// The objects that responders run on.
const (
	onAlert    = "thehive:alert"
	onCase     = "thehive:case"
	onArtifact = "thehive:case_artifact"
	onTask     = "thehive:case_task"
	onLog      = "thehive:case_task_log"
)

// operationRule says where an operation works and what it can't do without.
type operationRule struct {
	on       []string
	required []string
}

// operationRuleOf knows the operations of TheHive 4.1 and 5 that workers use. A
// worker that needs another gives it a constructor and a rule.
func operationRuleOf(kind string) (operationRule, bool) {
	inCase := []string{onCase, onArtifact, onTask, onLog}
	switch kind {
	case "AddTagToCase":
		return operationRule{inCase, []string{"tag"}}, true
	case "AddCustomFields":
		return operationRule{inCase, []string{"name", "tpe", "value"}}, true
	case "AddTagToArtifact":
		return operationRule{[]string{onArtifact}, []string{"tag"}}, true
	case "AddTagToAlert":
		return operationRule{[]string{onAlert}, []string{"tag"}}, true
	}
	return operationRule{}, false
}

// check tells what TheHive would not take of the operation on such an object.
// An analyzer's object is an observable in a case.
func (o Operation) check(kind Kind, dataType string) error {
	rule, ok := operationRuleOf(o.kind)
	if !ok {
		return errors.New("has no type: make it with a constructor of package cortex")
	}
	if kind == Analyzer {
		dataType = onArtifact
	}
	if !slices.Contains(rule.on, dataType) {
		return fmt.Errorf("%s does not work on %s, only on %s", o.kind, dataType, strings.Join(rule.on, ", "))
	}
	for _, name := range rule.required {
		if s, isText := o.fields[name].(string); o.fields[name] == nil || isText && strings.TrimSpace(s) == "" {
			return fmt.Errorf("%s lacks its %s", o.kind, name)
		}
	}
	if o.kind == "AddCustomFields" {
		return checkCustomField(o.fields["tpe"].(string), o.fields["value"])
	}
	return nil
}

func checkCustomField(fieldType string, value any) error {
	known := []string{"string", "integer", "float", "number", "boolean", "date", "url"}
	if !slices.Contains(known, fieldType) {
		return fmt.Errorf("AddCustomFields has tpe %q, which must be one of %s", fieldType, strings.Join(known, ", "))
	}
	if !scalar(value) {
		return fmt.Errorf("AddCustomFields has a value of type %T, which must be a string, a number or a boolean", value)
	}
	return nil
}
