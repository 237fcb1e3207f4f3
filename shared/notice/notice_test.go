package notice

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/upstream"
)

const aCase = `{"_id":"~1","caseId":3,"title":"Mail from evil.example.net\nSubject: x","description":"see http://evil.example.net/a","severity":3,"tlp":2,"pap":1,"owner":"a@example.com","tags":["t"],"startDate":1795424044869,"status":"Open"}`

func TestRead(t *testing.T) {
	old, newer := thehive.Version{Major: 4}, thehive.Version{Major: 5}
	for name, c := range map[string]struct {
		dataType, object     string
		v                    thehive.Version
		title, tlp, body     string
		subject, number, has string
	}{
		"case": {"thehive:case", aCase, old, "high case 3: Mail from evil[.]example[.]net Subject: x", "amber", "hxxp://evil", "", "3", "owner a[@]example[.]com"},
		"alert": {"thehive:alert", `{"_id":"~2","title":"A","description":"d","severity":1,"tlp":1,"pap":0,"date":1795424037492,"status":"New"}`, old,
			"low alert: A", "green", "d", "", "", "TLP:green"},
		"observable of a case that is marked higher": {"thehive:case_artifact", `{"_id":"~3","dataType":"ip","data":"203.0.113.9","message":"m","tlp":0,"case":` + aCase + `}`, old,
			"high observable 3: ip 203[.]0[.]113[.]9 in Mail from evil[.]example[.]net Subject: x", "amber", "m", "ip 203[.]0[.]113[.]9", "3", "ip 203[.]0[.]113[.]9 (m)"},
		"observable marked higher than its case": {"thehive:case_artifact", `{"_id":"~3","dataType":"file","attachment":{"name":"a.exe"},"tlp":3,"case":` + aCase + `}`, old,
			"high observable 3: file a.exe in Mail from evil[.]example[.]net Subject: x", "red", "", "file a.exe", "3", ""},
		"amber+strict of a newer TheHive": {"thehive:alert", `{"title":"A","tlp":3}`, newer, "severity 0 alert: A", "amber+strict", "", "", "", ""},
		"3 of a TheHive not known":        {"thehive:alert", `{"title":"A","tlp":3}`, thehive.Version{}, "severity 0 alert: A", "red", "", "", "", ""},
		"task": {"thehive:case_task", `{"_id":"~4","title":"Ask","description":"who?","case":` + aCase + `}`, old,
			"high task 3: Ask in Mail from evil[.]example[.]net Subject: x", "amber", "who?", "Ask", "3", ""},
		"log": {"thehive:case_task_log", `{"_id":"~5","message":"two","case_task":{"title":"Ask","case":` + aCase + `}}`, old,
			"high log 3: Ask in Mail from evil[.]example[.]net Subject: x", "amber", "two", "Ask", "3", ""},
	} {
		t.Run(name, func(t *testing.T) {
			n := Read(c.dataType, gjson.Parse(c.object), c.v)
			templates, err := Parse("", "")
			require.NoError(t, err)
			title, body, err := templates.Write(n)
			require.NoError(t, err)
			assert.Equal(t, c.title, title)
			assert.Equal(t, c.tlp, n.TLP)
			assert.Equal(t, c.subject, n.Subject)
			assert.Equal(t, c.number, n.Number)
			assert.Contains(t, body, c.body)
			assert.Contains(t, body, c.has)
			assert.NotContains(t, title+body, "http://")
		})
	}
}

func TestAdd(t *testing.T) {
	n := Notice{Level: 2}
	n.Add([]thehive.Observable{
		{DataType: "url", Data: "http://evil.example.net/a", Message: "from evil.example.net"},
		{DataType: "ip", Data: "203.0.113.9", TLP: 3},
		{DataType: "file", Attachment: &thehive.Attachment{Name: "a.exe"}},
		{DataType: "domain", Data: "a.example"}, {DataType: "domain", Data: "b.example"},
	}, 2)
	assert.Equal(t, []IoC{{"url", "hxxp://evil[.]example[.]net/a", "from evil[.]example[.]net"}, {"file", "a.exe", ""}}, n.IoCs)
	assert.Equal(t, 2, n.More)
}

func TestParse(t *testing.T) {
	for name, text := range map[string]string{"no template": "{{", "unknown field": "{{.Nothing}}", "endless": "{{range 100000000}}aaaa{{end}}"} {
		_, err := Parse("", text)
		require.ErrorIs(t, err, upstream.BadInput, name)
		assert.Contains(t, err.Error(), "mend the template")
	}
	_, err := Parse("{{.Title}} {{.TLP}}", "  ")
	assert.NoError(t, err)
}

func TestShorten(t *testing.T) {
	for _, c := range []struct {
		text  string
		limit int
		want  string
	}{
		{"short", 10, "short"}, {"one two three four", 14, "one two…"}, {`aaaaaaa\*aaa`, 11, "aaaaaaa…"}, {"aaaaaaaaaa&amp;bbbb", 17, "aaaaaaaaaa…"},
		{"äöüäöü", 8, "äö…"}, {`aaaaa\\\\`, 9, `aaaaa\\\\`},
	} {
		assert.Equal(t, c.want, Shorten(c.text, c.limit))
	}
}

func FuzzShorten(f *testing.F) {
	f.Add("one two &amp; three \\* four", 9)
	f.Fuzz(func(t *testing.T, text string, limit int) {
		if !utf8.ValidString(text) || limit < 4 {
			return
		}
		short := Shorten(text, limit)
		if len(short) > limit || !utf8.ValidString(short) || !strings.HasPrefix(text, strings.TrimSuffix(short, "…")) {
			t.Fatalf("%q of %q", short, text)
		}
	})
}
