package eml

import (
	"strings"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/harmless"
	"github.com/waggle-cti/waggle/shared/message"
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
	Level       cortex.Level    `json:"level"`
	Subject     string          `json:"subject"`
	From        string          `json:"from"`
	Sender      string          `json:"sender,omitempty"` // the address in From
	ReplyTo     string          `json:"reply_to,omitempty"`
	ReturnPath  string          `json:"return_path,omitempty"`
	To          string          `json:"to,omitempty"`
	CC          string          `json:"cc,omitempty"`
	Date        string          `json:"date,omitempty"` // as the message says
	MessageID   string          `json:"message_id,omitempty"`
	Mailer      string          `json:"mailer,omitempty"`
	Hops        []hop           `json:"hops,omitempty"` // the first server first
	Results     []message.Check `json:"results,omitempty"`
	Links       []link          `json:"links,omitempty"`
	LinksTotal  int             `json:"links_total"`
	Pictures    int             `json:"pictures,omitempty"` // loaded from elsewhere
	Attachments []attachment    `json:"attachments,omitempty"`
	Body        string          `json:"body,omitempty"` // the beginning, as text
	Headers     []field         `json:"headers"`
	Findings    cortex.Findings `json:"findings,omitempty"`
	Notes       []string        `json:"notes,omitempty"` // what was not read, and why
}

type field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func (f *full) find(level cortex.Level, label, text, value string) {
	f.Findings = f.Findings.With(cortex.Finding{Level: level, Label: label, Text: text, Value: harmless.Cut(value, mostText)}, most)
}

func (f *full) labels() []cortex.Taxonomy {
	out := []cortex.Taxonomy{
		{Level: cortex.Info, Predicate: "Links", Value: f.LinksTotal},
		{Level: cortex.Info, Predicate: "Attachments", Value: len(f.Attachments)},
	}
	return append(out, f.Findings.Taxonomies()...)
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
