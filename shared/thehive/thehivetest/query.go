package thehivetest

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// row is an entity as a query passes it along. It is made to show only when it
// must be, as there may be very many.
type row struct {
	show        func() object
	created     int64
	observables []*observable
}

func (s *Server) alertRow(a *alert, show func(*alert) object) row {
	return row{func() object { return show(a) }, a.created, a.observables}
}

func (s *Server) queryV1(c call) answer {
	return s.query(c, func(a *alert) object { return a.v1(s.five) }, func(o *observable) object { return o.v1(s.five) })
}

func (s *Server) queryV0(c call) answer { return s.query(c, (*alert).v0, (*observable).v0) }

// query runs a query's steps one after another.
func (s *Server) query(c call, showAlert func(*alert) object, showObservable func(*observable) object) answer {
	steps, _ := c.body["query"].([]any)
	var rows []row
	for _, one := range steps {
		step, _ := one.(map[string]any)
		switch name, _ := step["_name"].(string); name {
		case "listAlert":
			for _, a := range s.alerts {
				rows = append(rows, s.alertRow(a, showAlert))
			}
		case "getAlert":
			if a := s.alert(text(step["idOrName"])); a != nil {
				rows = append(rows, s.alertRow(a, showAlert))
			}
		case "listCase":
			for _, k := range s.cases {
				rows = append(rows, row{func() object { return k.v1(s.five) }, k.created, k.observables})
			}
		case "getCase":
			if k := s.aCase(text(step["idOrName"])); k != nil {
				rows = append(rows, row{func() object { return k.v1(s.five) }, k.created, k.observables})
			}
		case "listObservableType":
			for i, name := range s.types {
				rows = append(rows, row{show: func() object { return s.typeV1(i, name) }})
			}
		case "observables":
			rows = children(rows, showObservable)
		case "getObservable":
			rows = append(rows, row{observables: slices.DeleteFunc(s.everyObservable(), func(o *observable) bool { return o.id != text(step["idOrName"]) })})
		case "jobs":
			rows = s.jobRows(rows)
		case "filter":
			rows = slices.DeleteFunc(rows, func(r row) bool { return !passes(r.show(), step) })
		case "sort":
			sortRows(rows, step)
		case "page":
			rows = cutPage(rows, step)
		case "count":
			return answer{status: 200, body: len(rows)}
		default:
			all, known := s.lists(name, c.who)
			if !known {
				return unknownStep(step)
			}
			for _, one := range all {
				rows = append(rows, row{show: func() object { return one }})
			}
		}
	}
	out := make([]object, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.show())
	}
	return answer{status: 200, body: out}
}

func children(rows []row, show func(*observable) object) []row {
	var out []row
	for _, r := range rows {
		for _, o := range r.observables {
			out = append(out, row{show: func() object { return show(o) }, created: o.created})
		}
	}
	return out
}

// unknownStep is the answer to a step that there is not. The real one's list
// of accepted steps is longer.
func unknownStep(step object) answer {
	check := checks{}
	check.invalid("_name", "query", "listAlert", text(step["_name"]))
	refused, _ := check.failed()
	return refused
}

// passes tells whether an entity passes a filter, in the forms of both
// versions; "_name" names the step itself.
func passes(entity, filter object) bool {
	if name, ok := filter["_field"].(string); ok {
		return has(entity[name], filter["_value"])
	}
	for name, inner := range filter {
		if !passesOne(entity, name, inner) {
			return false
		}
	}
	return true
}

func passesOne(entity object, name string, inner any) bool {
	one, _ := inner.(map[string]any)
	all, _ := inner.([]any)
	each := func(f any) bool { o, _ := f.(map[string]any); return passes(entity, o) }
	switch name {
	case "_name":
		return true
	case "_and":
		return !slices.ContainsFunc(all, func(f any) bool { return !each(f) })
	case "_or":
		return slices.ContainsFunc(all, each)
	case "_not":
		return !passes(entity, one)
	case "_eq":
		return passes(entity, one)
	case "_gte":
		return customNumber(entity, text(one["_field"])) >= float(one["_value"])
	}
	return has(entity[name], inner)
}

// has tells whether a field is a value, or holds it.
func has(field, value any) bool {
	if list, ok := field.([]string); ok {
		return slices.Contains(list, text(value))
	}
	return field != nil && text(field) == text(value)
}

func customNumber(entity object, name string) float64 {
	fields, _ := entity["customFields"].(object)
	typed, _ := fields[strings.TrimPrefix(name, "customFields.")].(object)
	for value := range maps.Values(typed) {
		return float(value)
	}
	return 0
}

func sortRows(rows []row, step object) {
	fields, _ := step["_fields"].([]any)
	for _, f := range slices.Backward(fields) {
		one, _ := f.(map[string]any)
		for name, direction := range one {
			slices.SortStableFunc(rows, func(a, b row) int {
				order := cmp.Compare(a.created, b.created)
				if name != "_createdAt" {
					order = compare(a.show()[name], b.show()[name])
				}
				if direction == "desc" {
					return -order
				}
				return order
			})
		}
	}
}

func compare(a, b any) int {
	if x, ok := a.(int64); ok {
		y, _ := b.(int64)
		return cmp.Compare(x, y)
	}
	return cmp.Compare(text(a), text(b))
}

func cutPage(rows []row, step object) []row {
	from, to := int(float(step["from"])), int(float(step["to"]))
	from = min(max(from, 0), len(rows))
	return rows[from:min(max(to, from), len(rows))]
}

// text is a value as text, numbers in decimal.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case nil:
		return ""
	}
	b, _ := json.Marshal(v)
	return string(b)
}

func float(v any) float64 {
	f, _ := strconv.ParseFloat(text(v), 64)
	return f
}
