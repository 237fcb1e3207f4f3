package misptest

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/misp"
)

// search is POST /attributes/restSearch. It ignores what it does not know, and
// an empty value: then it gives everything.
func (s *Server) search(c call) answer {
	header := map[string]string{}
	if s.options.Searches > 0 {
		s.searches++
		left := s.options.Searches - s.searches
		header["X-Rate-Limit-Limit"] = strconv.Itoa(s.options.Searches)
		header["X-Rate-Limit-Remaining"] = strconv.Itoa(max(left, 0))
		header["X-Rate-Limit-Reset"] = "899"
		if left < 0 {
			refused := said(c, 429, "Rate limit exceeded.")
			refused.header = header
			return refused
		}
	}
	asked := unwrapped(c.body, "request")
	if format := asked.Get("returnFormat").String(); format != "" && format != "json" {
		return said(c, 404, "Invalid output format.")
	}
	var found []object
	for _, e := range s.events {
		for _, a := range e.all() {
			if e.visible(c.who) && s.matches(a, asked) {
				found = append(found, s.showFound(a, asked))
			}
		}
	}
	header["X-Result-Count"] = strconv.Itoa(len(found))
	if limit := int(asked.Get("limit").Int()); limit > 0 {
		from := min(max(int(asked.Get("page").Int())-1, 0)*limit, len(found))
		found = found[from:min(from+limit, len(found))]
	}
	if found == nil {
		found = []object{}
	}
	return answer{status: 200, header: header, body: object{"response": object{"Attribute": found}}}
}

// matches tells whether an attribute is asked for.
func (s *Server) matches(a *attribute, asked gjson.Result) bool {
	first, second := a.parts()
	deleted := false
	for _, d := range asked.Get("deleted").Array() {
		deleted = deleted || d.Int() == 1
	}
	switch {
	case a.deleted && !deleted,
		!passes(asked.Get("value"), first, second),
		!passes(asked.Get("value1"), first),
		!passes(asked.Get("value2"), second),
		!passes(asked.Get("type"), a.typ),
		!passes(asked.Get("category"), a.category),
		!passes(asked.Get("eventid"), a.event.id, a.event.uuid),
		!passes(asked.Get("uuid"), a.uuid),
		!passes(asked.Get("tags"), slices.Concat(names(a.tags), names(a.event.tags))...),
		asked.Get("to_ids").Exists() && truth(asked.Get("to_ids")) != a.toIDs,
		truth(asked.Get("enforceWarninglist")) && len(s.hits(a.typ, a.value)) > 0:
		return false
	}
	return true
}

// passes tells whether one of the values passes a filter: a value, or a list
// of which one must fit. "!" before one negates, "%" at its ends stands for
// anything; IPv6 is compressed, and nothing else is normalised.
func passes(filter gjson.Result, values ...string) bool {
	wanted := filter.Array()
	if or := filter.Get("OR"); or.Exists() {
		wanted = or.Array()
	}
	positive, hit := false, false
	for _, w := range wanted {
		text := w.String()
		if text == "" {
			continue
		}
		if no, negates := strings.CutPrefix(text, "!"); negates {
			if slices.ContainsFunc(values, func(v string) bool { return like(no, v) }) {
				return false
			}
			continue
		}
		positive = true
		hit = hit || slices.ContainsFunc(values, func(v string) bool { return like(text, v) })
	}
	return !positive || hit
}

func like(pattern, value string) bool {
	pattern, value = strings.ToLower(pattern), strings.ToLower(value)
	if strings.Contains(pattern, ":") {
		pattern = misp.Normalise("ip-dst", pattern)
	}
	inner := strings.Trim(pattern, "%")
	before, after := strings.HasPrefix(pattern, "%"), strings.HasSuffix(pattern, "%")
	switch {
	case before && after:
		return strings.Contains(value, inner)
	case before:
		return strings.HasSuffix(value, inner)
	case after:
		return strings.HasPrefix(value, inner)
	}
	return value == pattern
}

// showFound is an attribute as a search shows it.
func (s *Server) showFound(a *attribute, asked gjson.Result) object {
	out := a.plain()
	e := a.event
	in := object{"org_id": e.organisation, "distribution": e.distribution, "publish_timestamp": "0", "id": e.id, "info": e.info, "orgc_id": e.organisation, "uuid": e.uuid}
	if truth(asked.Get("includeContext")) {
		for key, value := range map[string]any{"date": e.date, "threat_level_id": e.threat, "published": e.published, "analysis": e.analysis,
			"timestamp": itoa(e.timestamp), "sharing_group_id": e.group, "extends_uuid": e.extends, "Orgc": organisation(e.organisation)} {
			in[key] = value
		}
	}
	tags := shortTags(a.tags)
	if truth(asked.Get("includeEventTags")) {
		var own []object
		for i, t := range e.tags {
			id := strconv.Itoa(i + 1)
			own = append(own, object{"local": t.local, "id": id, "name": t.name, "colour": "#b1eacd", "numerical_value": nil})
			tags = append(tags, object{"id": id, "name": t.name, "colour": "#b1eacd", "numerical_value": nil, "inherited": 1})
		}
		if own != nil && truth(asked.Get("includeContext")) {
			in["Tag"] = own
		}
	}
	out["Event"] = in
	if len(tags) > 0 {
		out["Tag"] = tags
	}
	if a.object != nil {
		out["Object"] = object{"id": a.object.id, "distribution": a.object.distribution, "sharing_group_id": "0"}
	}
	if truth(asked.Get("includeEventUuid")) {
		out["event_uuid"] = e.uuid
	}
	if hits := s.hits(a.typ, a.value); truth(asked.Get("includeWarninglistHits")) && len(hits) > 0 {
		var warnings []object
		for _, h := range hits {
			warnings = append(warnings, object{"match": h.match, "value": h.value, "warninglist_id": h.list.ID, "warninglist_name": h.list.Name, "warninglist_category": h.list.Category})
		}
		out["warnings"] = warnings
	}
	return out
}
