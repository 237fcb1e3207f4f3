package chat

import "github.com/waggle-cti/waggle/shared/upstream"

// discord posts to Discord, which takes 2,000 characters:
// https://discord.com/developers/docs/resources/webhook#execute-webhook
func discord() Service {
	return Service{
		Kind:    "discord",
		Title:   "Discord",
		hosts:   []string{"discord.com", "discordapp.com"},
		Limit:   1800,
		Escape:  markdownEscape,
		Request: toDiscord,
		Took:    anything,
	}
}

// toDiscord mentions nobody and shows no previews (flag 4, SUPPRESS_EMBEDS).
func toDiscord(c Channel, m Message) upstream.Request {
	return c.post(object{"content": m.lines(), "allowed_mentions": object{"parse": []string{}}, "flags": 4})
}
