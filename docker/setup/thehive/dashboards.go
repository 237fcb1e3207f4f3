package thehive

import (
	"context"
	"encoding/json"

	"github.com/waggle-cti/waggle/docker/setup/step"
)

// Dashboard is a dashboard as TheHive 4.1's page exports and imports it.
type Dashboard struct {
	Title       string          `json:"title"`
	Description string          `json:"description"`
	Status      string          `json:"status"`     // Shared or Private
	Definition  json.RawMessage `json:"definition"` // an object, which the API takes as text
}

// Dashboards are the steps for the dashboards. Titles are not unique in TheHive,
// and one of the same title that is there is left as it is.
func (s *Server) Dashboards(dashboards []Dashboard) []step.Step {
	var out []step.Step
	for _, d := range dashboards {
		out = append(out, step.Step{
			Name: "dashboard " + d.Title, Hand: "Dashboards, Import dashboard: docker/thehive/dashboards",
			Look: func(ctx context.Context) (string, error) {
				rows, err := s.search(ctx, "/api/dashboard/_search")
				if err != nil || len(named(rows, "title", d.Title)) > 0 {
					return "", err
				}
				return "no such dashboard", nil
			},
			Make: func(ctx context.Context) error {
				return post(ctx, s.member, "/api/dashboard", map[string]any{"title": d.Title, "description": d.Description, "status": d.Status, "definition": string(d.Definition)})
			},
		})
	}
	return out
}
