// Package smtp hands mails to a mail server (RFC 5321), for the feeder's weekly
// mail and the responder mail: by TLS unless told otherwise, within a time limit,
// and without the password in any error.
package smtp

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// Security is how the connection to the mail server is kept private.
type Security string

// The securities. There is none that falls back to plain text by itself.
const (
	StartTLS Security = "starttls" // plain at first, TLS before anything is said (RFC 3207); port 587
	TLS      Security = "tls"      // TLS from the start (RFC 8314); port 465
	Plain    Security = "none"     // for a mail server on this machine; never with a password
)

// Server is a mail server, and by whom and to whom it is given mails.
type Server struct {
	Host     string
	Port     int      // 0 = the security's usual one
	Security Security // empty = StartTLS
	User     string   // empty = the server asks for no login
	Password string
	From     string
	To       []string

	TLS *tls.Config // nil = the system's certificates
}

// Check finds what is missing, unsafe or no address; the error says what to do.
func (s Server) Check() error {
	switch {
	case s.Host == "" || s.From == "" || len(s.To) == 0:
		return errors.New("mail: host, from and to are all needed")
	case s.Security != "" && s.Security != StartTLS && s.Security != TLS && s.Security != Plain:
		return fmt.Errorf("mail: the security %q is not known: use starttls, tls or none", s.Security)
	case s.Security == Plain && s.Password != "":
		return errors.New("mail: a password is not sent over a connection that anybody can read: use starttls or tls")
	}
	_, err := s.Message("", "", time.Time{}) // which reads the addresses
	return err
}

// sendTime is the longest that the mail server may take.
const sendTime = time.Minute

// Message begins a mail from the server's sender to its receivers. id is the
// first part of its Message-ID: a mail program tells by it one that came twice.
// The header says that a program sent it, so that no vacation notice comes back
// (RFC 3834).
func (s Server) Message(id, subject string, at time.Time) (*gomail.Msg, error) {
	m := gomail.NewMsg()
	if err := errors.Join(m.From(s.From), m.To(s.To...)); err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	m.Subject(strings.Join(strings.Fields(subject), " ")) // a line's end would begin another header
	m.SetDateWithValue(at)
	_, domain, _ := strings.Cut(s.From, "@")
	m.SetMessageIDWithValue(id + "@" + strings.TrimRight(domain, "> "))
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	return m, nil
}

// Send hands the server a mail.
func (s Server) Send(ctx context.Context, message *gomail.Msg) error {
	client, err := s.client()
	if err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	if err := client.DialAndSendWithContext(ctx, message); err != nil {
		// The server may repeat the password.
		return fmt.Errorf("mail: %s did not take it: %s: check host, port, security and login", s.Host, upstream.Redact(err.Error(), s.Password))
	}
	return nil
}

// Try connects to the server and logs in as Send does, and sends nothing.
func (s Server) Try(ctx context.Context) error {
	client, err := s.client()
	if err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	if err := client.DialWithContext(ctx); err != nil {
		return fmt.Errorf("mail: %s takes no mail: %s: check host, port, security and login", s.Host, upstream.Redact(err.Error(), s.Password))
	}
	return client.Close()
}

func (s Server) client() (*gomail.Client, error) {
	options := []gomail.Option{gomail.WithTimeout(sendTime)}
	switch s.Security {
	case TLS:
		options = append(options, gomail.WithSSLPort(false))
	case Plain:
		options = append(options, gomail.WithTLSPortPolicy(gomail.NoTLS))
	default:
		options = append(options, gomail.WithTLSPortPolicy(gomail.TLSMandatory))
	}
	if s.Port != 0 {
		options = append(options, gomail.WithPort(s.Port))
	}
	if s.TLS != nil {
		options = append(options, gomail.WithTLSConfig(s.TLS))
	}
	if s.User != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.User), gomail.WithPassword(s.Password))
	}
	return gomail.NewClient(s.Host, options...)
}
