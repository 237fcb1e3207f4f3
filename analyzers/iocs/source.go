package iocs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/waggle-cti/waggle/shared/compound"
	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/fetch"
	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/message"
	"github.com/waggle-cti/waggle/shared/officetext"
	"github.com/waggle-cti/waggle/shared/pdftext"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// source says what was read, and how.
type source struct {
	ReadAs string `json:"read_as"`        // text, html, strings, mail
	Type   string `json:"type,omitempty"` // of a file, by its first bytes
	Bytes  int    `json:"bytes"`
	URL    string `json:"url,omitempty"` // that was read, after redirects
	Note   string `json:"note,omitempty"`
}

// mostDepth is how many files are read within one another: a mail, its
// attachment.
const mostDepth = 2

// read reads the job's text, its file, or what its URL leads to.
func read(ctx context.Context, job *cortex.Job, cfg Config, o ioc.Options) (source, []ioc.Indicator, error) {
	switch job.DataType {
	case "file":
		data, err := job.File.Read()
		if err != nil {
			return source{}, nil, err
		}
		return readFile(ctx, data, o)
	case "url":
		page, err := get(ctx, job, cfg)
		if err != nil {
			return source{}, nil, err
		}
		src, found, err := readFile(ctx, page.Body, o)
		src.URL = page.URL
		return src, found, err
	}
	return source{ReadAs: string(ioc.PlainText), Bytes: len(job.Data)}, ioc.Find(job.Data, o), nil
}

// get reads what is at a URL: a public address, of a limited size, in a limited
// time. Its server is told, and may be the one that the analyst looks for.
func get(ctx context.Context, job *cortex.Job, cfg Config) (*fetch.Response, error) {
	if err := job.PermitUpTo(cfg.FetchTLP, cfg.FetchPAP, "a URL is read", "fetch_max_tlp or fetch_max_pap"); err != nil {
		return nil, err
	}
	if u, err := url.Parse(job.Data); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, &upstream.Error{Service: "Waggle_IOCs", Reason: upstream.BadInput,
			Message: "the observable is no http or https URL", Next: "write it in full, and not disarmed"}
	}
	client, err := job.Fetch(fetch.Options{
		AfterRefusal: "the site wants a login or turns automated readers away: open it in an isolated browser, save the page, and run this on the file"})
	if err != nil {
		return nil, err
	}
	return client.Get(ctx, fetch.Request{URL: job.Data})
}

// readFile reads a file by what it holds.
func readFile(ctx context.Context, data []byte, o ioc.Options) (source, []ioc.Indicator, error) {
	r := reader{ctx: ctx, options: o, seen: map[string]bool{}}
	src, err := r.read(data, 1)
	if err != nil {
		return source{}, nil, err
	}
	src.Note = strings.Join(r.notes, " ")
	return src, r.found, nil
}

// reader reads a file and those in it, and keeps each value once, as it was found
// first.
type reader struct {
	ctx     context.Context
	options ioc.Options
	found   []ioc.Indicator
	seen    map[string]bool
	notes   []string
	within  string // the attachment that is read; "" for the file itself
}

// note keeps a sentence for the analyst, who must know of which file it is.
func (r *reader) note(format string, args ...any) {
	const most = 10
	if len(r.notes) == most {
		return
	}
	note := fmt.Sprintf(format, args...)
	if r.within != "" {
		note = fmt.Sprintf("Attachment %.100q: %s", r.within, note)
	}
	r.notes = append(r.notes, note)
}

func (r *reader) read(data []byte, depth int) (source, error) {
	switch mail, err := message.Read(data, message.Limits{}); {
	case err == nil && compound.Is(data):
		return source{ReadAs: "mail", Type: "application/vnd.ms-outlook", Bytes: len(data)}, r.readMail(mail, depth)
	case err == nil && isMail(mail):
		return source{ReadAs: "mail", Type: "message/rfc822", Bytes: len(data)}, r.readMail(mail, depth)
	}
	content, err := ioc.ReadContent(data)
	if err != nil {
		return source{}, err
	}
	var text string
	switch content.Type {
	case "application/pdf":
		text, err = pdftext.Text(r.ctx, data, pdftext.Limits{})
	case "application/zip":
		if text, err = officetext.Text(r.ctx, data); errors.Is(err, officetext.ErrNotOffice) {
			text, err = "", errors.New("it is an archive, and what is packed in it was not searched")
		}
	default:
		if content.Form == ioc.Strings {
			r.note("A binary file: only its readable runs were searched. What is compressed or encoded in it was not.")
		}
	}
	switch {
	case r.ctx.Err() != nil:
		return source{}, r.ctx.Err()
	case text != "":
		content.Form, content.Text = ioc.PlainText, text
		if err != nil {
			r.note("Only the beginning was read: %s.", err)
		}
	case err != nil: // links lie open in many files that give no text
		r.note("Only the readable runs of the file were searched: %s.", err)
	}
	r.add(content)
	return source{ReadAs: string(content.Form), Type: content.Type, Bytes: len(data)}, nil
}

// isMail tells a message from a text that begins like one: it has a sender, and
// what only programs write.
func isMail(m message.Message) bool {
	return m.Header.Get("From") != "" && (m.Header.Get("Message-ID") != "" || m.Header.Get("Received") != "" || m.Header.Get("MIME-Version") != "")
}

// readMail reads the subject, the texts and the attachments of a message.
func (r *reader) readMail(mail message.Message, depth int) error {
	for _, note := range mail.Notes {
		r.note("%s", note)
	}
	r.add(ioc.Content{Form: ioc.PlainText, Text: mail.Header.Decoded("Subject")})
	for _, p := range mail.Parts {
		switch {
		case p.Type == "message/rfc822": // its parts are among these
		case p.IsText() && p.Type == "text/html":
			r.add(ioc.Content{Form: ioc.HTML, Text: p.Text()})
		case p.IsText():
			r.add(ioc.Content{Form: ioc.PlainText, Text: p.Text()})
		case depth < mostDepth && len(p.Data) > 0 && !strings.HasPrefix(p.Type, "image/"):
			if err := r.readAttachment(p, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// readAttachment reads a part that is a file. One that can't be read keeps
// nobody from the others: the error is that the time is up.
func (r *reader) readAttachment(p message.Part, depth int) error {
	outer := r.within
	r.within = cmp.Or(p.Filename, p.Path)
	defer func() { r.within = outer }()
	if _, err := r.read(p.Data, depth); err != nil {
		r.note("It was not read: %s.", err)
	}
	return r.ctx.Err()
}

// add finds the values in a content.
func (r *reader) add(c ioc.Content) {
	for _, in := range c.Find(r.options) {
		if key := string(in.Kind) + " " + in.Value; !r.seen[key] {
			r.seen[key] = true
			r.found = append(r.found, in)
		}
	}
}
