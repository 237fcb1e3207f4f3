package message_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/message"
)

func crlf(text string) []byte { return []byte(strings.ReplaceAll(text, "\n", "\r\n")) }

func TestHeader(t *testing.T) {
	m, err := message.Read(crlf("From x Mon Nov 23\nSubject: =?utf-8?Q?caf=C3=A9?=\n =?iso-8859-1?Q?_cr=E8me?= =?no-such-set?Q?_x?=\nno field\n bad:\nX Y: z\nreceived: one\nRECEIVED: two\n\nbody"), message.Limits{})
	require.NoError(t, err)
	assert.Equal(t, "café crème x bad:", m.Header.Decoded("subject"))
	assert.Equal(t, []string{"one", "two"}, m.Header.All("Received"))
	assert.Empty(t, m.Header.Get("X Y"))
	assert.Equal(t, "body", m.Parts[0].Text())
}

func TestParts(t *testing.T) {
	const head = "From: a@example.org\n"
	for name, c := range map[string]struct {
		mail string
		want []string // path, type, name, text
	}{
		"no type":           {head + "\nhello", []string{"1 text/plain  hello"}},
		"no body":           {head, []string{"1 text/plain  "}},
		"base64":            {head + "Content-Transfer-Encoding: BASE64\n\naGVs\nbG8=\n", []string{"1 text/plain  hello"}},
		"damaged base64":    {head + "Content-Transfer-Encoding: base64\n\naGVs*bG8=aGVsbA\n", []string{"1 text/plain  hellohell"}},
		"quoted":            {head + "Content-Transfer-Encoding: quoted-printable\n\nh=C3=A9=\nllo", []string{"1 text/plain  héllo"}},
		"another set":       {head + "Content-Type: text/plain; charset=\"windows-1251\"\n\n\xcf\xf0", []string{"1 text/plain  Пр"}},
		"a set that is not": {head + "Content-Type: text/plain; charset=none\n\n\xe4", []string{"1 text/plain  ä"}},
		"several":           {head + "Content-Type: multipart/mixed; boundary=b\n\nbefore\n--b\n\none\n--b \nContent-Type: text/html; name=a.html\n\n<p>\n--b--\nbehind\n--b\n\nno", []string{"1 text/plain  one", "2 text/html a.html <p>"}},
		"without an end":    {head + "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--bb\n", []string{"1 text/plain  one\r\n--bb\r\n"}},
		"no boundary":       {head + "Content-Type: multipart/mixed\n\nhello", []string{"1 multipart/mixed  hello"}},
		"within":            {head + "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; boundary=\"c d\"\n\n--c d\n\none\n--c d--\n--b\n\ntwo\n--b--", []string{"1.1 text/plain  one", "2 text/plain  two"}},
		"a long name":       {head + "Content-Type: text/plain\nContent-Disposition: attachment; filename*0*=UTF-8''%C3%A4; filename*1=\"b.txt\"\n\nx", []string{"1 text/plain äb.txt x"}},
		"an encoded name":   {head + "Content-Type: text/plain; name=\"=?utf-8?Q?=C3=A4?=\"\n\nx", []string{"1 text/plain ä x"}},
		"broken parameters": {head + "Content-Type: Text/Plain; name=a b; charset=\"\n\nx", []string{"1 text/plain a b x"}},
		"a message":         {head + "Content-Type: message/rfc822\n\nSubject: inner\n\nhello", []string{"1 message/rfc822  Subject: inner\r\n\r\nhello", "1 text/plain  hello"}},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := message.Read(crlf(c.mail), message.Limits{})
			require.NoError(t, err)
			var got []string
			for _, p := range m.Parts {
				got = append(got, p.Path+" "+p.Type+" "+p.Filename+" "+p.Text())
			}
			assert.Equal(t, c.want, got)
			assert.Empty(t, m.Notes)
		})
	}
}

