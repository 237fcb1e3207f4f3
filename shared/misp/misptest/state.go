package misptest

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/waggle-cti/waggle/shared/misp"
)

// account is a user as the server knows it.
type account struct {
	organisation string // id
	email        string
	admin        bool // may publish and set MISP up
	editor       bool // may make tags
	readOnly     bool
}

type event struct {
	id, uuid, info, date, extends         string
	threat, analysis, distribution, group string
	timestamp                             int64
	published                             bool
	organisation                          string
	tags                                  []tag
	attributes                            []*attribute
	objects                               []*mispObject
	reports                               []*report
	index                                 map[string]*attribute // see find
}

type attribute struct {
	id, uuid, typ, category, value  string
	raw                             string // as it was sent
	comment, relation, distribution string
	toIDs, deleted, uncorrelated    bool
	first, last                     string
	data                            string // of a sample, Base64
	timestamp                       int64
	tags                            []tag
	event                           *event
	object                          *mispObject
}

type mispObject struct {
	id, uuid, name, meta, description, template, version, comment, distribution string
	timestamp                                                                   int64
	deleted                                                                     bool
	attributes                                                                  []*attribute
}

type report struct {
	id, uuid, name, content, distribution string
	timestamp                             int64
	deleted                               bool
}

type tag struct {
	name  string
	local bool
}

type sighting struct {
	id, uuid, source, typ string
	date                  int64
	of                    *attribute
}

// event finds an event that the account may see, by id or UUID.
func (s *Server) event(id string, who account) *event {
	for _, e := range s.events {
		if (e.id == id || strings.EqualFold(e.uuid, id)) && e.visible(who) {
			return e
		}
	}
	return nil
}

// visible tells whether the event's distribution shows it to the account.
func (e *event) visible(who account) bool {
	return e.organisation == who.organisation || e.distribution != "0" && e.distribution != "4"
}

// attribute finds an attribute by id or UUID, deleted ones too.
func (s *Server) attribute(id string) *attribute {
	if valid(id) {
		return s.uuids[strings.ToLower(id)]
	}
	for _, e := range s.events {
		for _, a := range e.all() {
			if a.id == id {
				return a
			}
		}
	}
	return nil
}

// all are the event's attributes and those of its objects.
func (e *event) all() []*attribute {
	out := append([]*attribute{}, e.attributes...)
	for _, o := range e.objects {
		out = append(out, o.attributes...)
	}
	return out
}

func (e *event) count() int {
	n := 0
	for _, a := range e.all() {
		if !a.deleted {
			n++
		}
	}
	return n
}

// parts are the values by which a composite is found.
func (a *attribute) parts() (first, second string) {
	if !strings.Contains(a.typ, "|") {
		return a.value, ""
	}
	first, second, _ = strings.Cut(a.value, "|")
	return first, second
}

// newUUID takes a given UUID or makes one, and remembers whose it is: an
// attribute's, or nil.
func (s *Server) newUUID(given string, of *attribute) string {
	if given == "" {
		given = uuid.NewString()
	}
	s.uuids[strings.ToLower(given)] = of
	return given
}

// taken tells whether a UUID is in use, be it by what was deleted.
func (s *Server) taken(id string) bool {
	_, ok := s.uuids[strings.ToLower(id)]
	return ok
}

func (e *event) public() misp.Event {
	date, _ := time.Parse(time.DateOnly, e.date)
	out := misp.Event{ID: e.id, UUID: e.uuid, Info: e.info, Date: date, Published: e.published,
		ThreatLevel: misp.ThreatLevel(integer(e.threat)), Analysis: misp.Analysis(integer(e.analysis)),
		Distribution: misp.Distribution(integer(e.distribution)), SharingGroup: integer(e.group),
		Extends: e.extends, Timestamp: time.Unix(e.timestamp, 0).UTC(), Tags: names(e.tags), Attributes: publicAll(e.attributes)}
	for _, r := range e.reports {
		if !r.deleted {
			out.Reports = append(out.Reports, misp.Report{UUID: r.uuid, Name: r.name, Content: r.content})
		}
	}
	for _, o := range e.objects {
		if o.deleted {
			continue
		}
		out.Objects = append(out.Objects, misp.Object{UUID: o.uuid, Name: o.name, MetaCategory: o.meta, TemplateUUID: o.template,
			TemplateVersion: o.version, Comment: o.comment, Attributes: publicAll(o.attributes)})
	}
	return out
}

func publicAll(list []*attribute) []misp.Attribute {
	var out []misp.Attribute
	for _, a := range list {
		if !a.deleted {
			out = append(out, misp.Attribute{ID: a.id, UUID: a.uuid, Type: a.typ, Category: a.category, Value: a.value, ToIDS: a.toIDs,
				Comment: a.comment, FirstSeen: instant(a.first), LastSeen: instant(a.last), Tags: names(a.tags), Relation: a.relation, Private: a.distribution == "0",
				Timestamp: time.Unix(a.timestamp, 0).UTC()})
		}
	}
	return out
}

func names(tags []tag) []string {
	var out []string
	for _, t := range tags {
		out = append(out, t.name)
	}
	return out
}

func instant(text string) time.Time {
	t, err := time.Parse(seenFormat, text)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}
