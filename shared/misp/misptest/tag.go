package misptest

import (
	"slices"
	"strings"
)

// attachTag is POST /tags/attachTagToObject, of one tag or a list of them. One
// that is attached already is a success too.
func (s *Server) attachTag(c call) answer {
	tags, on, of := s.tagsOf(c.body.Get("uuid").String(), c.who)
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

// searchTags is POST /tags/search: the tags of that name.
// https://github.com/MISP/MISP/blob/2.5/app/Controller/TagsController.php
func (s *Server) searchTags(c call) answer {
	out := []object{}
	for name := range s.tags {
		if strings.EqualFold(name, c.body.Get("tag").String()) {
			out = append(out, object{"Tag": object{"name": name}})
		}
	}
	return answer{status: 200, body: out}
}

// tagsOf finds the event or attribute with a UUID: its tags, how MISP names it,
// and the event.
func (s *Server) tagsOf(id string, who account) (tags *[]tag, on string, of *event) {
	for _, e := range s.events {
		if strings.EqualFold(e.uuid, id) && e.visible(who) {
			return &e.tags, "Event(" + e.id + ")", e
		}
	}
	if a := s.attribute(id); a != nil && a.event.visible(who) {
		return &a.tags, "Attribute(" + a.id + ")", a.event
	}
	return nil, "", nil
}

// removeTag is POST /tags/removeTagFromObject.
// https://github.com/MISP/MISP/blob/2.5/app/Controller/TagsController.php
func (s *Server) removeTag(c call) answer {
	tags, on, of := s.tagsOf(c.body.Get("uuid").String(), c.who)
	name := c.body.Get("tag").String()
	switch {
	case tags == nil:
		return said(c, 404, "Invalid UUID")
	case !s.tags[name] && !hasTag(*tags, name):
		return said(c, 405, "Invalid Tag.")
	case !hasTag(*tags, name):
		return said(c, 404, "Could not remove tag as it is not attached to the target "+strings.SplitN(on, "(", 2)[0])
	case of.organisation != c.who.organisation && !c.who.admin:
		return said(c, 403, "You do not have permission to do that.")
	}
	*tags = slices.DeleteFunc(*tags, func(t tag) bool { return strings.EqualFold(t.name, name) })
	of.published = false
	done := "Global tag " + name + " successfully removed from " + on + "."
	return answer{status: 200, body: object{"saved": true, "success": true, "name": done, "message": done, "url": "/tags/removeTagFromObject"}}
}
