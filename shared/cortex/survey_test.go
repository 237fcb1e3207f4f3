package cortex

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
)

// panel are analyzers that say what their names say.
func panel() []*Worker {
	say := func(taxonomies ...Taxonomy) func(context.Context, *Job, struct{}) (Report, error) {
		return func(_ context.Context, job *Job, _ struct{}) (Report, error) {
			return Report{Full: map[string]any{"data": job.Data, "type": job.DataType}, Taxonomies: taxonomies}, nil
		}
	}
	define := func(name string, types ...string) Definition {
		return Definition{Name: NamePrefix + name, Version: "1.0", Description: "Speaks.", DataTypes: types}
	}
	cautious := define("Cautious", "domain")
	cautious.MaxPAP = new(1)
	keyed, keyedToo := define("Keyed", "domain", "ip"), define("KeyedToo", "domain")
	keyed.BaseConfig, keyedToo.BaseConfig = "account", "account"
	needsKey := func(_ context.Context, _ *Job, c struct {
		Key string `cortex:"key" required:"true" secret:"true" description:"the account's key"`
	}) (Report, error) {
		return Report{Full: map[string]any{"key": c.Key}, Taxonomies: []Taxonomy{{Level: Info, Predicate: "key", Value: c.Key}}}, nil
	}
	return []*Worker{
		NewAnalyzer(cautious, say()),
		NewAnalyzer(define("Kind", "domain"), say(Taxonomy{Level: Safe, Predicate: "List", Value: "popular sites"}, Taxonomy{Level: Info, Predicate: "Rank", Value: 3})),
		NewAnalyzer(define("Accuser", "url", "domain"), say(
			Taxonomy{Level: Info, Predicate: "Seen", Value: "at http://gate.bad-host.net/a and bad-host.net"},
			Taxonomy{Level: Malicious, Namespace: "Family", Predicate: "Name", Value: "Loader\x1b[31m"})),
		NewAnalyzer(define("Broken", "domain"), func(context.Context, *Job, struct{}) (Report, error) {
			return Report{}, errors.New("the service is away: ask for bad-host.net later")
		}),
		NewAnalyzer(define("Panics", "domain"), func(context.Context, *Job, struct{}) (Report, error) { panic("oh") }),
		NewAnalyzer(define("Fetcher", "url"), func(_ context.Context, job *Job, _ struct{}) (Report, error) {
			return Report{}, job.PermitUpTo(MaxTLP, 1, "a page is read", "page_max_pap")
		}),
		NewAnalyzer(define("Terse", "domain", "other", "file"), say()),
		NewAnalyzer(keyed, needsKey), NewAnalyzer(keyedToo, needsKey),
		NewResponder(Definition{Name: "Waggle_Actor", Version: "1.0", Description: "Acts.", DataTypes: []string{"thehive:case"}}, say()),
	}
}

// ask runs `lookup` over the panel.
func ask(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = execute(t.Context(), "analyzers", panel(), append([]string{"lookup"}, args...), streams{strings.NewReader(""), &out, &err})
	return code, out.String(), err.String()
}

func TestLookupOfEveryone(t *testing.T) {
	t.Setenv("WAGGLE_ACCOUNT_KEY", "")
	code, out, stderr := ask(t, "hxxp://bad-host[.]net", "--type", "domain")
	assert.Equal(t, exitOK, code, stderr)
	assert.Contains(t, out, "hxxp://bad-host[.]net  domain", "what has another type is left as it was written")

	code, out, stderr = ask(t, "bad-host[.]net")
	assert.Equal(t, exitOK, code, stderr)
	assert.Equal(t, `bad-host[.]net  domain  TLP:AMBER (2)  PAP:AMBER (2)

MALICIOUS: malicious by accuser; safe by kind (answered 3, failed 2, not asked 3).

VERDICT    ANALYZER          TIME  WHAT IT SAYS
malicious  accuser                 Seen: at hxxp://gate[.]bad-host[.]net/a and bad-host[.]net · Family Name: Loader�[31m
safe       kind                    List: popular sites · Rank: 3
info       terse                   no more than its report: `+"`lookup terse`"+` shows it
failed     broken                  Waggle_Broken: the service is away: ask for bad-host[.]net later
failed     panics                  Waggle_Panics: internal error (panic: oh): please report it with the log of the job
not asked  cautious                not for PAP:AMBER (2): it takes up to PAP:GREEN (1)
not asked  keyed, keyedtoo         set WAGGLE_ACCOUNT_KEY (the account's key)
`, untimed(out))
	assert.Contains(t, stderr, "Waggle_Panics: panic: oh")
}

