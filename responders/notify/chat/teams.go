package chat

import (
	"strings"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// teams posts to Teams, which takes cards of 28 KB:
// https://learn.microsoft.com/en-us/connectors/teams/#microsoft-teams-webhook
func teams() Service {
	return Service{
		Kind:    "teams",
		Title:   "Teams",
		hosts:   []string{".logic.azure.com", ".api.powerplatform.com", ".webhook.office.com"},
		Limit:   20000,
		Escape:  same,
		Request: toTeams,
		Took:    anything,
	}
}

// toTeams makes an adaptive card of text runs, which know no Markdown:
// https://adaptivecards.io/explorer/TextRun.html
func toTeams(c Channel, m Message) upstream.Request {
	run := func(text string, bold bool) object {
		weight := "default"
		if bold {
			weight = "bolder"
		}
		return object{"type": "RichTextBlock", "inlines": []object{{"type": "TextRun", "text": text, "weight": weight}}}
	}
	body := []object{run(m.Title, true)}
	for line := range strings.SplitSeq(m.Body, "\n") {
		if line != "" {
			body = append(body, run(line, false))
		}
	}
	card := object{"$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4", "body": body}
	if m.Notice.Link != "" {
		card["actions"] = []object{{"type": "Action.OpenUrl", "title": "Open in TheHive", "url": m.Notice.Link}}
	}
	return c.post(object{"type": "message", "attachments": []object{{"contentType": "application/vnd.microsoft.card.adaptive", "content": card}}})
}
