package misp

import (
	"strconv"
	"time"
)

// eventBody is an event as the API takes it. It never asks to be published:
// MISP refuses to publish an event without attributes, and publishes nothing
// for a user who may not, without a word. Publish is a call of its own.
type eventBody struct {
	UUID         string          `json:"uuid,omitempty"`
	Info         string          `json:"info,omitempty"`
	Date         string          `json:"date,omitempty"`
	ThreatLevel  string          `json:"threat_level_id,omitempty"`
	Analysis     string          `json:"analysis,omitempty"`
	Distribution string          `json:"distribution,omitempty"`
	SharingGroup string          `json:"sharing_group_id,omitempty"`
	Tags         []tagBody       `json:"Tag,omitempty"`
	Attributes   []attributeBody `json:"Attribute,omitempty"`
	Objects      []objectBody    `json:"Object,omitempty"`
}

type attributeBody struct {
	UUID         string    `json:"uuid,omitempty"`
	Type         string    `json:"type"`
	Category     string    `json:"category,omitempty"`
	Value        string    `json:"value"`
	ToIDS        bool      `json:"to_ids"`
	Comment      string    `json:"comment"`
	Distribution string    `json:"distribution"`
	FirstSeen    string    `json:"first_seen,omitempty"`
	LastSeen     string    `json:"last_seen,omitempty"`
	Relation     string    `json:"object_relation,omitempty"`
	Tags         []tagBody `json:"Tag,omitempty"`
}

type objectBody struct {
	UUID            string          `json:"uuid,omitempty"`
	Name            string          `json:"name"`
	MetaCategory    string          `json:"meta-category"`
	Description     string          `json:"description"`
	TemplateUUID    string          `json:"template_uuid"`
	TemplateVersion string          `json:"template_version"`
	Comment         string          `json:"comment"`
	Distribution    string          `json:"distribution"`
	Attributes      []attributeBody `json:"Attribute"`
}

type tagBody struct {
	Name string `json:"name"`
}

// head is the event without its attributes and objects.
func (e Event) head() eventBody {
	body := eventBody{
		UUID: e.UUID, Info: e.Info,
		ThreatLevel:  strconv.Itoa(int(e.ThreatLevel)),
		Analysis:     strconv.Itoa(int(e.Analysis)),
		Distribution: strconv.Itoa(int(e.Distribution)),
		Tags:         tagBodies(e.Tags),
	}
	if !e.Date.IsZero() {
		body.Date = e.Date.Format(time.DateOnly)
	}
	if e.Distribution == SharingGroup {
		body.SharingGroup = strconv.Itoa(e.SharingGroup)
	}
	return body
}

// body is the whole event.
func (e Event) body() eventBody {
	body := e.head()
	body.Attributes = attributeBodies(e.Attributes)
	for _, o := range e.Objects {
		body.Objects = append(body.Objects, o.body())
	}
	return body
}

func (a Attribute) body() attributeBody {
	return attributeBody{
		UUID: a.UUID, Type: a.Type, Category: a.Category, Value: a.Value, ToIDS: a.ToIDS, Comment: a.Comment,
		Distribution: inherit, FirstSeen: seen(a.FirstSeen), LastSeen: seen(a.LastSeen), Relation: a.Relation, Tags: tagBodies(a.Tags),
	}
}

func (o Object) body() objectBody {
	return objectBody{
		UUID: o.UUID, Name: o.Name, MetaCategory: o.MetaCategory, Description: o.Description, TemplateUUID: o.TemplateUUID,
		TemplateVersion: o.TemplateVersion, Comment: o.Comment, Distribution: inherit, Attributes: attributeBodies(o.Attributes),
	}
}

func attributeBodies(in []Attribute) []attributeBody {
	var out []attributeBody
	for _, a := range in {
		out = append(out, a.body())
	}
	return out
}

func tagBodies(names []string) []tagBody {
	var out []tagBody
	for _, name := range names {
		out = append(out, tagBody{Name: name})
	}
	return out
}

// seen is a first or last sighting as MISP takes it, ISO 8601 to the
// microsecond; an epoch is refused.
func seen(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000000-07:00")
}
