package thehivetest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// checks collects what is wrong with a request's attributes, in TheHive's form.
type checks struct {
	body     object
	messages []string
	errors   []any
}

func (c *checks) missing(name string) {
	c.messages = append(c.messages, "[Attribute "+name+" is missing]")
	c.errors = append(c.errors, object{"name": name, "type": "MissingAttributeError"})
}

func (c *checks) invalid(name, format, accepted string, value any) {
	found := shown(value)
	c.messages = append(c.messages, "[Invalid format for "+name+": "+found+", expected "+format+" ("+accepted+")]")
	c.errors = append(c.errors, object{"name": name, "format": format, "acceptedInput": []string{accepted}, "field": found, "type": "InvalidFormatAttributeError"})
}

// shown shows a value as TheHive's errors do.
func shown(value any) string {
	switch v := value.(type) {
	case string:
		return "FString(" + v + ")"
	case json.Number:
		return "FNumber(" + v.String() + ")"
	case bool:
		return "FBoolean(" + strconv.FormatBool(v) + ")"
	}
	return fmt.Sprintf("%v", value)
}

// text reads a string that must be there.
func (c *checks) text(name string) string {
	v, ok := c.body[name]
	if !ok || v == nil {
		c.missing(name)
		return ""
	}
	s, ok := v.(string)
	if !ok {
		c.invalid(name, "string", "string", v)
	}
	return s
}

// whole reads a number that may be absent.
func (c *checks) whole(name string, otherwise int) int {
	v, ok := c.body[name]
	if !ok || v == nil {
		return otherwise
	}
	n, ok := number(v)
	if !ok {
		c.invalid(name, "int", "int", v)
	}
	return int(n)
}

// date reads milliseconds.
func (c *checks) date(name string, otherwise int64) int64 {
	v, ok := c.body[name]
	if !ok || v == nil {
		return otherwise
	}
	n, ok := number(v)
	if text, is := v.(string); is {
		parsed, err := strconv.ParseInt(text, 10, 64)
		n, ok = parsed, err == nil
	}
	if !ok {
		c.invalid(name, "date", "date", v)
	}
	return n
}

// texts reads a list of strings that may be absent.
func (c *checks) texts(name string) []string {
	v, ok := c.body[name]
	if !ok || v == nil {
		return nil
	}
	list, ok := stringList(v)
	if !ok {
		c.invalid(name, "object", "[string]", v)
	}
	return list
}

// failed is the answer if anything was wrong.
func (c *checks) failed() (answer, bool) {
	if len(c.errors) == 0 {
		return answer{}, false
	}
	return answer{status: 400, body: object{"type": "AttributeCheckingError", "message": strings.Join(c.messages, ""), "errors": c.errors}}, true
}

func number(v any) (int64, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	i, err := n.Int64()
	return i, err == nil
}

// stringList reads a list of strings.
func stringList(v any) ([]string, bool) {
	list, ok := v.([]any)
	if !ok {
		return nil, false
	}
	out := make([]string, 0, len(list))
	for _, one := range list {
		s, ok := one.(string)
		if !ok {
			return nil, false
		}
		out = append(out, s)
	}
	return out, true
}

// customFields reads custom fields: {"n":{"integer":1}}, {"n":1}, or a list of
// {"name","value"}. The answer is set when one is refused.
func (s *Server) customFields(v any) ([]field, *answer) {
	given := map[string]any{}
	var names []string
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			if typed, ok := value.(map[string]any); ok {
				for _, inner := range typed {
					value = inner
				}
			}
			given[name] = value
			names = append(names, name)
		}
		slices.Sort(names)
	case []any:
		for _, one := range v {
			if o, ok := one.(map[string]any); ok {
				name, _ := o["name"].(string)
				given[name] = o["value"]
				names = append(names, name)
			}
		}
	}
	var out []field
	for _, name := range names {
		typ, ok := s.options.Fields[name]
		if !ok {
			a := refusal(404, "NotFoundError", "CustomField "+name+" not found")
			return nil, &a
		}
		if !fits(typ, given[name]) {
			a := refusal(400, "BadRequest", fmt.Sprintf("Invalid value type for custom field.\n  Expected: %s\n  Found   : Some(%v) (class scala.Some)\n                             ", typ, given[name]))
			return nil, &a
		}
		out = append(out, field{name, typ, given[name]})
	}
	return out, nil
}

func fits(typ string, value any) bool {
	switch value.(type) {
	case string:
		return typ == "string"
	case bool:
		return typ == "boolean"
	case json.Number:
		return typ == "integer" || typ == "float" || typ == "date"
	}
	return false
}
