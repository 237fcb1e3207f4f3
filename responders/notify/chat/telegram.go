package chat

import (
	"net/http"
	"strings"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// telegram posts to Telegram, which takes 4,096 characters:
// https://core.telegram.org/bots/api#sendmessage
func telegram() Service {
	return Service{
		Kind:     "telegram",
		Title:    "Telegram",
		hosts:    []string{"api.telegram.org"},
		settings: []string{"token", "chat"},
		required: []string{"token", "chat"},
		Limit:    3500,
		Escape:   same,
		Request:  toTelegram,
		Took:     field("ok"),
	}
}

// toTelegram sends plain text, which has no markup at all.
func toTelegram(c Channel, m Message) upstream.Request {
	return upstream.Request{Method: http.MethodPost, Path: strings.TrimRight(c.path(), "/") + "/bot" + c.options.Get("token") + "/sendMessage",
		JSON: object{"chat_id": c.options.Get("chat"), "text": m.lines(), "link_preview_options": object{"is_disabled": true}}}
}
