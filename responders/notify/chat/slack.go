package chat

import (
	"strings"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// slack posts to Slack, which takes 40,000 characters and advises 4,000:
// https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
func slack() Service {
	return Service{
		Kind:    "slack",
		Title:   "Slack",
		hosts:   []string{"hooks.slack.com", "hooks.slack-gov.com"},
		Limit:   3500,
		Escape:  slackEscape,
		Request: toSlack,
		Took:    text("ok"),
	}
}

func toSlack(c Channel, m Message) upstream.Request {
	return c.post(object{"text": m.lines(), "mrkdwn": false, "unfurl_links": false, "unfurl_media": false})
}

// slackEscape: https://docs.slack.dev/messaging/formatting-message-text#escaping.
// Nothing can mention anybody then, and mrkdwn is off.
func slackEscape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}
