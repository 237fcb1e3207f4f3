package thehive

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
