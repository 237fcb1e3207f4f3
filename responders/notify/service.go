package notify

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/waggle-cti/waggle/shared/notice"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// message is what a channel gets.
type message struct {
	title, body string
	key         string // the same for each try to tell the same
	notice      notice.Notice
}

// service is how one service takes messages.
type service struct {
	kind, title string
	hosts       []string // by which its address is known
	settings    []string // besides tlp and name
	required    []string // of the settings
	limit       int      // of the body, in bytes
	repeats     bool     // the service itself drops what it got before
	escape      func(string) string
	request     func(channel, message) upstream.Request
	took        func(*upstream.Response) bool // whether its answer is one of its own
}

// services are all of them. Sources:
//
//	Slack       https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks (text: 40,000 characters, 4,000 advised)
//	Discord     https://discord.com/developers/docs/resources/webhook#execute-webhook (content: 2,000 characters)
//	Teams       https://learn.microsoft.com/en-us/connectors/teams/#microsoft-teams-webhook (a card: 28 KB)
//	Mattermost  https://developers.mattermost.com/integrate/webhooks/incoming/ (16,383 characters)
//	Telegram    https://core.telegram.org/bots/api#sendmessage (4,096 characters)
//	Matrix      https://spec.matrix.org/latest/client-server-api/#put_matrixclientv3roomsroomidsendeventtypetxnid (an event: 65,536 bytes)
//	ntfy        https://docs.ntfy.sh/publish/#publish-as-json (4,096 bytes; more becomes a file)
//	Gotify      https://gotify.net/docs/pushmsg
//	webhook     ours, with an Idempotency-Key: https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
func services() []service {
	return []service{
		{kind: "slack", title: "Slack", hosts: []string{"hooks.slack.com", "hooks.slack-gov.com"}, limit: 3500, escape: slackEscape, request: slack, took: text("ok")},
		{kind: "discord", title: "Discord", hosts: []string{"discord.com", "discordapp.com"}, limit: 1800, escape: markdownEscape, request: discord, took: anything},
		{kind: "teams", title: "Teams", hosts: []string{".logic.azure.com", ".api.powerplatform.com", ".webhook.office.com"}, limit: 20000, escape: same, request: teams, took: anything},
		{kind: "mattermost", title: "Mattermost", limit: 15000, escape: mattermostEscape, request: mattermost, took: text("ok")},
		{kind: "telegram", title: "Telegram", hosts: []string{"api.telegram.org"}, settings: []string{"token", "chat"}, required: []string{"token", "chat"}, limit: 3500, escape: same, request: telegram, took: field("ok")},
		{kind: "matrix", title: "Matrix", settings: []string{"token", "room"}, required: []string{"token", "room"}, limit: 40000, repeats: true, escape: same, request: matrix, took: field("event_id")},
		{kind: "ntfy", title: "ntfy", hosts: []string{"ntfy.sh"}, settings: []string{"token"}, limit: 3800, escape: same, request: ntfy, took: field("id")},
		{kind: "gotify", title: "Gotify", settings: []string{"token"}, required: []string{"token"}, limit: 16000, escape: same, request: gotify, took: field("id")},
		{kind: "webhook", title: "webhook", settings: []string{"token"}, limit: 60000, repeats: true, escape: same, request: webhook, took: anything},
	}
}

// serviceOf finds a service by its name, or by the host of an address.
func serviceOf(kind, host string) (service, error) {
	var kinds []string
	for _, s := range services() {
		kinds = append(kinds, s.kind)
		if kind == s.kind {
			return s, nil
		}
		for _, known := range s.hosts {
			if kind == "" && (strings.EqualFold(host, known) || known[0] == '.' && strings.HasSuffix(strings.ToLower(host), known)) {
				return s, nil
			}
		}
	}
	return service{}, errors.New("what service is it? write one of " + strings.Join(kinds, "+, ") + "+ before https://")
}

func text(want string) func(*upstream.Response) bool {
	return func(r *upstream.Response) bool { return strings.TrimSpace(string(r.Body)) == want }
}

func field(name string) func(*upstream.Response) bool {
	return func(r *upstream.Response) bool {
		v := r.JSON().Get(name)
		return v.Exists() && v.Type.String() != "False"
	}
}

// anything takes services whose answer is empty or changes.
func anything(*upstream.Response) bool { return true }

func same(s string) string { return s }

// object is a JSON object.
type object = map[string]any

func (c channel) post(body object) upstream.Request {
	return upstream.Request{Method: http.MethodPost, Path: c.path(), Query: c.address.Query(), JSON: body}
}

// lines is a message as one text.
func (m message) lines() string { return m.title + "\n" + m.body }

func slack(c channel, m message) upstream.Request {
	return c.post(object{"text": m.lines(), "mrkdwn": false, "unfurl_links": false, "unfurl_media": false})
}

