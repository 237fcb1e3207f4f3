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
	Extends      string          `json:"extends_uuid,omitempty"`
	Tags         []tagBody       `json:"Tag,omitempty"`
	Attributes   []attributeBody `json:"Attribute,omitempty"`
	Objects      []objectBody    `json:"Object,omitempty"`
	Reports      []reportBody    `json:"EventReport,omitempty"`
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

	// A sample: Base64, which MISP packs and encrypts itself.
	Data    string `json:"data,omitempty"`
	Encrypt bool   `json:"encrypt,omitempty"`
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

type reportBody struct {
	UUID         string `json:"uuid"`
	Name         string `json:"name"`
	Content      string `json:"content"`
	Distribution string `json:"distribution"`
}

// head is the event without its attributes and objects.
func (e Event) head() eventBody {
	body := eventBody{
		UUID: e.UUID, Info: e.Info,
		ThreatLevel:  strconv.Itoa(int(e.ThreatLevel)),
		Analysis:     strconv.Itoa(int(e.Analysis)),
		Distribution: strconv.Itoa(int(e.Distribution)),
		Extends:      e.Extends,
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

// body is the whole event, without its samples.
func (e Event) body() eventBody {
	body := e.head()
	body.Attributes = attributeBodies(e.Attributes)
	for _, o := range e.Objects {
		body.Objects = append(body.Objects, o.body())
	}
	for _, r := range e.Reports {
		body.Reports = append(body.Reports, r.body())
	}
	return body
}

func (a Attribute) body() attributeBody {
	body := attributeBody{
		UUID: a.UUID, Type: a.Type, Category: a.Category, Value: a.Value, ToIDS: a.ToIDS, Comment: a.Comment,
		Distribution: inherit, FirstSeen: seen(a.FirstSeen), LastSeen: seen(a.LastSeen), Relation: a.Relation, Tags: tagBodies(a.Tags),
	}
	if a.Private {
		body.Distribution = private
	}
	return body
}

func (r Report) body() reportBody {
	return reportBody{UUID: r.UUID, Name: r.Name, Content: r.Content, Distribution: private}
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
