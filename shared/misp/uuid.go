package misp

import (
	"strings"

	"github.com/google/uuid"
)

// space is the namespace of all UUIDs made here: version 5 (RFC 9562 section
// 5.5) of the URL https://github.com/waggle-cti/waggle. It never changes, or
// every event would be made a second time.
const space = "70c9e6a2-f702-5e74-832c-751310ad9bcf"

// EventUUID names the event of a record: where it is kept (the URL of the
// TheHive), what it is ("case", "alert") and its id there.
func EventUUID(where, what, id string) string {
	return derive("event", strings.TrimRight(where, "/"), what, id)
}

// attributeUUID names an attribute of an event; the value is normalised first,
// so its spellings have one name.
func attributeUUID(event, typ, value string) string {
	return derive("attribute", strings.ToLower(event), typ, Normalise(typ, value))
}

// ObjectUUID names an object of an event by its template's name and what it is
// about: a file's SHA-256, a URL.
func ObjectUUID(event, name, about string) string {
	return derive("object", strings.ToLower(event), name, about)
}

// objectAttributeUUID names an attribute of an object.
func objectAttributeUUID(object, relation, typ, value string) string {
	return derive("object attribute", strings.ToLower(object), relation, typ, Normalise(typ, value))
}

// reportUUID names a report of an event.
func reportUUID(event, name string) string { return derive("report", strings.ToLower(event), name) }

func derive(parts ...string) string {
	return uuid.NewSHA1(uuid.MustParse(space), []byte(strings.Join(parts, "\x00"))).String()
}
