// Package mail sends the list of threats once a week: a business without an
// analyst reads it where it reads everything else. It is a quiet one when
// nothing matters. It also tells of single stories, where a rule demands that.
// The values of an attack are defanged in every mail.
package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/waggle-cti/waggle/feeder/report"
	"github.com/waggle-cti/waggle/feeder/secret"
)

// Security is how the connection to the mail server is kept private.
type Security string

// The securities. There is none that falls back to plain text by itself.
const (
	StartTLS Security = "starttls" // plain at first, TLS before anything is said (RFC 3207); port 587
	TLS      Security = "tls"      // TLS from the start (RFC 8314); port 465
	Plain    Security = "none"     // for a mail server on this machine; never with a password
)

// Options say by whom and to whom the mail is sent.
type Options struct {
	Host     string
	Port     int      // 0 = the security's usual one
	Security Security // empty = StartTLS
	User     string   // empty = the server asks for no login
	Password secret.Text
	From     string
	To       []string
	Page     string // address of the page that stories are linked to, with a final slash; empty = no links

	TLS *tls.Config // nil = the system's certificates
}

// Check finds what is missing or unsafe; the error says what to do.
func (o Options) Check() error {
	switch {
	case o.Host == "" || o.From == "" || len(o.To) == 0:
		return errors.New("mail: host, from and to are all needed")
	case o.Security != "" && o.Security != StartTLS && o.Security != TLS && o.Security != Plain:
		return fmt.Errorf("mail: the security %q is not known: use starttls, tls or none", o.Security)
	case o.Security == Plain && o.Password.Set():
		return errors.New("mail: a password is not sent over a connection that anybody can read: use starttls or tls")
	}
	return nil
}

// sendTime is the longest that the mail server may take.
const sendTime = time.Minute

// Send sends the report of a week. The week names the mail, so that a mail
// program tells one that came twice. The error holds no password.
func Send(ctx context.Context, o Options, r report.Report, week string) error {
	message, err := compose(o, r, week)
	if err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	return send(ctx, o, message)
}

func send(ctx context.Context, o Options, message *gomail.Msg) error {
	client, err := dialer(o)
	if err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	if err := client.DialAndSendWithContext(ctx, message); err != nil {
		return fmt.Errorf("mail: %s did not take it: %s: check host, port, security and login", o.Host, harmlessError(err, o.Password))
	}
	return nil
}

// harmlessError is an error's text without the password, which a server may
// repeat.
func harmlessError(err error, password secret.Text) string {
	text := err.Error()
	if password.Set() {
		text = strings.ReplaceAll(text, password.Reveal(), password.String())
	}
	return text
}

func compose(o Options, r report.Report, week string) (*gomail.Msg, error) {
	var text, html strings.Builder
	if err := errors.Join(r.Write(&text, "text", o.Page), r.Write(&html, "html", o.Page)); err != nil {
		return nil, err
	}
	m := gomail.NewMsg()
	if err := errors.Join(m.From(o.From), m.To(o.To...)); err != nil {
		return nil, err
	}
	m.Subject(subject(r))
	m.SetDateWithValue(r.Until)
	_, domain, _ := strings.Cut(o.From, "@")
	m.SetMessageIDWithValue("waggle-" + week + "@" + strings.TrimRight(domain, "> "))
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no vacation notice in return
	m.SetBodyString(gomail.TypeTextPlain, text.String())
	m.AddAlternativeString(gomail.TypeTextHTML, html.String())
	return m, nil
}

// subject says at once whether the mail must be read.
func subject(r report.Report) string {
	act := 0
	for _, t := range r.Threats {
		if t.Urgency == report.Act {
			act++
		}
	}
	switch {
	case act == 1:
		return "Threats of the week: 1 asks you to act"
	case act > 1:
		return fmt.Sprintf("Threats of the week: %d ask you to act", act)
	case r.Quiet():
		return "Threats of the week: nothing that matters"
	}
	return "Threats of the week: nothing urgent"
}

func dialer(o Options) (*gomail.Client, error) {
	options := []gomail.Option{gomail.WithTimeout(sendTime)}
	switch o.Security {
	case TLS:
		options = append(options, gomail.WithSSLPort(false))
	case Plain:
		options = append(options, gomail.WithTLSPortPolicy(gomail.NoTLS))
	default:
		options = append(options, gomail.WithTLSPortPolicy(gomail.TLSMandatory))
	}
	if o.Port != 0 {
		options = append(options, gomail.WithPort(o.Port))
	}
	if o.TLS != nil {
		options = append(options, gomail.WithTLSConfig(o.TLS))
	}
	if o.User != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(o.User), gomail.WithPassword(o.Password.Reveal()))
	}
	return gomail.NewClient(o.Host, options...)
}
