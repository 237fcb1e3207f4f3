package thehivetest

import (
	"slices"
	"strconv"
	"strings"
)

// searchAlerts is POST /api/alert/_search: ten rows unless a range says
// otherwise, the newest first, the total in a header.
func (s *Server) searchAlerts(c call) answer {
	var found []object
	query, _ := c.body["query"].(map[string]any)
	for _, a := range slices.Backward(s.alerts) {
		if show := a.v0(); passes(show, query) {
			found = append(found, show)
		}
	}
	return page(c, found)
}

// searchObservables is POST /api/case/artifact/_search.
func (s *Server) searchObservables(c call) answer {
	query, _ := c.body["query"].(map[string]any)
	parent, _ := query["_parent"].(map[string]any)
	of, _ := parent["_query"].(map[string]any)
	var found []object
	for _, k := range s.cases {
		if of != nil && of["_id"] != k.id {
			continue
		}
		for _, o := range k.observables {
			if show := o.v0(); of != nil || passes(show, query) {
				found = append(found, show)
			}
		}
	}
	return page(c, found)
}

// page cuts the rows that a request's range asks for: "all", "0-50".
func page(c call, rows []object) answer {
	asked := c.URL.Query().Get("range")
	if asked == "" {
		asked, _ = c.body["range"].(string)
	}
	total, from, to := len(rows), 0, 10
	if first, last, ok := strings.Cut(asked, "-"); ok {
		from, _ = strconv.Atoi(first)
		to, _ = strconv.Atoi(last)
	}
	if asked == "all" {
		to = total
	}
	from = min(from, total)
	rows = rows[from:min(max(to, from), total)]
	if rows == nil {
		rows = []object{}
	}
	return answer{status: 200, body: rows, total: total}
}
