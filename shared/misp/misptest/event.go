package misptest

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"
)

// addEvent is POST /events/add. Attributes and objects that are not valid
// vanish without a word, and nothing undoes the event when its database fails
// on one of them.
func (s *Server) addEvent(c call) answer {
	given := unwrapped(c.body, "Event")
	form := strings.HasPrefix(c.Header.Get("Content-Type"), "application/x-www-form-urlencoded")
	if !form && (!c.json || !given.IsArray() && len(given.Map()) == 0) {
		return said(c, 405, "No valid event data received.")
	}
	if problems := problemsOf(given); problems != nil {
		return unsaved("add Event", "/events/add", object{"Event": problems})
	}
	id := strings.ToLower(given.Get("uuid").String())
	if s.blocked[id] {
		return said(c, 403, "Event blocked by event blocklist.")
	}
	for _, e := range s.events {
		if id != "" && strings.ToLower(e.uuid) == id {
			taken := said(c, 404, "Event already exists, if you would like to edit it, use the url in the location header.")
			taken.header = map[string]string{"Location": "http://" + c.Host + "/events/" + e.id}
			return taken
		}
	}
	if given.Get("distribution").String() == "4" && !slices.Contains(s.options.Groups, int(given.Get("sharing_group_id").Int())) {
		return said(c, 405, "Invalid Sharing Group or not authorised.")
	}
	if !storable(given.Get("info").String()) {
		return broken(c)
	}
	now := s.now()
	e := &event{id: s.id(), index: map[string]*attribute{}, uuid: s.newUUID(given.Get("uuid").String(), nil), organisation: c.who.organisation, timestamp: now,
		date: s.options.Now().Format(time.DateOnly), threat: "4", analysis: "0", distribution: "1", group: "0"}
	e.fill(given)
	s.events = append(s.events, e)
	if !s.merge(e, given, c.who) {
		return broken(c)
	}
	e.published = given.Get("published").Bool() && c.who.admin
	return s.shown(c, e)
}

// editEvent is POST /events/edit/{id}: it merges.
func (s *Server) editEvent(c call) answer {
	e, refused := s.own(c, "You are not authorised to do that.")
	if refused != nil {
		return *refused
	}
	given := unwrapped(c.body, "Event")
	if t := given.Get("timestamp"); t.Exists() && t.Int() <= e.timestamp {
		return answer{status: 403, body: object{"saved": false, "name": "Could not edit Event", "message": "Could not edit Event",
			"url": "/events/edit/" + e.id, "errors": "Event could not be saved: Event in the request not newer than the local copy.", "id": e.id}}
	}
	if !storable(given.Get("info").String()) {
		return broken(c)
	}
	e.fill(given)
	e.timestamp = s.now()
	e.published = false
	if !s.merge(e, given, c.who) {
		return broken(c)
	}
	e.published = given.Get("published").Bool() && c.who.admin
	return s.shown(c, e)
}

// own finds the event that a call is about, which must be the account's to
// change; else it gives MISP's refusal, in the words of the call.
func (s *Server) own(c call, forbidden string) (*event, *answer) {
	e := s.event(c.PathValue("id"), c.who)
	var refused answer
	switch {
	case e == nil:
		refused = said(c, 404, "Invalid event")
	case e.organisation != c.who.organisation && !c.who.admin:
		refused = said(c, 403, forbidden)
	default:
		return e, nil
	}
	return nil, &refused
}

// fill takes the event's own fields that are given.
func (e *event) fill(given gjson.Result) {
	for name, field := range map[string]*string{"info": &e.info, "date": &e.date, "threat_level_id": &e.threat, "analysis": &e.analysis,
		"distribution": &e.distribution, "extends_uuid": &e.extends, "sharing_group_id": &e.group} {
		if v := given.Get(name); v.Exists() && v.Type != gjson.Null {
			*field = v.String()
		}
	}
}

