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

	gomail "github.com/wneessen/go-mail"

	"github.com/waggle-cti/waggle/feeder/report"
	"github.com/waggle-cti/waggle/feeder/secret"
	"github.com/waggle-cti/waggle/shared/smtp"
)

// Security is how the connection to the mail server is kept private.
type Security = smtp.Security

// The securities, see package smtp.
const (
	StartTLS = smtp.StartTLS
	TLS      = smtp.TLS
	Plain    = smtp.Plain
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
func (o Options) Check() error { return o.server().Check() }

func (o Options) server() smtp.Server {
	return smtp.Server{Host: o.Host, Port: o.Port, Security: o.Security, User: o.User, Password: o.Password.Reveal(), From: o.From, To: o.To, TLS: o.TLS}
}

// Send sends the report of a week. The week names the mail, so that a mail
// program tells one that came twice. The error holds no password.
func Send(ctx context.Context, o Options, r report.Report, week string) error {
	var text, html strings.Builder
	if err := errors.Join(r.Write(&text, "text", o.Page), r.Write(&html, "html", o.Page)); err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	m, err := o.server().Message("waggle-"+week, subject(r), r.Until)
	if err != nil {
		return err
	}
	m.SetBodyString(gomail.TypeTextPlain, text.String())
	m.AddAlternativeString(gomail.TypeTextHTML, html.String())
	return o.server().Send(ctx, m)
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