// discord mentions nobody and shows no previews (flag 4, SUPPRESS_EMBEDS).
func discord(c channel, m message) upstream.Request {
	return c.post(object{"content": m.lines(), "allowed_mentions": object{"parse": []string{}}, "flags": 4})
}

// teams makes an adaptive card of text runs, which know no Markdown:
// https://adaptivecards.io/explorer/TextRun.html
func teams(c channel, m message) upstream.Request {
	run := func(text string, bold bool) object {
		weight := "default"
		if bold {
			weight = "bolder"
		}
		return object{"type": "RichTextBlock", "inlines": []object{{"type": "TextRun", "text": text, "weight": weight}}}
	}
	body := []object{run(m.title, true)}
	for line := range strings.SplitSeq(m.body, "\n") {
		if line != "" {
			body = append(body, run(line, false))
		}
	}
	card := object{"$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4", "body": body}
	if m.notice.Link != "" {
		card["actions"] = []object{{"type": "Action.OpenUrl", "title": "Open in TheHive", "url": m.notice.Link}}
	}
	return c.post(object{"type": "message", "attachments": []object{{"contentType": "application/vnd.microsoft.card.adaptive", "content": card}}})
}

func mattermost(c channel, m message) upstream.Request { return c.post(object{"text": m.lines()}) }

// telegram sends plain text, which has no markup at all.
func telegram(c channel, m message) upstream.Request {
	return upstream.Request{Method: http.MethodPost, Path: strings.TrimRight(c.path(), "/") + "/bot" + c.options.Get("token") + "/sendMessage",
		JSON: object{"chat_id": c.options.Get("chat"), "text": m.lines(), "link_preview_options": object{"is_disabled": true}}}
}

// matrix sends plain text that mentions nobody. The server drops a second one
// with the same transaction id and answers as to the first.
func matrix(c channel, m message) upstream.Request {
	return upstream.Request{Method: http.MethodPut, Repeatable: true,
		Path: strings.TrimRight(c.path(), "/") + "/_matrix/client/v3/rooms/" + url.PathEscape(c.options.Get("room")) + "/send/m.room.message/" + m.key,
		JSON: object{"msgtype": "m.text", "body": m.lines(), "m.mentions": object{}}, Header: bearer(c)}
}

// ntfy takes JSON at its root, with the topic in it.
func ntfy(c channel, m message) upstream.Request {
	body := object{"topic": strings.Trim(c.address.Path, "/"), "title": m.title, "message": m.body, "priority": priority(m.notice.Severity, 1)}
	if m.notice.Link != "" {
		body["click"] = m.notice.Link
	}
	return upstream.Request{Method: http.MethodPost, Path: "/", JSON: body, Header: bearer(c)}
}

func gotify(c channel, m message) upstream.Request {
	return upstream.Request{Method: http.MethodPost, Path: strings.TrimRight(c.path(), "/") + "/message", Header: http.Header{"X-Gotify-Key": {c.options.Get("token")}},
		JSON: object{"title": m.title, "message": m.body, "priority": priority(m.notice.Severity, 2)}}
}

// webhook sends the fields of the notice, too.
func webhook(c channel, m message) upstream.Request {
	n := m.notice
	iocs := []object{}
	for _, i := range n.IoCs {
		iocs = append(iocs, object{"type": i.Type, "value": i.Value, "message": i.Message})
	}
	r := c.post(object{"title": m.title, "body": m.body, "kind": n.Kind, "id": n.ID, "case": n.Number, "subject": n.Subject, "severity": n.Severity,
		"tlp": n.TLP, "pap": n.PAP, "status": n.Status, "owner": n.Owner, "tags": n.Tags, "date": n.Date, "link": n.Link, "iocs": iocs, "more_iocs": n.More})
	r.Header, r.Repeatable = bearer(c), true
	r.Header.Set("Idempotency-Key", m.key)
	return r
}

func bearer(c channel) http.Header {
	h := http.Header{}
	if token := c.options.Get("token"); token != "" {
		h.Set("Authorization", "Bearer "+token)
	}
	return h
}

// priority gives a severity as a number from 2, in steps.
func priority(severity string, step int) int {
	for i, name := range []string{"low", "medium", "high", "critical"} {
		if name == severity {
			return 2 + i*step
		}
	}
	return 3
}

// slackEscape: https://docs.slack.dev/messaging/formatting-message-text#escaping.
// Nothing can mention anybody then, and mrkdwn is off.
func slackEscape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// markdownEscape makes all signs of Markdown stand for themselves.
func markdownEscape(s string) string {
	var out strings.Builder
	for _, r := range s {
		if strings.ContainsRune("\\`*_{}[]()#+-!|>~<:", r) {
			out.WriteByte('\\')
		}
		out.WriteRune(r)
	}
	return out.String()
}

// mattermostEscape also breaks mentions: a webhook may call @all.
func mattermostEscape(s string) string {
	return strings.ReplaceAll(markdownEscape(s), "@", "@\u200b")
}
