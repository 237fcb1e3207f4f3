package web

import (
	"net/http"
	"time"

	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/harmless"
)

// sourceList is /api/v1/sources.
type sourceList struct {
	Sources  []waggle.Health  `json:"sources"`
	Troubles []waggle.Trouble `json:"troubles,omitempty"` // with the services that stories are sent to
}

func (s *site) sources(r *http.Request) (sourceList, error) {
	all, err := s.Store.Sources(r.Context())
	if err != nil {
		return sourceList{}, err
	}
	troubles, err := s.Store.Troubles(r.Context())
	return sourceList{append([]waggle.Health{}, all...), troubles}, err
}

// overview is how all sources together are doing.
type overview struct {
	All      []waggle.Health
	Polled   int // asked at least once
	Answered int // at least once
	Failing  int
	Posts    int
	Told     int
	Dropped  int
}

func overviewOf(all []waggle.Health) overview {
	o := overview{All: all}
	for _, h := range all {
		if !h.Polled.IsZero() {
			o.Polled++
		}
		if !h.Answered.IsZero() {
			o.Answered++
		}
		if h.Failures > 0 {
			o.Failing++
		}
		o.Posts += h.Posts
		o.Told += h.Told
		o.Dropped += h.Dropped
	}
	return o
}

// Settled says that the first round is over: every source was asked.
func (o overview) Settled() bool { return len(o.All) == 0 || o.Polled == len(o.All) }

// sourcesView is what the page of sources shows.
type sourcesView struct {
	overview
	Rows     []sourceRow
	Troubles []waggle.Trouble
	Chart    chart // of all
}

type sourceRow struct {
	waggle.Health
	Class, State string
	Chart        chart
	Link         string // where the source can be looked at
}

func (s *site) sourcesPage(r *http.Request) (view, error) {
	list, err := s.sources(r)
	if err != nil {
		return view{}, err
	}
	since := s.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 1-chartDays)
	days, err := s.Store.Days(r.Context(), since)
	if err != nil {
		return view{}, err
	}
	alerts, err := s.Store.Alerts(r.Context(), since)
	if err != nil {
		return view{}, err
	}
	v := sourcesView{overview: overviewOf(list.Sources), Troubles: list.Troubles, Chart: chartOf(days, alerts, s.Now())}
	own := map[string][]waggle.Day{}
	for _, d := range days {
		own[d.Source] = append(own[d.Source], d)
	}
	for _, h := range list.Sources {
		row := sourceRow{Health: h, Class: "healthy", State: "Healthy", Link: harmless.Publication(h.URL, nil), Chart: chartOf(own[h.Name], nil, s.Now())}
		switch {
		case h.Failures > 0:
			row.Class, row.State = "failing", "Failing, "+count(h.Failures, "try", "tries")
		case h.Polled.IsZero():
			row.Class, row.State = "waiting", "Not asked yet"
		}
		v.Rows = append(v.Rows, row)
	}
	return view{Title: "Sources", Here: "sources", Refresh: !v.Settled(), Data: v}, nil
}
