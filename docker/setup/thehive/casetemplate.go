package thehive

import (
	"context"

	"github.com/waggle-cti/waggle/docker/setup/step"
)

// CaseTemplate is a template of cases, as TheHive 4.1 imports it from a file and
// takes it by its API: POST /api/case/template.
type CaseTemplate struct {
	Name         string         `json:"name"`
	DisplayName  string         `json:"displayName"`
	TitlePrefix  string         `json:"titlePrefix"`
	Description  string         `json:"description"`
	Severity     int            `json:"severity"`
	TLP          int            `json:"tlp"`
	PAP          int            `json:"pap"`
	Tags         []string       `json:"tags"`
	Tasks        []Task         `json:"tasks"`
	CustomFields map[string]any `json:"customFields"`
}

// Task is a task of a template.
type Task struct {
	Title       string `json:"title"`
	Group       string `json:"group"`
	Description string `json:"description"` // Markdown
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
