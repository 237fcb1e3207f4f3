package mail

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/report"
	"github.com/waggle-cti/waggle/feeder/secret"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/smtp/smtptest"
)

const password = smtptest.Password

// start serves a mail server until the test ends, and gives how to reach it.
func start(t *testing.T, d *smtptest.Desk) Options {
	t.Helper()
	return Options{Host: "127.0.0.1", Port: d.Start(t), From: "waggle@example.com", To: []string{"owner@example.com"}}
}

func busy() report.Report {
	return report.Report{Profile: "small-business", Since: monday.AddDate(0, 0, -7), Until: monday, Posts: 9, Sources: 2, Threats: []report.Threat{{
		Story: "01", Title: "Flaw in Contoso VPN", Urgency: report.Act, Severity: "high", Values: []string{"evil[.]example"}, Marks: 1, Touch: "Yes.",
		Do: []report.Step{{Text: "Fix it."}}, Sources: []report.Source{{Name: "cert", Title: "Flaw", Published: monday}}}}}
}

// monday is late enough for the mail.
var monday = time.Date(2026, 11, 23, 8, 0, 0, 0, time.Local)

func TestSend(t *testing.T) {
	for _, c := range []struct {
		name     string
		desk     *smtptest.Desk
		security Security
		login    bool
		private  bool
		wrong    string
	}{
		{"STARTTLS with a login", &smtptest.Desk{}, StartTLS, true, true, ""},
		{"STARTTLS is the default", &smtptest.Desk{}, "", false, true, ""},
		{"TLS from the start", &smtptest.Desk{Implicit: true}, TLS, true, true, ""},
		{"plain, to this machine", &smtptest.Desk{NoTLS: true}, Plain, false, false, ""},
		{"a server without STARTTLS gets nothing", &smtptest.Desk{NoTLS: true}, StartTLS, true, false, "did not take it"},
		{"a login that is refused", &smtptest.Desk{Refuse: true}, StartTLS, true, false, "check host, port, security and login"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := start(t, c.desk)
			o.Security, o.TLS = c.security, &tls.Config{InsecureSkipVerify: true} //nolint:gosec // the test's own certificate
			if c.login {
				o.User, o.Password = "waggle", secret.New(password)
			}
			err := Send(t.Context(), o, busy(), "2026-W48")
			if c.wrong != "" {
				require.ErrorContains(t, err, c.wrong)
				assert.NotContains(t, err.Error(), password)
				assert.Empty(t, c.desk.Mails())
				return
			}
			require.NoError(t, err)
			require.Len(t, c.desk.Mails(), 1)
			assert.Equal(t, c.private, c.desk.Private())
			if c.login {
				assert.Equal(t, []string{"/waggle/" + password}, c.desk.Logins())
			}
			mail := c.desk.Mails()[0]
			for _, part := range []string{"Subject: Threats of the week: 1 asks you to act", "To: <owner@example.com>", "Message-ID: <waggle-2026-W48@example.com>",
				"Auto-Submitted: auto-generated", "multipart/alternative", "text/plain", "text/html", "Flaw in Contoso VPN", "evil[.]example"} {
				assert.Contains(t, mail, part)
			}
			assert.NotContains(t, mail, password)
		})
	}
	t.Run("a certificate that nobody vouches for", func(t *testing.T) {
		d := &smtptest.Desk{}
		o := start(t, d)
		require.ErrorContains(t, Send(t.Context(), o, busy(), "w"), "certificate")
		assert.Empty(t, d.Mails())
	})
}

func TestSubject(t *testing.T) {
	r := busy()
	r.Threats = append(r.Threats, r.Threats[0])
	assert.Equal(t, "Threats of the week: 2 ask you to act", subject(r))
	r.Threats = []report.Threat{{Urgency: report.Check}}
	assert.Equal(t, "Threats of the week: nothing urgent", subject(r))
	assert.Equal(t, "Threats of the week: nothing that matters", subject(report.Report{Posts: 3}))
}

func TestCheck(t *testing.T) {
	whole := Options{Host: "mail.example.com", From: "a@example.com", To: []string{"b@example.com"}}
	require.NoError(t, whole.Check())
	open := whole
	open.Security, open.Password = Plain, secret.New(password)
	require.ErrorContains(t, open.Check(), "anybody can read")
	assert.NotContains(t, open.Check().Error(), password)
	odd := whole
	odd.Security = "ssl"
	require.ErrorContains(t, odd.Check(), "use starttls, tls or none")
	require.ErrorContains(t, Options{Host: "h"}.Check(), "all needed")
	nobody := whole
	nobody.To = []string{"no address"}
	require.ErrorContains(t, nobody.Check(), "no address")
}

