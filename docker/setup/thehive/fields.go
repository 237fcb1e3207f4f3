package thehive

import (
	"context"
	"fmt"

	"github.com/waggle-cti/waggle/docker/setup/step"
)

// ObservableTypes are the types that our analyzers take and that TheHive is not
// installed with.
func ObservableTypes() []string { return []string{"cve", "vulnerability"} }

// CustomField is a field of alerts and cases.
type CustomField struct {
	Name  string // as its reference, by which the API names it
	Title string // as people see it
	About string
	Type  string // string, integer, boolean, date, float
}

// CustomFields are the fields that the feeder fills in and dashboards count.
func CustomFields() []CustomField {
	return []CustomField{
		{"waggle-score", "Waggle score", "How much the story matters to this business, 0 to 100", "integer"},
		{"waggle-story", "Waggle story", "The story's id on the feeder's page", "string"},
		{"waggle-threat", "Waggle threat", "The kind of threat: ransomware, phishing, vulnerability, malware, data breach and so on", "string"},
		{"waggle-verdict", "Waggle verdict", "What the analyzers' reports together say: malicious, suspicious, safe, unknown", "string"},
	}
}

// Things are the steps for what alerts and cases are made of.
func (s *Server) Things() []step.Step {
	var out []step.Step
	for _, name := range ObservableTypes() {
		out = append(out, s.observableType(name))
	}
	for _, f := range CustomFields() {
		out = append(out, s.customField(f))
	}
	return out
}

func (s *Server) observableType(name string) step.Step {
	return s.edition.observableTypes.step(s.admin, "observable type", name, func() any { return map[string]any{"name": name, "isAttachment": false} })
}

func (s *Server) customField(f CustomField) step.Step {
	fields := s.edition.customFields
	return step.Step{
		Name: "custom field " + f.Name, Hand: fmt.Sprintf("%s: name %q, type %s", fields.hand, f.Name, f.Type),
		Look: func(ctx context.Context) (string, error) {
			found, err := fields.named(ctx, s.admin, f.Name)
			if err != nil {
				return "", err
			}
			if len(found) == 0 {
				return "no such field", nil
			}
			if held := found[0].Get("type").String(); held != f.Type {
				return "", fmt.Errorf("there is one of type %s, and the feeder fills in values of type %s: delete it, or rename it", held, f.Type)
			}
			return "", nil
		},
		Make: func(ctx context.Context) error { return fields.make(ctx, s.admin, s.edition.field(f)) },
	}
}
