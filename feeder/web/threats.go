package web

import (
	"html/template"
	"net/http"
	"net/url"
	"time"

	"github.com/waggle-cti/waggle/feeder/report"
)

// threatSpans are the spans that the page of threats offers, the usual first.
var threatSpans = []struct{ Since, Name string }{
	{"7d", "7 days"}, {"24h", "24 hours"}, {"30d", "30 days"},
}

// threats is /api/v1/threats.
func (s *site) threats(r *http.Request) (report.Report, error) {
	q, err := parse(r.URL)
	if err != nil {
		return report.Report{}, err
	}
	now := s.Now()
	since := q.since("since", now)
	if since.IsZero() {
		since = now.AddDate(0, 0, -7)
	}
	if !since.Before(now) {
		q.refuse("since", "it lies in the future")
	}
	if err := q.done(); err != nil {
		return report.Report{}, err
	}
	return report.Make(r.Context(), s.Store, s.Profile, now.Sub(since), now)
}

// threatsView is what the page of threats shows.
type threatsView struct {
	report.Report
	List  template.HTML
	Spans []tab
}

func (s *site) threatsPage(r *http.Request) (view, error) {
	list, err := s.threats(r)
	if err != nil {
		return view{}, err
	}
	fragment, err := list.Fragment("/")
	if err != nil {
		return view{}, err
	}
	return view{Title: list.Heading(), Here: "threats", Data: threatsView{list, fragment, spansOf(r.URL)}}, nil
}

func spansOf(u *url.URL) []tab {
	here := u.Query().Get("since")
	if here == "" {
		here = threatSpans[0].Since
	}
	var tabs []tab
	for _, span := range threatSpans {
		tabs = append(tabs, tab{fateName{Name: span.Name}, with(u, map[string]string{"since": span.Since}), span.Since == here})
	}
	return tabs
}

// feed answers with the threats of the last 7 days as a feed.
func (s *site) feed(contentType string, write func(report.Report, string) (string, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		list, err := report.Make(r.Context(), s.Store, s.Profile, 7*24*time.Hour, s.Now())
		var text string
		if err == nil {
			text, err = write(list, base(r))
		}
		if err != nil {
			code, said := status(err)
			s.report(r, code, err)
			http.Error(w, said, code)
			return
		}
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write([]byte(text))
	})
}

// base is the address that the visitor knows this server by.
func base(r *http.Request) string {
	u := url.URL{Scheme: "http", Host: r.Host, Path: "/"}
	if r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https" {
		u.Scheme = "https"
	}
	return u.String()
}
