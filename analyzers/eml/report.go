package eml

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/waggle-cti/waggle/shared/cortex"
)

// What a report shows at most: entries of a list, artifacts; bytes of a text and
// of the body.
const (
	most     = 100
	mostText = 1000
	mostBody = 10_000
)

// full is the report.
type full struct {
	Level       cortex.Level `json:"level"`
	Subject     string       `json:"subject"`
	From        string       `json:"from"`
	Sender      string       `json:"sender,omitempty"` // the address in From
	ReplyTo     string       `json:"reply_to,omitempty"`
	ReturnPath  string       `json:"return_path,omitempty"`
	To          string       `json:"to,omitempty"`
	CC          string       `json:"cc,omitempty"`
	Date        string       `json:"date,omitempty"` // as the message says
	MessageID   string       `json:"message_id,omitempty"`
	Mailer      string       `json:"mailer,omitempty"`
	Hops        []hop        `json:"hops,omitempty"` // the first server first
	Results     []result     `json:"results,omitempty"`
	Links       []link       `json:"links,omitempty"`
	LinksTotal  int          `json:"links_total"`
	Pictures    int          `json:"pictures,omitempty"` // loaded from elsewhere
	Attachments []attachment `json:"attachments,omitempty"`
	Body        string       `json:"body,omitempty"` // the beginning, as text
	Headers     []field      `json:"headers"`
	Findings    []finding    `json:"findings,omitempty"`
	Notes       []string     `json:"notes,omitempty"` // what was not read, and why
}

type field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// finding is something worth an analyst's look.
type finding struct {
	Level cortex.Level `json:"level"`
	Label string       `json:"label"` // short, for the taxonomy
	Text  string       `json:"text"`
	Value string       `json:"value,omitempty"` // the name or address that it is about
}

func (f *full) find(level cortex.Level, label, text, value string) {
	found := finding{level, label, text, clip(value, mostText)}
	if len(f.Findings) < most && !slices.Contains(f.Findings, found) {
		f.Findings = append(f.Findings, found)
	}
}

// clip shortens a text to so many bytes, between characters.
func clip(text string, size int) string {
	if len(text) <= size {
		return text
	}
	for size > 0 && !utf8.RuneStart(text[size]) {
		size--
	}
	return text[:size] + "…"
}

// judge gives the report the level of its worst finding.
func (f *full) judge() {
	f.Level = cortex.Info
	if slices.ContainsFunc(f.Findings, func(one finding) bool { return one.Level == cortex.Suspicious }) {
		f.Level = cortex.Suspicious
	}
}

func (f *full) labels() []cortex.Taxonomy {
	out := []cortex.Taxonomy{
		{Level: cortex.Info, Predicate: "Links", Value: f.LinksTotal},
		{Level: cortex.Info, Predicate: "Attachments", Value: len(f.Attachments)},
	}
	var seen []string
	for _, one := range f.Findings {
		if one.Level == cortex.Suspicious && !slices.Contains(seen, one.Label) {
			seen = append(seen, one.Label)
			out = append(out, cortex.Taxonomy{Level: one.Level, Predicate: "Finding", Value: one.Label})
		}
	}
	return out
}

// artifacts are the hashes of attachments, the links that are not known to be
// harmless, the addresses of the sender, the servers on the way, the subject.
func (f *full) artifacts() []cortex.Artifact {
	var out []cortex.Artifact
	add := func(dataType, data, what string) {
		if data != "" {
			out = append(out, cortex.Artifact{DataType: dataType, Data: data, Message: "EML: " + what})
		}
	}
	for _, a := range f.Attachments {
		add("hash", a.SHA256, "of the attachment "+a.Name)
	}
	for _, l := range f.Links {
		if !l.Benign {
			add("url", l.URL, "in the message")
		}
	}
	add("mail", f.Sender, "the sender, as the message says")
	if reply := address(f.ReplyTo); reply != f.Sender {
		add("mail", reply, "where replies go")
	}
	if path := address(f.ReturnPath); path != f.Sender {
		add("mail", path, "the sender, as the servers were told")
	}
	for _, h := range f.Hops {
		if h.Public {
			add("ip", h.IP, "a server on the way, as the next one says")
		}
	}
	add("mail-subject", strings.TrimSpace(f.Subject), "the subject")
	return out
}
