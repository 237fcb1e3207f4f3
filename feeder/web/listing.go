package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/waggle-cti/waggle/feeder/waggle"
)

// listing is what stands round every list: its filters, its pages, and how the
// sources are doing.
type listing struct {
	Form     url.Values
	Filtered bool
	Most     bool // a search for words found as many posts as it ever gives
	Sources  overview
	Pager    pager
}

// listing reads what stands round a list that shows so many of total rows.
func (s *site) listing(r *http.Request, offset, limit, shown, total int) (listing, error) {
	health, err := s.Store.Sources(r.Context())
	if err != nil {
		return listing{}, err
	}
	form := r.URL.Query()
	return listing{Form: form, Filtered: filtered(form), Most: total >= waggle.MostFound && strings.TrimSpace(form.Get("q")) != "", Sources: overviewOf(health), Pager: pagerOf(r.URL, offset, limit, shown, total)}, nil
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
