package mail

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
	"github.com/waggle-cti/waggle/shared/smtp/smtptest"
	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
)

// The objects are shaped as TheHive 4.1 hands them to Cortex; the values are
// invented. What needs a mail server is below.
func TestCases(t *testing.T) { cortextest.Run(t, Responder) }

// nowhere is a mail server that does not answer.
func nowhere() map[string]any {
	return map[string]any{"smtp_host": "127.0.0.1", "smtp_port": 1, "from": "waggle@example.com", "to": []any{"soc@example.com"}}
}

func TestBadInputAndServices(t *testing.T) { cortextest.Torture(t, Responder, nowhere()) }

func TestNoLeak(t *testing.T) { cortextest.Leaks(t, Responder, nowhere()) }

// send runs the responder once with a mail server whose certificate nobody
// vouches for, so it is not checked.
func send(t *testing.T, desk *smtptest.Desk, dataType string, object, config map[string]any) gjson.Result {
	t.Helper()
	settings := nowhere()
	maps.Copy(settings, map[string]any{"smtp_port": desk.Start(t), "smtp_user": "waggle", "smtp_password": smtptest.Password, "verify_tls": false})
	maps.Copy(settings, config)
	input, err := json.Marshal(map[string]any{"dataType": dataType, "data": object, "tlp": object["tlp"], "pap": 2, "config": settings})
	require.NoError(t, err)
	folder := cortextest.NewFolder(t)
	cortextest.WriteInput(t, folder, "input.json", input)
	require.NoError(t, Responder.Run(t.Context(), folder, cortex.Surroundings{Stderr: t.Output(), Getenv: func(string) string { return "" }}))
	report := cortextest.AcceptFolder(t, folder)
	assert.NotContains(t, report.Raw, smtptest.Password)
	return report
}

const hostile = "Loader\r\nBcc: everybody@example.com\r\n\r\n<script>alert(1)</script> at http://evil-cdn-4471.top/a"

func object(tags ...any) map[string]any {
	return map[string]any{"_id": "~40964", "_type": "case", "caseId": 3, "title": hostile, "description": "see evil-cdn-4471.top", "severity": 3,
		"startDate": 1795424044869, "tlp": 2, "pap": 2, "tags": tags, "status": "Open", "owner": "kim@example.com"}
}

func TestAMail(t *testing.T) {
	hive := thehivetest.Start(t, thehivetest.Options{})
	id := hive.AddCase(thehive.Case{Title: "x", TLP: 2, PAP: 2}, []thehive.Observable{
		{DataType: "domain", Data: "evil-cdn-4471.top", Message: "=cmd|' /C calc'!A0", IOC: true, TLP: 2},
		{DataType: "ip", Data: "203.0.113.5", IOC: true, TLP: 3},
	})
	theCase := object()
	theCase["_id"] = id
	desk := &smtptest.Desk{}
	report := send(t, desk, "thehive:case", theCase, map[string]any{"thehive_url": hive.URL, "thehive_key": thehivetest.Key})
	require.True(t, report.Get("full.changed").Bool(), "%s", report)
	assert.Equal(t, "waggle:notified-case=mail", report.Get("operations.0.tag").String())
	assert.NotContains(t, report.Raw, thehivetest.Key)
	assert.True(t, desk.Private())
	require.Len(t, desk.Mails(), 1)
	mail := desk.Mails()[0]
	header, body, _ := strings.Cut(mail, "\r\n\r\n")
	assert.NotContains(t, header, "\r\nBcc:")
	assert.Contains(t, header, "To: <soc@example.com>")
	for _, part := range []string{"text/plain", "text/html", "TLP:AMBER", "evil-cdn-4471[.]top", "&lt;script&gt;", `filename="iocs.csv"`, "Open in TheHive"} {
		assert.Contains(t, body, part)
	}
	assert.NotContains(t, body, "<script>")
	for _, part := range []string{"http://evil", "203.0.113.5", smtptest.Password} {
		assert.NotContains(t, mail, part)
	}
	_, attached, _ := strings.Cut(body, `name="iocs.csv"`+"\r\n\r\n")
	attached, _, _ = strings.Cut(attached, "--")
	table, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(attached, "\r\n", ""))
	require.NoError(t, err)
	assert.Equal(t, "type,value,message\ndomain,evil-cdn-4471[.]top,'=cmd|' /C calc'!A0\n", string(table))
}

func TestASecondRunSendsNothing(t *testing.T) {
	desk := &smtptest.Desk{}
	report := send(t, desk, "thehive:case", object("waggle:notified-case=mail"), nil)
	assert.Contains(t, report.Get("full.message").String(), "told before")
	assert.Empty(t, desk.Mails())
	assert.Zero(t, report.Get("operations.#").Int())
}

func TestServersThatDoNotTakeIt(t *testing.T) {
	for name, c := range map[string]struct {
		desk   *smtptest.Desk
		config map[string]any
		says   string
	}{
		"a login that is refused":               {&smtptest.Desk{Refuse: true}, nil, "check host, port, security and login"},
		"no STARTTLS":                           {&smtptest.Desk{NoTLS: true}, nil, "STARTTLS"},
		"a certificate that nobody vouches for": {&smtptest.Desk{}, map[string]any{"verify_tls": true}, "certificate"},
		"a password in the open":                {&smtptest.Desk{NoTLS: true}, map[string]any{"smtp_security": "none"}, "anybody can read"},
	} {
		t.Run(name, func(t *testing.T) {
			report := send(t, c.desk, "thehive:case", object(), c.config)
			assert.False(t, report.Get("success").Bool())
			assert.Contains(t, report.Get("errorMessage").String(), c.says)
			assert.Empty(t, c.desk.Mails())
		})
	}
}

func TestProbe(t *testing.T) {
	login := func(desk *smtptest.Desk) map[string]any {
		c := nowhere()
		maps.Copy(c, map[string]any{"smtp_port": desk.Start(t), "smtp_user": "waggle", "smtp_password": smtptest.Password, "verify_tls": false})
		return c
	}
	for name, c := range map[string]struct {
		config    map[string]any
		says, err string
	}{
		"login taken":   {login(&smtptest.Desk{}), "127.0.0.1 takes the login", ""},
		"login refused": {login(&smtptest.Desk{Refuse: true}), "", "takes no mail"},
		"nobody there":  {nowhere(), "", "takes no mail"},
	} {
		t.Run(name, func(t *testing.T) {
			raw, err := json.Marshal(c.config)
			require.NoError(t, err)
			var config map[string]json.RawMessage
			require.NoError(t, json.Unmarshal(raw, &config))
			said, err := Responder.Probe(t.Context(), config, cortex.Surroundings{})
			assert.Equal(t, c.says, said)
			if c.err == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.err)
			assert.NotContains(t, err.Error(), smtptest.Password)
		})
	}
}
