package thehive

import (
	"context"
	"fmt"

	"github.com/waggle-cti/waggle/docker/setup/step"
	"github.com/waggle-cti/waggle/shared/upstream"
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
	return step.Step{
		Name: "observable type " + name, Hand: "as administrator: Observable types, Add",
		Look: func(ctx context.Context) (string, error) {
			rows, err := list(ctx, s.admin, upstream.Request{Path: "/api/observable/type"})
			if err != nil || len(named(rows, "name", name)) > 0 {
				return "", err
			}
			return "no such type", nil
		},
		Make: func(ctx context.Context) error {
			return post(ctx, s.admin, "/api/observable/type", map[string]any{"name": name, "isAttachment": false})
		},
	}
}

func (s *Server) customField(f CustomField) step.Step {
	return step.Step{
		Name: "custom field " + f.Name, Hand: fmt.Sprintf("as administrator: Custom fields, Add: name %q, type %s", f.Name, f.Type),
		Look: func(ctx context.Context) (string, error) {
			rows, err := list(ctx, s.admin, upstream.Request{Path: "/api/customField"})
			if err != nil {
				return "", err
			}
			found := named(rows, "reference", f.Name)
			if len(found) == 0 {
				return "no such field", nil
			}
			if held := found[0].Get("type").String(); held != f.Type {
				return "", fmt.Errorf("there is one of type %s, and the feeder fills in values of type %s: delete it, or rename it", held, f.Type)
			}
			return "", nil
		},
		Make: func(ctx context.Context) error {
			return post(ctx, s.admin, "/api/customField", map[string]any{"name": f.Title, "reference": f.Name, "description": f.About, "type": f.Type,
				"mandatory": false, "options": []string{}})
		},
	}
}
