package misptest

import (
	"slices"
	"strings"

	"github.com/google/uuid"
)

// addSighting is POST /sightings/add. It counts every one, and says its
// failures with status 200.
func (s *Server) addSighting(c call) answer {
	failed := func(reason string) answer {
		return answer{status: 200, body: object{"message": "Could not add the Sighting. Reason: " + reason}}
	}
	source := c.body.Get("source").String()
	if !storable(source) {
		return broken(c)
	}
	typ := c.body.Get("type").String()
	if typ == "" {
		typ = "0"
	}
	if !slices.Contains([]string{"0", "1", "2"}, typ) {
		return failed("Invalid type, please change it before you POST 1000000 sightings.")
	}
	date := s.now()
	if t := c.body.Get("timestamp"); t.Exists() {
		if date = t.Int(); date == 0 || strings.Contains(t.String(), "-") {
			return failed(`{"date_sighting":["This field cannot be left blank"]}`)
		}
	}
	var last *sighting
	for _, a := range s.seenAttributes(c) {
		s.sightings = append(s.sightings, sighting{id: s.id(), uuid: uuid.NewString(), source: source, typ: typ, date: date, of: a})
		last = &s.sightings[len(s.sightings)-1]
	}
	if last == nil {
		return failed("No valid attributes found that match the criteria.")
	}
	return answer{status: 200, body: object{"Sighting": last.show()}}
}

// seenAttributes are those that a sighting is of: by id, or by values. A UUID
// in the body goes along with the value, and must be an attribute's.
func (s *Server) seenAttributes(c call) []*attribute {
	id := c.PathValue("id")
	if id == "" {
		id = c.body.Get("id").String()
	}
	var values []string
	for _, name := range []string{"value", "values"} {
		for _, v := range c.body.Get(name).Array() {
			values = append(values, strings.ToLower(v.String()))
		}
	}
	var out []*attribute
	for _, e := range s.events {
		for _, a := range e.all() {
			if a.deleted || !e.visible(c.who) || c.body.Get("uuid").Exists() && c.body.Get("uuid").String() != a.uuid {
				continue
			}
			first, second := a.parts()
			if id != "" && (a.id == id || strings.EqualFold(a.uuid, id)) || id == "" && (slices.Contains(values, strings.ToLower(a.value)) ||
				slices.Contains(values, strings.ToLower(first)) || second != "" && slices.Contains(values, strings.ToLower(second))) {
				out = append(out, a)
			}
		}
	}
	return out
}

func (one sighting) show() object {
	return object{"id": one.id, "attribute_id": one.of.id, "event_id": one.of.event.id, "org_id": "1", "date_sighting": itoa(one.date),
		"uuid": one.uuid, "source": one.source, "type": one.typ}
}

func (s *Server) listSightings(c call) answer {
	out := []object{}
	for _, one := range slices.Backward(s.sightings) {
		if one.of.id == c.body.Get("id").String() && one.of.event.visible(c.who) {
			out = append(out, object{"Sighting": one.show(), "Organisation": object{"name": organisationName("1")}})
		}
	}
	return answer{status: 200, body: out}
}
