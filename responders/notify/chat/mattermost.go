package chat

import (
	"strings"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// mattermost posts to Mattermost, which takes 16,383 characters:
// https://developers.mattermost.com/integrate/webhooks/incoming/
func mattermost() Service {
	return Service{
		Kind:    "mattermost",
		Title:   "Mattermost",
		Limit:   15000,
		Escape:  mattermostEscape,
		Request: toMattermost,
		Took:    text("ok"),
	}
}

func toMattermost(c Channel, m Message) upstream.Request { return c.post(object{"text": m.lines()}) }

// mattermostEscape also breaks mentions: a webhook may call @all.
func mattermostEscape(s string) string {
	return strings.ReplaceAll(markdownEscape(s), "@", "@\u200b")
}
