// Package mail is the responder that tells people of a case, an alert, an
// observable, a task or a log by mail, as text and HTML, with the IoCs as CSV.
// All values are defanged. Nothing above the TLP of its readers leaves.
//
// An object is told once: a tag says so (waggle:notified-case=mail). The
// Message-ID is the same for the same text, so a mail program can tell a second one.
package mail

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/csv"
	"html/template"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/harmless"
	"github.com/waggle-cti/waggle/shared/marking"
	"github.com/waggle-cti/waggle/shared/notice"
	"github.com/waggle-cti/waggle/shared/smtp"
	"github.com/waggle-cti/waggle/shared/upstream"
)

//go:embed mail.html
var page string

// Responder is the worker.
var Responder = cortex.NewResponder(cortex.Definition{
	Name:        "Waggle_Mail",
	Version:     "1.0",
	Description: "Tells people by mail, with the IoCs defanged and as CSV",
	DataTypes:   notice.DataTypes(),
	Service:     cortex.Service{Name: "mail", Homepage: "https://github.com/waggle-cti/waggle/tree/main/responders#mail"},
}, run, probe)

// Config is what the admin sets.
type Config struct {
	Host     string   `cortex:"smtp_host" required:"true" description:"the mail server"`
	Port     int      `cortex:"smtp_port" default:"0" description:"its port; 0: 587, 465 or 25, as smtp_security says"`
	Security string   `cortex:"smtp_security" default:"starttls" oneof:"starttls,tls,none" description:"starttls, tls, or none for a server on this machine; it never falls back to none"`
	User     string   `cortex:"smtp_user" description:"who logs in there; empty: no login"`
	Password string   `cortex:"smtp_password" secret:"true" description:"the password"`
	From     string   `cortex:"from" required:"true" description:"the sender: Waggle <waggle@example.com>"`
	To       []string `cortex:"to" required:"true" description:"the readers"`
	TLP      string   `cortex:"readers_tlp" default:"amber" oneof:"clear,green,amber,amber+strict,red" description:"highest TLP that the readers may have; max_tlp holds as well"`
	CSV      bool     `cortex:"csv" default:"true" description:"attach the IoCs as CSV"`
	notice.Settings
}

func run(ctx context.Context, job *cortex.Job, cfg Config) (cortex.Report, error) {
	server, err := cfg.server(job)
	if err != nil {
		return cortex.Report{}, err
	}
	templates, err := notice.Parse(cfg.Title, cfg.Body)
	if err != nil {
		return cortex.Report{}, err
	}
	n, err := cfg.Gather(ctx, job)
	if err != nil {
		return cortex.Report{}, err
	}
	f := full{TLP: n.TLP, Readers: len(cfg.To), IoCs: len(n.IoCs)}
	tag := n.Tag("mail")
	switch {
	case notice.Tagged(job, tag):
		f.Message = "Nothing was sent: the tag " + tag + " says that it was told before. Take it off to tell it again."
	case n.Level > marking.TLPLevel(cfg.TLP):
		f.Message = "Nothing was sent: TLP:" + n.TLP + " is above what the readers may have (readers_tlp)."
	default:
		m, err := cfg.message(server, templates, n)
		if err != nil {
			return cortex.Report{}, err
		}
		if err := server.Send(ctx, m); err != nil {
			return cortex.Report{}, &upstream.Error{Service: "mail server", Reason: upstream.Failure, Message: strings.TrimPrefix(err.Error(), "mail: ")}
		}
		f.Changed, f.Message = true, "The mail server took it."
		return cortex.Report{Full: f, Operations: []cortex.Operation{notice.Remember(job, tag)}}, nil
	}
	return cortex.Report{Full: f}, nil
}

// full is the report.
type full struct {
	Message string `json:"message"` // what TheHive shows first
	Changed bool   `json:"changed"` // false: nothing was sent
	TLP     string `json:"tlp"`     // of the mail
	Readers int    `json:"readers"` // to how many it goes
	IoCs    int    `json:"iocs"`    // listed in it
}

func (cfg Config) server(job *cortex.Job) (smtp.Server, error) {
	s := smtp.Server{Host: cfg.Host, Port: cfg.Port, Security: smtp.Security(cfg.Security), User: cfg.User, Password: cfg.Password, From: cfg.From, To: cfg.To}
	config, err := job.TLS()
	if err != nil {
		return s, err
	}
	s.TLS = config
	s.TLS.ServerName, s.TLS.InsecureSkipVerify = cfg.Host, !cfg.VerifyTLS
	if err := s.Check(); err != nil {
		return s, &upstream.Error{Reason: upstream.BadInput, Message: "configuration: " + strings.TrimPrefix(err.Error(), "mail: "), Next: "set smtp_host, from and to as a mail program has them"}
	}
	return s, nil
}

// maxSubject bounds the subject, in bytes.
const maxSubject = 200

func (cfg Config) message(s smtp.Server, templates notice.Template, n notice.Notice) (*gomail.Msg, error) {
	title, body, err := templates.Write(n)
	if err != nil {
		return nil, err
	}
	title = notice.Shorten(title, maxSubject)
	m, err := s.Message(n.Key("mail", title, body), title, time.Now())
	if err != nil {
		return nil, err
	}
	var html bytes.Buffer
	if err := template.Must(template.New("mail").Parse(page)).Execute(&html, map[string]any{
		"Title": title, "Lines": strings.Split(body, "\n"), "Link": n.Link, "TLP": n.TLP,
	}); err != nil {
		return nil, err
	}
	m.SetBodyString(gomail.TypeTextPlain, "TLP:"+strings.ToUpper(n.TLP)+"\n\n"+body+"\n")
	m.AddAlternativeString(gomail.TypeTextHTML, html.String())
	if cfg.CSV && len(n.IoCs) > 0 {
		table, err := table(n.IoCs)
		if err != nil {
			return nil, err
		}
		if err := m.AttachReader("iocs.csv", table, gomail.WithFileContentType("text/csv; charset=utf-8")); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// table writes the IoCs as CSV (RFC 4180).
func table(iocs []notice.IoC) (*bytes.Buffer, error) {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	rows := [][]string{{"type", "value", "message"}}
	for _, i := range iocs {
		rows = append(rows, []string{harmless.Cell(i.Type), harmless.Cell(i.Value), harmless.Cell(i.Message)})
	}
	err := w.WriteAll(rows)
	return &out, err
}