// untimed takes the times out of a table.
func untimed(table string) string {
	lines := strings.Split(table, "\n")
	for i, l := range lines {
		if n := strings.Index(l, " s  "); n > 0 && i > 4 {
			lines[i] = l[:n-3] + strings.Repeat(" ", 5) + l[n+2:]
		}
	}
	return strings.Join(lines, "\n")
}

func TestLookupOfEveryoneAsJSON(t *testing.T) {
	t.Setenv("WAGGLE_ACCOUNT_KEY", "key-of-the-account")
	code, out, _ := ask(t, "198.51.100[.]7", "--json", "--tlp", "1", "--pap", "0")
	require.Equal(t, exitOK, code)
	assert.NotContains(t, out, "key-of-the-account")
	r := gjson.Parse(out)
	assert.Equal(t, "198.51.100.7", r.Get("data").String())
	assert.Equal(t, "ip", r.Get("dataType").String())
	assert.EqualValues(t, 1, r.Get("tlp").Int())
	assert.Equal(t, "info", r.Get("verdict").String())
	assert.Equal(t, `["keyed"]`, r.Get("workers.#.worker").Raw)
	assert.Equal(t, "answered", r.Get("workers.0.state").String())
	assert.True(t, r.Get("workers.0.report.success").Bool())
}

func TestLookupThatNobodyAnswers(t *testing.T) {
	t.Setenv("WAGGLE_ACCOUNT_KEY", "")
	t.Setenv("WAGGLE_ACCOUNT_KEY_FILE", "")
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"no key":                 {[]string{"198.51.100.7"}, exitError, "NO VERDICT: nobody answered (answered 0, failed 0, not asked 1)."},
		"marked above all":       {[]string{"bad-host.net", "--tlp", "4"}, exitError, "not for TLP:RED (4): it takes up to TLP:AMBER (2)"},
		"no such TLP":            {[]string{"bad-host.net", "--tlp", "7"}, exitUsage, "--tlp must be 0 to 4"},
		"a type nobody takes":    {[]string{"bad-host.net", "--type", "wallet"}, exitUsage, `no analyzer here takes data type "wallet"`},
		"a worker without value": {[]string{"kind"}, exitUsage, "name the observable that kind shall look up"},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, stderr := ask(t, c.args...)
			assert.Equal(t, c.code, code)
			assert.Contains(t, out+stderr, c.says)
		})
	}
	t.Run("a key file that is not there", func(t *testing.T) {
		t.Setenv("WAGGLE_ACCOUNT_KEY_FILE", filepath.Join(t.TempDir(), "none"))
		code, out, _ := ask(t, "bad-host.net")
		assert.Equal(t, exitOK, code, "the others answer")
		assert.Contains(t, out, "WAGGLE_ACCOUNT_KEY_FILE: open ")
	})
}

func TestLookupOfAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bad-host.net")
	require.NoError(t, os.WriteFile(path, []byte("x"), 0o600))
	_, out, _ := ask(t, path, "--json")
	assert.Equal(t, "file", gjson.Get(out, "dataType").String())
	assert.Equal(t, `["terse"]`, gjson.Get(out, "workers.#.worker").Raw, "nobody is asked about its name")
}

