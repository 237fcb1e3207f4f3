package misptest

import (
	"slices"
	"strings"
)

// searchEvents is POST /events/restSearch by the numbers, UUIDs or a value of
// events, without what is in them: metadata. An unknown filter is ignored.
func (s *Server) searchEvents(c call) answer {
	asked := unwrapped(c.body, "request")
	found := []object{}
	for _, e := range s.events {
		holds := slices.ContainsFunc(e.all(), func(a *attribute) bool {
			first, second := a.parts()
			return !a.deleted && passes(asked.Get("value"), first, second)
		})
		if !e.visible(c.who) || !passes(asked.Get("eventid"), e.id, e.uuid) || !passes(asked.Get("uuid"), e.uuid) || asked.Get("value").Exists() && !holds {
			continue
		}
		shown := s.show(e)
		for _, part := range []string{"Attribute", "ShadowAttribute", "Object", "EventReport"} {
			delete(shown, part)
		}
		shown["RelatedEvent"] = s.related(e, c.who)
		found = append(found, object{"Event": shown})
	}
	return answer{status: 200, header: map[string]string{}, body: object{"response": found}}
}

// related are the events that have a value of e, too.
func (s *Server) related(e *event, who account) []object {
	values := map[string]bool{}
	for _, a := range e.all() {
		values[strings.ToLower(a.value)] = !a.deleted && !a.uncorrelated
	}
	out := []object{}
	for _, other := range s.events {
		shares := slices.ContainsFunc(other.all(), func(a *attribute) bool { return !a.deleted && !a.uncorrelated && values[strings.ToLower(a.value)] })
		if other != e && shares && other.visible(who) {
			out = append(out, object{"Event": object{"id": other.id, "date": other.date, "threat_level_id": other.threat, "info": other.info, "published": other.published,
				"uuid": other.uuid, "analysis": other.analysis, "timestamp": itoa(other.timestamp), "distribution": other.distribution,
				"org_id": other.organisation, "orgc_id": other.organisation, "Org": organisation(other.organisation), "Orgc": organisation(other.organisation)}})
		}
	}
	return out
}

// viewObject is GET /objects/view/{id}.
func (s *Server) viewObject(c call) answer {
	for _, e := range s.events {
		for _, o := range e.objects {
			if e.visible(c.who) && !o.deleted && (o.id == c.PathValue("id") || o.uuid == c.PathValue("id")) {
				return answer{status: 200, body: object{"Object": s.showObject(e, o, false)}}
			}
		}
	}
	return said(c, 404, "Invalid object.")
}