// problemsOf are the errors of an event's own fields: an object of lists, or a
// plain string.
func problemsOf(given gjson.Result) any {
	problems := object{}
	scale := func(name, lowest, highest, message string) {
		if v := given.Get(name); v.Exists() && (v.Int() < int64(integer(lowest)) || v.Int() > int64(integer(highest))) {
			problems[name] = []string{message}
		}
	}
	if given.Get("info").String() == "" {
		problems["info"] = []string{"valueNotEmpty"}
	}
	if date := given.Get("date"); date.Exists() && !isDay(date.String()) {
		problems["date"] = []string{"Expected date format: YYYY-MM-DD"}
	}
	scale("threat_level_id", "1", "4", "Options : 1, 2, 3, 4 (for High, Medium, Low, Undefined)")
	scale("analysis", "0", "2", "Options : 0, 1, 2 (for Initial, Ongoing, Completed)")
	scale("distribution", "0", "4", "Options : Your organisation only, This community only, Connected communities, All communities")
	if id := given.Get("uuid").String(); id != "" && !valid(id) {
		problems["uuid"] = []string{"Please provide a valid RFC 4122 UUID"}
	}
	if id := given.Get("extends_uuid").String(); id != "" && !valid(id) {
		problems["extends_uuid"] = []string{"Please provide a valid UUID"}
	}
	switch {
	case len(problems) > 0:
		return problems
	case given.Get("published").Bool() && len(given.Get("Attribute").Array())+len(given.Get("Object").Array()) == 0:
		return "Received a published event that was empty. Event add process blocked."
	}
	return nil
}

func (s *Server) viewEvent(c call) answer {
	e := s.event(c.PathValue("id"), c.who)
	if e == nil {
		return said(c, 404, "Invalid event")
	}
	return answer{status: 200, body: object{"Event": s.showWith(e, c.PathValue("deleted") == "deleted:1")}}
}

// shown is the answer to a write: the event, or a short form of it.
func (s *Server) shown(c call, e *event) answer {
	show := s.show(e)
	if c.PathValue("option") == "metadata:1" {
		for _, key := range []string{"Attribute", "ShadowAttribute", "Object", "EventReport"} {
			delete(show, key)
		}
	}
	return answer{status: 200, body: object{"Event": show}}
}

func (s *Server) publishEvent(c call) answer {
	e := s.event(c.PathValue("id"), c.who)
	switch {
	case e == nil:
		return said(c, 404, "Invalid event.")
	case !c.who.admin:
		return said(c, 403, "You do not have permission to use this functionality.")
	}
	e.published = true
	const done = "Event published without alerts"
	return answer{status: 200, body: object{"saved": true, "success": true, "name": done, "message": done, "url": "/events/publish/" + e.id, "id": e.id}}
}

func (s *Server) deleteEvent(c call) answer {
	id := c.PathValue("id")
	e := s.event(id, c.who)
	if e == nil {
		return unsaved("delete Event", "/events/delete", "Event was not deleted.")
	}
	s.blocked[strings.ToLower(e.uuid)] = true
	for i, held := range s.events {
		if held == e {
			s.events = append(s.events[:i:i], s.events[i+1:]...)
		}
	}
	return answer{status: 200, body: object{"saved": true, "success": true, "name": "Event deleted.", "message": "Event deleted.",
		"url": "/events/delete/" + id, "id": id}}
}

// storable tells whether the database takes a text: three-byte UTF-8, 65,535
// bytes.
func storable(text string) bool {
	return len(text) <= 65535 && !strings.ContainsFunc(text, func(r rune) bool { return r > 0xFFFF })
}

func (s *Server) version(c call) answer {
	own := "-"
	if c.who.admin {
		own = "6f9a3c1e-0d57-4c1b-9f57-3b2a1c0d9e8f"
	}
	return answer{status: 200, body: object{"version": "2.5.1", "pymisp_recommended_version": "2.5.1", "perm_sync": c.who.admin,
		"perm_sighting": !c.who.readOnly, "perm_galaxy_editor": true, "perm_analyst_data": true, "uuid": own,
		"request_encoding": []string{"gzip"}, "filter_sightings": true}}
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func isDay(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}
