// Package smtptest is a mail server for tests.
package smtptest

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"net"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// Password is the one that a refused login is told, as careless servers do.
const Password = "mail-p4ssword"

// Desk is a mail server as small as RFC 5321 lets it be.
type Desk struct {
	tls      *tls.Config
	Implicit bool // TLS from the start
	NoTLS    bool // does not offer STARTTLS
	Refuse   bool // the login

	mu      sync.Mutex
	mails   []string
	logins  []string
	private bool // the last mail came by TLS
}

// Start serves on 127.0.0.1 until the test ends, and gives the port. Nobody
// vouches for its certificate.
func (d *Desk) Start(t testing.TB) (port int) {
	t.Helper()
	web := httptest.NewUnstartedServer(nil) // for its certificate
	web.StartTLS()
	t.Cleanup(web.Close)
	d.tls = &tls.Config{Certificates: web.TLS.Certificates, MinVersion: tls.VersionTLS12}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go d.serve(c)
		}
	}()
	return listener.Addr().(*net.TCPAddr).Port
}

func (d *Desk) serve(c net.Conn) {
	defer func() { _ = c.Close() }()
	private := d.Implicit
	if d.Implicit {
		c = tls.Server(c, d.tls)
	}
	in := bufio.NewReader(c)
	say := func(text string) { fmt.Fprintf(c, "%s\r\n", text) }
	say("220 mail.example.com ready")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimSpace(line)
		switch verb, rest, _ := strings.Cut(line, " "); strings.ToUpper(verb) {
		case "EHLO":
			if private || d.NoTLS {
				say("250-mail.example.com")
				say("250 AUTH PLAIN")
			} else {
				say("250-mail.example.com")
				say("250 STARTTLS")
			}
		case "STARTTLS":
			say("220 go ahead")
			c, private = tls.Server(c, d.tls), true
			in = bufio.NewReader(c)
		case "AUTH":
			said, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(rest, "PLAIN "))
			d.mu.Lock()
			d.logins = append(d.logins, strings.ReplaceAll(string(said), "\x00", "/"))
			d.mu.Unlock()
			if d.Refuse {
				say("535 5.7.8 not with " + Password)
				return
			}
			say("235 welcome")
		case "DATA":
			say("354 go on")
			var text strings.Builder
			for {
				line, err := in.ReadString('\n')
				if err != nil || line == ".\r\n" {
					break
				}
				text.WriteString(line)
			}
			d.mu.Lock()
			d.mails, d.private = append(d.mails, strings.ReplaceAll(text.String(), "=\r\n", "")), private // RFC 2045 §6.7: soft line breaks
			d.mu.Unlock()
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 fine")
		}
	}
}

// Mails gives the mails that were taken, headers first, long lines whole.
func (d *Desk) Mails() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.mails)
}

// Logins gives who logged in, as "/user/password".
func (d *Desk) Logins() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.logins)
}

// Private tells whether the last mail came by TLS.
func (d *Desk) Private() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.private
}
