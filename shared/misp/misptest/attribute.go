package misptest

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// addAttributes is POST /attributes/add/{id}, of one or a list, or of one with
// a list of values. It answers 200 if one was saved.
func (s *Server) addAttributes(c call) answer {
	e, refused := s.own(c, "You do not have permission to do that.")
	if refused != nil {
		return *refused
	}
	given := unwrapped(c.body, "Attribute")
	several := given.IsArray() && len(given.Array()) > 0
	if !several {
		given = gjson.Parse("[" + given.Raw + "]")
	}
	var saved []*attribute
	problems := object{}
	for i, one := range spread(given) {
		a, wrong := s.addAttribute(c, e, one)
		switch {
		case a == nil && wrong == nil:
			return broken(c)
		case wrong == nil:
			saved = append(saved, a)
		case several:
			problems["attribute_"+strconv.Itoa(i)] = wrong
		default:
			return unsaved("add Attribute", "/attributes/add", wrong)
		}
	}
	if len(saved) == 0 {
		return unsaved("add Attribute", "/attributes/add", problems)
	}
	e.timestamp, e.published = s.now(), false
	body := object{}
	if len(saved) == 1 {
		body["Attribute"], body["AttributeTag"] = saved[0].added(), saved[0].attached()
	} else {
		slices.SortStableFunc(saved, func(a, b *attribute) int { return integer(a.id) - integer(b.id) })
		list := make([]object, 0, len(saved))
		for _, a := range saved {
			list = append(list, a.added())
		}
		body["Attribute"] = list
	}
	if len(problems) > 0 {
		body["errors"] = problems
	}
	return answer{status: 200, body: body}
}

// spread makes several attributes of one with a list of values.
func spread(list gjson.Result) []gjson.Result {
	var out []gjson.Result
	for _, one := range list.Array() {
		values := one.Get("value")
		if !values.IsArray() {
			out = append(out, one)
			continue
		}
		for _, v := range values.Array() {
			fields := one.Map()
			var parts []string
			for key, field := range fields {
				if key != "value" {
					parts = append(parts, strconv.Quote(key)+":"+field.Raw)
				}
			}
			out = append(out, gjson.Parse("{"+strings.Join(append(parts, `"value":`+v.Raw), ",")+"}"))
		}
	}
	return out
}

// addAttribute adds one; wrong says why not, and neither is the database's
// failure.
func (s *Server) addAttribute(c call, e *event, one gjson.Result) (a *attribute, wrong any) {
	tags, ok := s.readTags(one.Get("Tag"), c.who)
	if !ok || !storable(one.Get("comment").String()) {
		return nil, nil
	}
	a, problems := s.readAttribute(one)
	if one.Get("enforceWarninglist").Bool() && len(s.hits(a.typ, a.value)) > 0 {
		return nil, "Attribute could not be saved as it trips over a warninglist and enforceWarninglist is enforced."
	}
	if held := e.find(a.typ, a.category, a.value); held != nil {
		if c.PathValue("option") == "breakOnDuplicate:0" {
			return held, nil
		}
		problems["value"] = []string{"A similar attribute already exists for this event."}
	}
	if len(problems) > 0 {
		return nil, problems
	}
	s.store(e, nil, a, tags)
	return a, nil
}

// withAttribute finds the attribute that a call is about.
func (s *Server) withAttribute(c call, do func(a *attribute) answer) answer {
	if a := s.attribute(c.PathValue("id")); a != nil && !a.deleted && a.event.visible(c.who) {
		return do(a)
	}
	return said(c, 405, "Invalid attribute")
}

func (s *Server) viewAttribute(c call) answer { return s.withAttribute(c, (*attribute).alone) }

// alone is the answer that shows an attribute by itself.
func (a *attribute) alone() answer {
	show := a.plain()
	show["event_uuid"] = a.event.uuid
	if len(a.tags) > 0 {
		show["Tag"] = shortTags(a.tags)
	}
	return answer{status: 200, body: object{"Attribute": show}}
}

func (s *Server) editAttribute(c call) answer {
	return s.withAttribute(c, func(a *attribute) answer {
		if v := c.body.Get("comment"); v.Exists() {
			a.comment = v.String()
		}
		if v := c.body.Get("to_ids"); v.Exists() {
			a.toIDs = truth(v)
		}
		a.timestamp, a.event.published = s.now(), false
		return answer{status: 200, body: object{"Attribute": a.plain()}}
	})
}

// deleteAttribute deletes softly, or for good an attribute that may be deleted
// softly already.
func (s *Server) deleteAttribute(c call) answer {
	a := s.attribute(c.PathValue("id"))
	if a == nil || !a.event.visible(c.who) {
		return said(c, 405, "Invalid attribute")
	}
	a.deleted, a.timestamp = true, s.now()
	if c.PathValue("hard") == "1" {
		drop := func(held *attribute) bool { return held == a }
		a.event.attributes = slices.DeleteFunc(a.event.attributes, drop)
		delete(s.uuids, strings.ToLower(a.uuid))
	}
	return answer{status: 200, body: object{"message": "Attribute deleted."}}
}

// added is an attribute as the answer to its addition shows it.
func (a *attribute) added() object {
	show := a.plain()
	first, second := a.parts()
	maps.Copy(show, object{"value1": first, "value2": second})
	return show
}

// attached are the tags of an attribute as that answer shows them.
func (a *attribute) attached() []object {
	out := []object{}
	for i, t := range a.tags {
		id := strconv.Itoa(i + 1)
		out = append(out, object{"id": id, "attribute_id": a.id, "event_id": a.event.id, "tag_id": id, "local": t.local, "relationship_type": nil,
			"Tag": object{"id": id, "name": t.name, "colour": "#44483b", "numerical_value": nil}})
	}
	return out
}
