package chat

import (
	"net/http"
	"strings"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// gotify posts to Gotify:
// https://gotify.net/docs/pushmsg
func gotify() Service {
	return Service{
		Kind:     "gotify",
		Title:    "Gotify",
		settings: []string{"token"},
		required: []string{"token"},
		Limit:    16000,
		Escape:   same,
		Request:  toGotify,
		Took:     field("id"),
	}
}

func toGotify(c Channel, m Message) upstream.Request {
	return upstream.Request{Method: http.MethodPost, Path: strings.TrimRight(c.path(), "/") + "/message", Header: http.Header{"X-Gotify-Key": {c.options.Get("token")}},
		JSON: object{"title": m.Title, "message": m.Body, "priority": priority(m.Notice.Severity, 2)}}
}
