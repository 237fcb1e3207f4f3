package thehive

import (
	"encoding/json"

	"github.com/waggle-cti/waggle/docker/setup/step"
)

// Dashboard is a dashboard as TheHive's page exports and imports it.
type Dashboard struct {
	Title       string          `json:"title"`
	Description string          `json:"description"`
	Status      string          `json:"status"`     // Shared or Private
	Definition  json.RawMessage `json:"definition"` // an object, which the API of 4.1 takes as text
}

// DashboardFolders are the folders of docker/thehive that hold dashboards, one
// for each version of TheHive that draws them.
func DashboardFolders() []string { return []string{four().dashboardFolder, five().dashboardFolder} }

// Dashboards are the steps for the dashboards, given by their folders. Titles are
// not unique in TheHive, and one of the same title that is there is left as it is.
func (s *Server) Dashboards(dashboards map[string][]Dashboard) []step.Step {
	var out []step.Step
	for _, d := range dashboards[s.edition.dashboardFolder] {
		out = append(out, s.edition.dashboards.step(s.member, "dashboard", d.Title, func() any { return s.edition.dashboard(d) }))
	}
	return out
}
