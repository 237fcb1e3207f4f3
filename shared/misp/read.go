package misp

import (
	"strings"
	"time"

	"github.com/tidwall/gjson"
)

// MISP gives numbers and times as strings, unset fields as null, and leaves
// out what is empty. gjson reads all of it as the zero value or the number.

func readEvent(r gjson.Result) Event {
	f := r.Map() // once: the attributes in it may be many
	e := Event{
		ID:           f["id"].String(),
		UUID:         f["uuid"].String(),
		Info:         f["info"].String(),
		Date:         day(f["date"].String()),
		ThreatLevel:  ThreatLevel(f["threat_level_id"].Int()),
		Analysis:     Analysis(f["analysis"].Int()),
		Distribution: Distribution(f["distribution"].Int()),
		SharingGroup: int(f["sharing_group_id"].Int()),
		Extends:      f["extends_uuid"].String(),
		Published:    f["published"].Bool(),
		Timestamp:    epoch(f["timestamp"]),
		Tags:         tagNames(f["Tag"]),
		localTags:    tagNames(f["Tag"].Get("#(local==true)#")),
	}
	for _, a := range present(f["Attribute"], &e) {
		e.Attributes = append(e.Attributes, readAttribute(a))
	}
	for _, o := range present(f["Object"], &e) {
		object := readObject(o)
		for _, a := range present(o.Get("Attribute"), &e) {
			object.Attributes = append(object.Attributes, readAttribute(a))
		}
		e.Objects = append(e.Objects, object)
	}
	for _, r := range present(f["EventReport"], &e) {
		e.Reports = append(e.Reports, Report{UUID: r.Get("uuid").String(), Name: r.Get("name").String(), Content: r.Get("content").String()})
	}
	return e
}

// present gives what of a list is not deleted; the event keeps the UUIDs of the
// others.
func present(list gjson.Result, e *Event) []gjson.Result {
	var out []gjson.Result
	for _, one := range list.Array() {
		if !one.Get("deleted").Bool() {
			out = append(out, one)
			continue
		}
		if e.gone == nil {
			e.gone = map[string]bool{}
		}
		e.gone[strings.ToLower(one.Get("uuid").String())] = true
	}
	return out
}

func readAttribute(r gjson.Result) Attribute {
	a := Attribute{
		ID:        r.Get("id").String(),
		UUID:      r.Get("uuid").String(),
		Type:      r.Get("type").String(),
		Category:  r.Get("category").String(),
		Value:     r.Get("value").String(),
		ToIDS:     r.Get("to_ids").Bool(),
		Comment:   r.Get("comment").String(),
		FirstSeen: instant(r.Get("first_seen").String()),
		LastSeen:  instant(r.Get("last_seen").String()),
		Relation:  r.Get("object_relation").String(),
		Private:   r.Get("distribution").String() == private,
		Timestamp: epoch(r.Get("timestamp")),
		EventID:   r.Get("event_id").String(),
		EventUUID: r.Get("Event.uuid").String(),
		EventInfo: r.Get("Event.info").String(),
		EventDate: r.Get("Event.date").String(),
		EventOrg:  r.Get("Event.Orgc.name").String(),
		EventTags: tagNames(r.Get("Event.Tag")),
		Published: r.Get("Event.published").Bool(),
		Threat:    ThreatLevel(r.Get("Event.threat_level_id").Int()),
	}
	if id := r.Get("object_id").String(); id != "0" {
		a.ObjectID = id
	}
	for _, t := range r.Get("Tag").Array() {
		if !t.Get("inherited").Bool() { // those are the event's
			a.Tags = append(a.Tags, t.Get("name").String())
			if t.Get("local").Bool() {
				a.localTags = append(a.localTags, t.Get("name").String())
			}
		}
	}
	for _, w := range r.Get("warnings").Array() {
		a.Hits = append(a.Hits, Hit{List: w.Get("warninglist_name").String(), Match: w.Get("match").String(), Category: w.Get("warninglist_category").String()})
	}
	return a
}

// readObject reads an object without its attributes.
func readObject(r gjson.Result) Object {
	return Object{
		UUID:            r.Get("uuid").String(),
		Name:            r.Get("name").String(),
		MetaCategory:    r.Get("meta-category").String(),
		Description:     r.Get("description").String(),
		TemplateUUID:    r.Get("template_uuid").String(),
		TemplateVersion: r.Get("template_version").String(),
		Comment:         r.Get("comment").String(),
	}
}

func tagNames(r gjson.Result) []string {
	var out []string
	for _, t := range r.Array() {
		out = append(out, t.Get("name").String())
	}
	return out
}

func epoch(r gjson.Result) time.Time {
	if r.Int() == 0 {
		return time.Time{}
	}
	return time.Unix(r.Int(), 0).UTC()
}

func day(text string) time.Time {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return time.Time{}
	}
	return t
}

func instant(text string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}
