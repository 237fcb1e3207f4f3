package chat

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// matrix posts to Matrix, which takes events of 65,536 bytes:
// https://spec.matrix.org/latest/client-server-api/#put_matrixclientv3roomsroomidsendeventtypetxnid
func matrix() Service {
	return Service{
		Kind:     "matrix",
		Title:    "Matrix",
		settings: []string{"token", "room"},
		required: []string{"token", "room"},
		Limit:    40000,
		Repeats:  true,
		Escape:   same,
		Request:  toMatrix,
		Took:     field("event_id"),
	}
}

// toMatrix sends plain text that mentions nobody. The server drops a second one
// with the same transaction id and answers as to the first.
func toMatrix(c Channel, m Message) upstream.Request {
	return upstream.Request{Method: http.MethodPut, Repeatable: true,
		Path: strings.TrimRight(c.path(), "/") + "/_matrix/client/v3/rooms/" + url.PathEscape(c.options.Get("room")) + "/send/m.room.message/" + m.Key,
		JSON: object{"msgtype": "m.text", "body": m.lines(), "m.mentions": object{}}, Header: bearer(c)}
}