// The clock is a fake one, so that the limit passes at once.
func TestLookupEndsInTime(t *testing.T) {
	t.Setenv("WAGGLE_ACCOUNT_KEY", "")
	asleep := NewAnalyzer(Definition{Name: "Waggle_Asleep", Version: "1.0", Description: "Sleeps.", DataTypes: []string{"domain"}},
		func(context.Context, *Job, struct{}) (Report, error) {
			time.Sleep(time.Hour) // and hears nothing
			return Report{}, nil
		})
	synctest.Test(t, func(t *testing.T) {
		var out, errs bytes.Buffer
		begin := time.Now()
		code := execute(t.Context(), "analyzers", append(panel(), asleep), []string{"lookup", "bad-host.net", "--limit", "5s"}, streams{nil, &out, &errs})
		assert.Equal(t, exitOK, code)
		assert.Contains(t, out.String(), "Waggle_Asleep: no answer within the limit of 5s (--limit)")
		assert.Less(t, time.Since(begin), 10*time.Second)
		time.Sleep(time.Hour) // it wakes
	})
}

func TestTableOnATerminal(t *testing.T) {
	var out bytes.Buffer
	printLines(&out, screen{terminal: true, width: 50, colours: true}, []line{
		{bold, "VERDICT", "ANALYZER", "TIME", "WHAT IT SAYS"},
		{red, "malicious", "accuser", "0.4 s", "one two three four five six seven 0123456789012345678901234567890123456789"},
		{faint, "not asked", "first, second, third, fourth", "", "set it"},
	})
	assert.Equal(t, ""+
		"\x1b[1mVERDICT    ANALYZER               \x1b[0m TIME  WHAT IT SAYS\n"+
		"\x1b[31;1mmalicious  accuser                \x1b[0m0.4 s  one two three four five\n"+
		"\x1b[31;1m                                  \x1b[0m       six seven\n"+
		"\x1b[31;1m                                  \x1b[0m       012345678901234567890123\n"+
		"\x1b[31;1m                                  \x1b[0m       4567890123456789\n"+
		"\x1b[2mnot asked  first, second, third,  \x1b[0m       set it\n"+
		"\x1b[2m           fourth                 \x1b[0m\n", out.String())
}

func TestVerdictOnATerminal(t *testing.T) {
	for verdict, want := range map[Level]string{
		Malicious: "\x1b[31;1mMALICIOUS: malicious by a.\x1b[0m\n", Suspicious: "\x1b[33;1mSUSPICIOUS: ", Safe: "\x1b[32mSAFE: ", Info: "\nINFO: ", "": "\nNO VERDICT: ",
	} {
		var out bytes.Buffer
		survey{Data: "198.51.100.7", DataType: "ip", Verdict: verdict, Why: "malicious by a"}.print(&out, screen{terminal: true, width: 80, colours: true})
		assert.Contains(t, out.String(), want)
	}
}

func TestProgressLine(t *testing.T) {
	p := newProgress(&bytes.Buffer{}, []string{"dns", "rdap", "crtsh"})
	p.done("rdap")
	assert.Equal(t, "1 of 3 answered, 7 s; waiting for dns, crtsh", p.line(7*time.Second))
	p.on.width = 20
	assert.Equal(t, "1 of 3 answered, 7…", p.line(7*time.Second))
	p.stop()
	assert.Empty(t, p.to.(*bytes.Buffer).String(), "a file gets no progress")
}

func TestLookupThatALimitOfTheWorkerForbids(t *testing.T) {
	code, out, _ := ask(t, "--json", "http://gate.bad-host.net/a")
	assert.Equal(t, 0, code, "another one answered")
	voice := gjson.Get(out, `workers.#(worker=="fetcher")`)
	assert.Equal(t, "not asked", voice.Get("state").String())
	assert.Contains(t, voice.Get("reason").String(), "a page is read up to TLP:RED (4) and PAP:GREEN (1): nothing was sent: raise page_max_pap")
	assert.False(t, voice.Get("report").Exists())
	assert.Contains(t, gjson.Get(out, "why").String(), "failed 0, not asked 1")
}
