package chat

import (
	"net/http"
	"strings"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// ntfy posts to ntfy, which takes 4,096 bytes and makes a file of more:
// https://docs.ntfy.sh/publish/#publish-as-json
func ntfy() Service {
	return Service{
		Kind:     "ntfy",
		Title:    "ntfy",
		hosts:    []string{"ntfy.sh"},
		settings: []string{"token"},
		Limit:    3800,
		Repeats:  true,
		Escape:   same,
		Request:  toNtfy,
		Took:     field("id"),
	}
}

// toNtfy takes JSON at its root, with the topic in it. From 2.16 on a second
// message with the same sequence_id takes the place of the first; older ones do
// not know it: https://docs.ntfy.sh/publish/#updating-deleting-notifications
func toNtfy(c Channel, m Message) upstream.Request {
	body := object{"topic": strings.Trim(c.address.Path, "/"), "title": m.Title, "message": m.Body, "priority": priority(m.Notice.Severity, 1), "sequence_id": m.Key}
	if m.Notice.Link != "" {
		body["click"] = m.Notice.Link
	}
	return upstream.Request{Method: http.MethodPost, Path: "/", JSON: body, Header: bearer(c)}
}
