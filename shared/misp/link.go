package misp

import (
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// EventPage is the address of an event's page in the MISP at base; id is its
// UUID or number.
func EventPage(base, id string) string {
	return strings.TrimRight(base, "/") + "/events/view/" + url.PathEscape(id)
}

// linkTag begins the tag that leads from a record elsewhere to its event.
const linkTag = "misp:event="

// LinkTag is the tag that leads from a case or an alert to its event.
func LinkTag(event string) string { return linkTag + event }

// LinkedEvent gives the UUID of the event of a record with these tags: own, the
// one made of the record's id, unless a LinkTag leads to another. Of several the
// same is chosen always.
func LinkedEvent(own string, tags []string) string {
	var linked []string
	for _, tag := range tags {
		if id, ok := strings.CutPrefix(tag, linkTag); ok && uuid.Validate(id) == nil {
			linked = append(linked, strings.ToLower(id))
		}
	}
	if len(linked) == 0 || slices.Contains(linked, own) {
		return own
	}
	return slices.Min(linked)
}
