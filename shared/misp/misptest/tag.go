package misptest

import "strings"

// attachTag is POST /tags/attachTagToObject, of one tag or a list of them. One
// that is attached already is a success too.
func (s *Server) attachTag(c call) answer {
	id := c.body.Get("uuid").String()
	var tags *[]tag
	on, of := "", (*event)(nil)
	for _, e := range s.events {
		if strings.EqualFold(e.uuid, id) && e.visible(c.who) {
			tags, on, of = &e.tags, "Event("+e.id+")", e
		}
	}
	if a := s.attribute(id); tags == nil && a != nil && a.event.visible(c.who) {
		tags, on, of = &a.tags, "Attribute("+a.id+")", a.event
	}
	refuse := func(reason string) answer {
		return unsaved("attachTagToObject Tag", "/tags/attachTagToObject", `Failed to attach 1 tags. Reasons: {"0":"`+reason+`"}`)
	}
	switch {
	case tags == nil:
		return said(c, 404, "Invalid UUID")
	case c.body.Get("local").Bool() && !c.who.admin:
		return refuse("Local tags can only be added by users of the host organisation.")
	}
	done := ""
	for _, one := range c.body.Get("tag").Array() {
		name := one.String()
		switch {
		case !storable(name):
			return broken(c)
		case !s.mayUse(name, c.who):
			return refuse("Tag not found and insufficient privileges to create it.")
		case hasTag(*tags, name):
			done = on + " already has the requested tag attached, no changes had to be made for tag " + name + "."
		default:
			*tags = append(*tags, tag{name, c.body.Get("local").Bool()})
			of.published = of.published && c.body.Get("local").Bool()
			done = "Global tag " + name + " successfully attached to " + on + "."
		}
	}
	return answer{status: 200, body: object{"saved": true, "success": true, "name": done, "message": done, "url": "/tags/attachTagToObject"}}
}
