package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/waggle-cti/waggle/feeder/waggle"
)

// listing is what stands round every list: its filters, its pages, and how the
// sources are doing.
type listing struct {
	Form     url.Values
	Filtered bool
	Sources  overview
	Pager    pager
}

// listing reads what stands round a list that shows so many of total rows.
func (s *site) listing(r *http.Request, offset, limit, shown, total int) (listing, error) {
	health, err := s.glance.sources(r.Context(), s.Store, s.Now())
	if err != nil {
		return listing{}, err
	}
	form := r.URL.Query()
	return listing{Form: form, Filtered: filtered(form), Sources: overviewOf(health), Pager: pagerOf(r.URL, offset, limit, shown, total)}, nil
}

// glance keeps for a moment how the sources are doing: every list says it, and
// counting 100,000 posts for each costs more than the list itself.
type glance struct {
	mu     sync.Mutex
	at     time.Time
	health []waggle.Health
}

// glanceTime is how old a glance may be.
const glanceTime = 5 * time.Second

func (g *glance) sources(ctx context.Context, store Store, now time.Time) ([]waggle.Health, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if age := now.Sub(g.at); g.health != nil && age >= 0 && age < glanceTime && overviewOf(g.health).Settled() {
		return g.health, nil
	}
	health, err := store.Sources(ctx)
	if err == nil {
		g.at, g.health = now, health
	}
	return health, err
}

// Waiting tells whether the list is empty only because the sources have not
// all answered yet.
func (l listing) Waiting() bool {
	return l.Pager.Total == 0 && !l.Filtered && !l.Sources.Settled()
}

// filtered says whether a form narrows the list; order and page do not.
func filtered(form url.Values) bool {
	for name := range form {
		if name != "sort" && name != "page" && name != "limit" && strings.TrimSpace(form.Get(name)) != "" {
			return true
		}
	}
	return false
}