// memory remembers weeks, and what a report is made from.
type memory struct {
	claimed, sent []string
}

func (m *memory) ClaimMail(_ context.Context, week string, _ time.Time) (bool, error) {
	for _, s := range m.sent {
		if s == week {
			return false, nil
		}
	}
	m.claimed = append(m.claimed, week)
	return true, nil
}
func (m *memory) MailSent(_ context.Context, week string, _ time.Time) error {
	m.sent = append(m.sent, week)
	return nil
}
func (m *memory) Stories(context.Context, waggle.StoryQuery) ([]waggle.Story, int, error) {
	s := waggle.Story{ID: "01", Title: "A flaw", Severity: waggle.Critical}
	s.Indicators = []waggle.Indicator{{Indicator: ioc.Indicator{Kind: ioc.Domain, Value: "evil-cdn-4471.top", Role: ioc.Attack}}}
	return []waggle.Story{s}, 1, nil
}
func (m *memory) Sources(context.Context) ([]waggle.Health, error)  { return nil, nil }
func (m *memory) Published(context.Context, time.Time) (int, error) { return 0, nil }

func TestAWeekIsToldOnce(t *testing.T) {
	d := &smtptest.Desk{NoTLS: true}
	o := start(t, d)
	o.Security = Plain
	m := &memory{}
	w := Weekly{Options: o, Memory: m, Store: m, Profile: "p", Log: slog.New(slog.DiscardHandler)}

	require.NoError(t, w.Due(t.Context(), monday.Add(-2*time.Hour)))
	assert.Empty(t, d.Mails(), "too early on Monday")
	for _, at := range []time.Time{monday, monday.Add(time.Minute), monday.AddDate(0, 0, 6), monday.AddDate(0, 0, 7)} {
		require.NoError(t, w.Due(t.Context(), at))
	}
	assert.Equal(t, []string{"2026-W48", "2026-W49"}, m.sent)
	require.Len(t, d.Mails(), 2)
	assert.NotContains(t, d.Mails()[0], "evil-cdn-4471.top", "defanged")
	assert.Contains(t, d.Mails()[0], "evil-cdn-4471[.]top")

	w.Port = 1 // nobody listens there
	require.Error(t, w.Due(t.Context(), monday.AddDate(0, 0, 14)))
	assert.Len(t, m.sent, 2, "not remembered as sent")
}

func TestTell(t *testing.T) {
	s := waggle.Story{ID: "0123", Title: "Loader at http://evil.example/x\r\nBcc: other@example.org", Score: 71, Severity: waggle.High, TLP: 2,
		Verdict: &waggle.Verdict{Level: waggle.Malicious, Why: "Of 1 value: 1 malicious."},
		Reasons: []waggle.Reason{{Points: 9, Text: "named", Do: "Fix it."}}}
	for n := range maxTold + 3 {
		s.Indicators = append(s.Indicators, waggle.Indicator{Indicator: ioc.Indicator{Kind: ioc.Domain, Value: fmt.Sprintf("h%d.evil.example.net", n)}, Verdict: s.Verdict})
	}
	s.Indicators = append(s.Indicators, waggle.Indicator{Indicator: ioc.Indicator{Kind: ioc.CVE, Value: "CVE-2026-91234"}})
	d := &smtptest.Desk{}
	o := start(t, d)
	o.TLS, o.Page = &tls.Config{InsecureSkipVerify: true}, "https://waggle.example.com/" //nolint:gosec // the test's own certificate
	require.NoError(t, Tell(t.Context(), o, s))
	require.NoError(t, Tell(t.Context(), o, s))
	require.Len(t, d.Mails(), 2)
	for _, part := range []string{"Subject: [high] Loader at", "Message-ID: <waggle-story-0123@example.com>", "TLP:AMBER", "verdict: malicious", "- Fix it.",
		"- h0[.]evil[.]example[.]net (malicious)", "and 3 more", "https://waggle.example.com/story/0123"} {
		assert.Contains(t, d.Mails()[0], part)
		assert.Contains(t, d.Mails()[1], part)
	}
	assert.NotContains(t, d.Mails()[0], "\nBcc:")
	assert.NotContains(t, d.Mails()[0], "http://evil.example")
	refusing := &smtptest.Desk{Refuse: true}
	o = start(t, refusing)
	o.TLS, o.User, o.Password = &tls.Config{InsecureSkipVerify: true}, "waggle", secret.New(password) //nolint:gosec // the test's own certificate
	err := Tell(t.Context(), o, s)
	require.Error(t, err)
	assert.NotContains(t, err.Error(), password)
}
