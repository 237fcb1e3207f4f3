package misp

import "strings"

// takeObjects gives the objects that fit in, at least one, and the room left.
func takeObjects(objects []Object, room int) ([]Object, int) {
	for i, o := range objects {
		if i > 0 && room < len(o.Attributes) {
			return objects[:i], 0
		}
		room -= len(o.Attributes)
	}
	return objects, max(room, 0)
}

// missingObjects are the objects that the event does not hold, or holds
// without some of their attributes; they carry only those.
func (p *put) missingObjects() []Object {
	var out []Object
	for _, o := range p.want.Objects {
		if _, missing := p.compare(o); len(missing) > 0 {
			o.Attributes = missing
			out = append(out, o)
		}
	}
	return out
}

// compare divides an object's attributes into those that MISP holds and those
// that it does not.
func (p *put) compare(o Object) (held, missing []Attribute) {
	var there []Attribute
	for _, h := range p.held.Objects {
		if strings.EqualFold(h.UUID, o.UUID) {
			there = h.Attributes
		}
	}
	return index(there).divide(o.Attributes)
}

// countObjects reports what became of the objects. Of their attributes MISP
// tells no reason.
func (p *put) countObjects() {
	for _, o := range p.want.Objects {
		held, missing := p.compare(o)
		p.result.Saved += len(held)
		for _, a := range missing {
			p.refuse(a, "dropped without a reason, in an object "+o.Name+": the value does not fit its type, or its UUID is in use")
		}
	}
}