// The messages were made for these tests; extract-msg of Python reads them the
// same way.
func TestOutlook(t *testing.T) {
	for name, want := range map[string]struct {
		header map[string]string
		parts  []string // path, type, name, place of the message that it is of, size
		notes  []string
	}{
		"received": {
			map[string]string{"From": `"Accounts, Example" <accounts@example.org>`, "Subject": "Invoice € 1,200", "Date": "Fri, 20 Nov 2026 09:30:00 +0000", "Reply-To": "accounts@pay-example.net"},
			[]string{"1 text/plain   55", "2 text/html   176", "3 application/octet-stream Invoice 2026-11.pdf.exe  5002", "4 image/png logo.png  68", "5.1 text/plain  5 57", "5.2 text/plain order.txt 5 11"},
			nil,
		},
		"sent": {
			map[string]string{"From": `"Clerk" <clerk@example.com>`, "To": `"Accounts" <accounts@example.org>`, "Cc": "boss@example.com", "Subject": "Счёт", "Date": "Fri, 20 Nov 2026 09:30:00 +0000", "Message-ID": "<9@example.com>"},
			[]string{"1 text/plain   36"},
			nil, // the RTF is empty
		},
	} {
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile("testdata/" + name + ".msg")
			require.NoError(t, err)
			m, err := message.Read(data, message.Limits{})
			require.NoError(t, err)
			for field, value := range want.header {
				assert.Equal(t, value, m.Header.Decoded(field), field)
			}
			var parts []string
			for _, p := range m.Parts {
				parts = append(parts, fmt.Sprintf("%s %s %s %s %d", p.Path, p.Type, p.Filename, p.Within, len(p.Data)))
			}
			assert.Equal(t, want.parts, parts)
			assert.Equal(t, want.notes, m.Notes)

			m, err = message.Read(data, message.Limits{Parts: 1, Bytes: 30})
			require.NoError(t, err)
			require.Len(t, m.Parts, 1)
			assert.LessOrEqual(t, len(m.Parts[0].Data), 30)
			assert.Contains(t, m.Notes, "Only the first 30 bytes of the parts were read.")

			_, err = message.Read(data[:1024], message.Limits{})
			assert.ErrorIs(t, err, message.ErrNotMessage)
		})
	}
}

func TestWhatIsNoMessage(t *testing.T) {
	for name, text := range map[string]string{
		"nothing": "", "text": "hello\nworld", "a note": "Note: this\n\nand that", "binary": "\xd0\xcf\x11\xe0", "a page": "<html>\nfrom: x",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := message.Read([]byte(text), message.Limits{})
			if name == "a page" { // lines that are no field are passed over
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, message.ErrNotMessage)
		})
	}
}

func TestLimits(t *testing.T) {
	parts := "From: a@example.org\nContent-Type: multipart/mixed; boundary=b\n" + strings.Repeat("X: y\n", 20) + "\n" + strings.Repeat("--b\n\nhello\n", 20)
	deep := "From: a@example.org\n"
	for i := range 20 {
		deep += fmt.Sprintf("Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
	}
	for name, c := range map[string]struct {
		mail   string
		limits message.Limits
		parts  int
		note   string
	}{
		"parts":  {parts, message.Limits{Parts: 5}, 4, "Only the first 5 parts were read."},
		"fields": {parts, message.Limits{Fields: 5}, 20, "Only the first 5 fields of a header were read."},
		"bytes":  {parts, message.Limits{Bytes: 12}, 20, "Only the first 12 bytes of the parts were read."},
		"depth":  {deep, message.Limits{}, 0, "Parts deeper than 10 were not read."},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := message.Read([]byte(c.mail), c.limits)
			require.NoError(t, err)
			assert.Len(t, m.Parts, c.parts)
			require.NotEmpty(t, m.Notes)
			assert.Equal(t, c.note, m.Notes[0])
		})
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("From: a@example.org\nSubject: =?utf-8?B?aGk=?=\n x\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n--b\nContent-Type: message/rfc822\n\nFrom: b@example.org\n\nhello\n--b--\n"))
	f.Add([]byte("From: a@example.org\nContent-Type: text/html; charset=utf-16; name*=UTF-8''a%20b\nContent-Transfer-Encoding: quoted-printable\n\n=41=\nb=ZZ"))
	f.Add([]byte("From: a@example.org\nReceived: from a.example ([192.0.2.1]) by b.example with x; Tue, 3 Nov 2026 09:14:02 +0100\nAuthentication-Results: b.example; spf=pass\n\n"))
	for _, name := range []string{"received", "sent"} {
		data, err := os.ReadFile("testdata/" + name + ".msg")
		require.NoError(f, err)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		limits := message.Limits{Parts: 20, Depth: 4, Bytes: 1 << 16}
		m, err := message.Read(data, limits)
		if err != nil {
			return
		}
		size := 0
		for _, p := range m.Parts {
			size += len(p.Data)
			assert.Equal(t, strings.ToValidUTF8(p.Text()+p.Filename, ""), p.Text()+p.Filename)
		}
		assert.LessOrEqual(t, len(m.Parts), limits.Parts)
		assert.LessOrEqual(t, size, limits.Bytes)
		for _, one := range m.Header {
			assert.Equal(t, strings.ToValidUTF8(one.Decoded(), ""), one.Decoded())
		}
		assert.Len(t, m.Header.Hops(), len(m.Header.All("Received")))
		assert.LessOrEqual(t, len(m.Header.Checks(10)), 10)
	})
}
