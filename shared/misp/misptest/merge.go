package misptest

import (
	"strings"

	"github.com/tidwall/gjson"
)

// merge adds to an event what a request holds, and changes what it names by
// UUID. It gives false where MISP's database fails, with what came before kept.
func (s *Server) merge(e *event, given gjson.Result, who account) bool {
	tags, ok := s.readTags(given.Get("Tag"), who)
	if !ok {
		return false
	}
	e.tags = joined(e.tags, tags)
	for _, one := range given.Get("Attribute").Array() {
		if !s.mergeAttribute(e, nil, one, who) {
			return false
		}
	}
	for _, one := range given.Get("Object").Array() {
		if !s.mergeObject(e, one, who) {
			return false
		}
	}
	for _, one := range given.Get("EventReport").Array() {
		s.mergeReport(e, one)
	}
	return true
}

// mergeAttribute adds or changes one attribute. What is not valid, or has a
// UUID in use elsewhere, is dropped; so is what is there already, by the raw
// value.
func (s *Server) mergeAttribute(e *event, o *mispObject, one gjson.Result, who account) bool {
	if !storable(one.Get("comment").String()) {
		return false
	}
	tags, ok := s.readTags(one.Get("Tag"), who)
	if !ok {
		return false
	}
	id := one.Get("uuid").String()
	if held := s.attribute(id); id != "" && held != nil {
		if held.event == e && held.object == o {
			s.change(held, one, tags)
		}
		return true
	}
	a, problems := s.readAttribute(one)
	if len(problems) > 0 || o == nil && e.hasRaw(a) {
		return true
	}
	s.store(e, o, a, tags)
	return true
}

// change changes an attribute unless the request's is older; a deleted one
// comes back only if that is said.
func (s *Server) change(held *attribute, one gjson.Result, tags []tag) {
	if t := one.Get("timestamp"); t.Exists() && t.Int() <= held.timestamp {
		return
	}
	if held.deleted && (!one.Get("deleted").Exists() || one.Get("deleted").Bool()) {
		return
	}
	held.deleted = false
	a, problems := s.readAttribute(one)
	delete(problems, "uuid") // its own
	if len(problems) > 0 {
		return
	}
	held.typ, held.category, held.value, held.raw = a.typ, a.category, a.value, a.raw
	for field, take := range map[string]func(){ // what is not said stays
		"distribution": func() { held.distribution = a.distribution }, "comment": func() { held.comment = a.comment }, "to_ids": func() { held.toIDs = a.toIDs },
		"first_seen": func() { held.first = a.first }, "last_seen": func() { held.last = a.last },
	} {
		if one.Get(field).Exists() {
			take()
		}
	}
	held.tags = joined(held.tags, tags)
	held.timestamp = s.now()
	if t := one.Get("timestamp"); t.Exists() {
		held.timestamp = t.Int()
	}
}

// hasRaw tells whether the event has the attribute, as a new event's check for
// duplicates sees it.
func (e *event) hasRaw(a *attribute) bool { return e.find(a.typ, a.category, a.raw) != nil }

// find gives the attribute of that type and category that has the value, or was
// sent with it.
func (e *event) find(typ, category, value string) *attribute {
	held := e.index[typ+"\x00"+category+"\x00"+value]
	if held == nil || held.deleted {
		return nil
	}
	return held
}

// store puts a read attribute into the event or object.
func (s *Server) store(e *event, o *mispObject, a *attribute, tags []tag) {
	a.id, a.uuid, a.event, a.object, a.tags, a.timestamp = s.id(), s.newUUID(a.uuid, a), e, o, tags, s.now()
	if o != nil {
		o.attributes = append(o.attributes, a)
		return
	}
	e.attributes = append(e.attributes, a)
	for _, value := range []string{a.value, a.raw} {
		e.index[a.typ+"\x00"+a.category+"\x00"+value] = a
	}
}

// mergeObject adds an object, or adds to the one with its UUID. Without what
// its template says it vanishes whole.
func (s *Server) mergeObject(e *event, one gjson.Result, who account) bool {
	var o *mispObject
	for _, held := range e.objects {
		if strings.EqualFold(held.uuid, one.Get("uuid").String()) {
			o = held
		}
	}
	if o == nil {
		if one.Get("name").String() == "" || one.Get("meta-category").String() == "" || one.Get("template_uuid").String() == "" ||
			s.taken(one.Get("uuid").String()) {
			return true
		}
		o = s.newObject(e, one)
	}
	for _, inner := range one.Get("Attribute").Array() {
		if !s.mergeAttribute(e, o, inner, who) {
			return false
		}
	}
	return true
}

func (s *Server) newObject(e *event, given gjson.Result) *mispObject {
	o := &mispObject{id: s.id(), uuid: s.newUUID(given.Get("uuid").String(), nil), name: given.Get("name").String(), meta: given.Get("meta-category").String(),
		description: given.Get("description").String(), template: given.Get("template_uuid").String(), version: given.Get("template_version").String(),
		comment: given.Get("comment").String(), distribution: "0", timestamp: s.now()}
	if d := given.Get("distribution"); d.Exists() {
		o.distribution = d.String()
	}
	e.objects = append(e.objects, o)
	return o
}

// readTags reads inline tags. Unknown ones are made, or dropped for those who
// may not make any; a tag that is a bare string is the server's failure.
func (s *Server) readTags(list gjson.Result, who account) ([]tag, bool) {
	var out []tag
	for _, one := range list.Array() {
		name := one.Get("name").String()
		if !one.IsObject() || !storable(name) {
			return nil, false
		}
		if s.mayUse(name, who) {
			out = append(out, tag{name, one.Get("local").Bool()})
		}
	}
	return out, true
}

// mayUse tells whether there is such a tag, or the account may make it.
func (s *Server) mayUse(name string, who account) bool {
	for held := range s.tags {
		if strings.EqualFold(held, name) {
			return true
		}
	}
	if who.editor {
		s.tags[name] = true
	}
	return who.editor
}

// joined adds the tags that are missing.
func joined(held, more []tag) []tag {
	for _, t := range more {
		if !hasTag(held, t.name) {
			held = append(held, t)
		}
	}
	return held
}

func hasTag(tags []tag, name string) bool {
	for _, t := range tags {
		if strings.EqualFold(t.name, name) {
			return true
		}
	}
	return false
}
