package thehive

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/waggle-cti/waggle/docker/setup/step"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// Reports are the steps for report templates: a name with version and its
// long.html each, and the zip that holds them all.
func (s *Server) Reports(long map[string]string, zip []byte) []step.Step {
	return []step.Step{{
		Name: fmt.Sprintf("report templates of %d analyzers", len(long)), Hand: s.edition.reportsPage + ": " + s.settings.Templates,
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
	answer, err := s.admin(ctx, upstream.Request{Path: s.edition.reports + "content/" + url.PathEscape(name)})
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
	answer, err := s.admin(ctx, upstream.Request{Method: http.MethodPost, Path: s.edition.reports + "_import",
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
