package thehive

import (
	"github.com/waggle-cti/waggle/docker/setup/step"
)

// CaseTemplate is a template of cases, as TheHive imports it from a file and takes it
// by its API: POST /api/case/template in 4.1, /api/v1/caseTemplate in 5.
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
		out = append(out, s.edition.caseTemplates.step(s.member, "case template", c.Name, func() any { return c }))
	}
	return out
}
