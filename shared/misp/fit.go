package misp

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// fit checks what cannot be mended, and makes the rest as MISP stores it:
// normalised values, text that its database takes, a UUID for everything, no
// attribute twice.
func (e Event) fit() (Event, error) {
	if err := uuid.Validate(e.UUID); err != nil {
		return e, invalid("the event has no valid UUID", "make one with EventUUID")
	}
	e.UUID = strings.ToLower(e.UUID)
	if e.Info = plain(e.Info, maxInfo); e.Info == "" {
		return e, invalid("the event has no info", "give it a title")
	}
	e.Date = e.Date.UTC().Truncate(24 * time.Hour) // MISP keeps the day; with its hours the event would differ each time
	if e.ThreatLevel == 0 {
		e.ThreatLevel = Undefined
	}
	switch {
	case e.ThreatLevel < High || e.ThreatLevel > Undefined:
		return e, invalid("threat level off its scale", "use 1 (high) to 4 (undefined)")
	case e.Analysis < Initial || e.Analysis > Completed:
		return e, invalid("analysis off its scale", "use 0 (initial) to 2 (completed)")
	case e.Distribution < OrganisationOnly || e.Distribution > SharingGroup:
		return e, invalid("distribution off its scale", "use 0 (your organisation) to 4 (sharing group)")
	case e.Distribution == SharingGroup && e.SharingGroup <= 0:
		return e, invalid("distribution to a sharing group without one", "set the group's id")
	case e.Extends != "" && uuid.Validate(e.Extends) != nil:
		return e, invalid("the event extends one without a valid UUID", "name the other event's UUID, or none")
	}
	e.Extends = strings.ToLower(e.Extends)
	e.Reports = e.fitReports()
	e.Tags = fitTags(e.Tags)
	e.Attributes = fitAttributes(e.Attributes, func(a Attribute) string { return attributeUUID(e.UUID, a.Type, a.Value) })
	objects := make([]Object, 0, len(e.Objects))
	for _, o := range oneEach(e.Objects) {
		if o.UUID == "" {
			return e, invalid("an object has no UUID", "make one with ObjectUUID; without it, its attributes would double")
		}
		o.Comment = plain(o.Comment, maxComment)
		o.Attributes = fitAttributes(o.Attributes, func(a Attribute) string { return objectAttributeUUID(o.UUID, a.Relation, a.Type, a.Value) })
		objects = append(objects, o)
	}
	e.Objects = objects
	return e, nil
}

// oneEach joins the objects with one UUID: a file that was found twice under two
// names is one.
func oneEach(in []Object) []Object {
	out := make([]Object, 0, len(in))
	at := map[string]int{}
	for _, o := range in {
		o.UUID = strings.ToLower(o.UUID)
		if i, known := at[o.UUID]; known {
			out[i].Attributes = slices.Concat(out[i].Attributes, o.Attributes)
			continue
		}
		at[o.UUID] = len(out)
		out = append(out, o)
	}
	return out
}

// fitAttributes makes attributes as MISP stores them; name gives a UUID to
// those that have none.
func fitAttributes(in []Attribute, name func(Attribute) string) []Attribute {
	out := make([]Attribute, 0, len(in))
	known := map[string]bool{}
	for _, a := range in {
		a = a.marked()
		a.Value = Normalise(a.Type, a.Value)
		a.Comment = plain(a.Comment, maxComment)
		a.Tags = fitTags(a.Tags)
		if a.UUID == "" {
			a.UUID = name(a)
		}
		a.UUID = strings.ToLower(a.UUID)
		if id := a.Relation + "\x00" + a.key(); !known[id] {
			known[id] = true
			out = append(out, a)
		}
	}
	return out
}

// fitReports makes reports as MISP stores them; those without a text are none.
func (e Event) fitReports() []Report {
	var out []Report
	for _, r := range e.Reports {
		r.Name, r.Content = tag(r.Name), plain(r.Content, maxReport)
		if r.Name == "" || r.Content == "" {
			continue
		}
		if r.UUID == "" {
			r.UUID = reportUUID(e.UUID, r.Name)
		}
		r.UUID = strings.ToLower(r.UUID)
		out = append(out, r)
	}
	return out
}

// fitTags makes names of tags as MISP stores them, each once, and of TLP and PAP
// the strictest alone: an event has one of each, and two that are wanted would
// take turns.
func fitTags(names []string) []string {
	var out []string
	for _, name := range names {
		name = tag(name)
		if name == "" || slices.ContainsFunc(out, equalFold(name)) {
			continue
		}
		at := slices.IndexFunc(out, func(other string) bool { return strictness(other) >= 0 && familyOf(other) == familyOf(name) })
		switch {
		case at < 0:
			out = append(out, name)
		case strictness(name) > strictness(out[at]):
			out[at] = name
		}
	}
	return out
}
