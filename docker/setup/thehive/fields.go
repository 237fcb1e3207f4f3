package thehive

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

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

// CaseTemplates are the steps for the templates of cases; one of the same name
// that is there is left as it is.
func (s *Server) CaseTemplates(templates []CaseTemplate) []step.Step {
	var out []step.Step
	for _, c := range templates {
		out = append(out, step.Step{
			Name: "case template " + c.Name, Hand: "as org-admin: Organisation, Case templates, Import template: docker/thehive/case-templates",
			Look: func(ctx context.Context) (string, error) {
				rows, err := s.search(ctx, "/api/case/template/_search")
				if err != nil || len(named(rows, "name", c.Name)) > 0 {
					return "", err
				}
				return "no such template", nil
			},
			Make: func(ctx context.Context) error { return post(ctx, s.member, "/api/case/template", c) },
		})
	}
	return out
}

// search gives all rows of what the organisation has.
func (s *Server) search(ctx context.Context, path string) ([]row, error) {
	return list(ctx, s.member, upstream.Request{Method: http.MethodPost, Path: path, JSON: map[string]any{"query": map[string]any{}}, Repeatable: true})
}

// Reports are the steps for report templates: a name with version and its
// long.html each, and the zip that holds them all.
func (s *Server) Reports(long map[string]string, zip []byte) []step.Step {
	return []step.Step{{
		Name: fmt.Sprintf("report templates of %d analyzers", len(long)), Hand: "as administrator: Analyzer templates, Import templates: " + s.settings.Templates,
		Look: func(ctx context.Context) (string, error) {
			lacking := 0
			for name, text := range long {
				same, err := s.holdsReport(ctx, name, text)
				if err != nil {
					return "", err
				}
				if !same {
					lacking++
				}
			}
			if lacking == 0 {
				return "", nil
			}
			return fmt.Sprintf("%d are missing or older", lacking), nil
		},
		Make: func(ctx context.Context) error { return s.importReports(ctx, zip) },
	}}
}

func (s *Server) holdsReport(ctx context.Context, name, text string) (bool, error) {
	answer, err := s.admin(ctx, upstream.Request{Path: "/api/connector/cortex/analyzer/template/content/" + url.PathEscape(name)})
	if upstream.ReasonOf(err) == upstream.NotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return string(answer.Body) == text, nil
}

// importReports imports a zip, after which TheHive tells of each template
// whether it was taken: {"Waggle_IOCs_1_0":true}.
func (s *Server) importReports(ctx context.Context, zip []byte) error {
	answer, err := s.admin(ctx, upstream.Request{Method: http.MethodPost, Path: "/api/connector/cortex/analyzer/template/_import",
		Multipart: []upstream.Part{{Name: "templates", Filename: "templates.zip", ContentType: "application/zip", Data: zip}}})
	if err != nil {
		return err
	}
	for name, taken := range answer.JSON().Map() {
		if !taken.Bool() {
			return fmt.Errorf("TheHive did not take the template %s", name)
		}
	}
	return nil
}
