package story_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/story"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/ioc"
)

// window is how far apart in time posts of one story may be.
const window = 14 * 24 * time.Hour

func day(n int) time.Time { return time.Date(2026, 11, n, 9, 0, 0, 0, time.UTC) }

// told is a post with what reading it gave.
type told struct {
	title, url, text string
	links            []string
	day              int
}

func (a told) read() (waggle.Post, waggle.Finding) {
	if a.day == 0 {
		a.day = 10
	}
	text := a.title + "\n\n" + a.text
	return waggle.Post{Title: a.title, URL: a.url, Links: a.links, Published: day(a.day)},
		waggle.Finding{Text: text, Indicators: ioc.Find(text, ioc.Options{})}
}

func (a told) candidate(id string) story.Candidate {
	p, f := a.read()
	return story.Candidate{Story: id, Keys: story.Keys(p, f), Last: p.When(), Title: a.title}
}

func match(post told, candidates ...story.Candidate) (string, string, bool) {
	p, f := post.read()
	return story.Match(p, story.Keys(p, f), candidates, window)
}

func hash(of string) string {
	sum := sha256.Sum256([]byte(of))
	return hex.EncodeToString(sum[:])
}

const japanese = `攻撃者は取引先を装ったメールを送り、添付された書庫を開かせる。書庫の中のショートカットは外部のサーバーから次の段階を取得し、
記憶領域だけで動かす。保存された認証情報は一時間ごとに送信される。被害は三か国の小さな会社に及んだ。`

const article = `The campaign begins with a message that carries an archive. Inside is a shortcut that starts a script,
which fetches the second stage from a server under the attackers' control and keeps it in memory only. The second stage
looks for mail clients and browsers, takes their saved passwords, and sends them home once an hour. Victims were small
firms in three countries, most of them in trade and transport. The operators answered within a day when a server was taken down.`

func TestMatch(t *testing.T) {
	for name, c := range map[string]struct {
		first, second told
		why           string // empty: must not join
	}{
		"the same page from two feeds": {
			first:  told{title: "Loader hits traders", url: "https://blog.example.com/loader/?utm_source=rss"},
			second: told{title: "Loader hits traders", url: "http://www.blog.example.com/loader"},
			why:    "the same page",
		},
		"the same page, one of them without title": {
			first:  told{title: "Loader hits traders", url: "https://blog.example.com/loader/"},
			second: told{url: "https://blog.example.com/loader"},
			why:    "the same page",
		},
		"the same text under another title": {
			first:  told{title: "Stealer campaign against small firms", url: "https://one.example/a", text: article},
			second: told{title: "Passwords taken: who is behind it?", url: "https://two.example/b", text: article},
			why:    "of the text is the same",
		},
		"the same text in a script without spaces": {
			first:  told{title: "新たな情報窃取の手口", url: "https://one.example/a", text: japanese},
			second: told{title: "注意喚起", url: "https://two.example/b", text: japanese},
			why:    "of the text is the same",
		},
		"a hash in common": {
			first:  told{title: "Quiet stealer", text: "SHA256 " + hash("a")},
			second: told{title: "New family seen", text: "Malware sample: " + hash("a")},
			why:    "an indicator in common",
		},
		"a wallet in common": {
			first:  told{title: "Ransom note of a new crew", text: "The ransomware wants money at bc1qa694cph4pntayqkmxkdf6jgm3naq79fzmf9wev."},
			second: told{title: "Where the payments went", text: "Victims of the ransomware paid to bc1qa694cph4pntayqkmxkdf6jgm3naq79fzmf9wev."},
			why:    "an indicator in common",
		},
		"a mutex and an import hash in common": {
			first:  told{title: "Quiet stealer", text: "The malware.\nMutex: Bad_Mutex_01\nimphash: " + hash("a")[:32]},
			second: told{title: "New family seen", text: "A trojan.\nMutex: Bad_Mutex_01\nimphash: " + hash("a")[:32]},
			why:    "2 indicators in common",
		},
		"two domains in common": {
			first:  told{title: "Panel found", text: "panel-one[.]top and panel-two[.]top and panel-three[.]top"},
			second: told{title: "More panels", text: "panel-two[.]top panel-one[.]top"},
			why:    "2 indicators in common",
		},
		"a URL in common, http and https": {
			first:  told{title: "Dropper", text: "hxxp://files.bad-host[.]top/x/load.bin"},
			second: told{title: "Payload server", text: "hxxps://files.bad-host[.]top/x/load.bin"},
			why:    "an indicator in common, hxxps://files[.]bad-host[.]top/x/load.bin",
		},
		"the same CVE and product": {
			first:  told{title: "FortiOS flaw CVE-2026-11111 under attack", text: "Patch."},
			second: told{title: "Emergency fix for FortiOS", text: "It is CVE-2026-11111."},
			why:    "CVE-2026-11111 in both, and both titles name fortios",
		},
		"a news item that links to the report": {
			first:  told{title: "Inside Moth", url: "https://lab.example/inside-moth"},
			second: told{title: "Researchers describe a new backdoor", url: "https://news.example/1", links: []string{"https://lab.example/inside-moth/"}},
			why:    "it links to https://lab.example/inside-moth",
		},
		"the report after the news item that links to it": {
			first:  told{title: "Researchers describe a new backdoor", url: "https://news.example/1", links: []string{"https://lab.example/inside-moth"}},
			second: told{title: "Inside Moth", url: "https://lab.example/inside-moth"},
			why:    "the story links to it",
		},

		"an import hash alone": {
			first:  told{title: "Quiet stealer", text: "The malware.\nimphash: " + hash("a")[:32]},
			second: told{title: "New family seen", text: "A trojan.\nimphash: " + hash("a")[:32]},
		},
		"common words only": {
			first:  told{title: "Critical vulnerability exploited in attacks", text: "Attackers exploit a critical vulnerability."},
			second: told{title: "Critical vulnerability exploited in attacks", text: "Hackers exploit another critical vulnerability."},
		},
		"one domain in common": {
			first:  told{title: "Phish one", text: "login-page[.]top"},
			second: told{title: "Phish two", text: "login-page[.]top"},
		},
		"common words of another language, and an old CVE": {
			first:  told{title: "Kritische Sicherheitslücke in Druckern", text: "Es geht um CVE-2017-11882."},
			second: told{title: "Neue Angriffe über eine kritische Sicherheitslücke", text: "Auch CVE-2017-11882 wird genutzt."},
		},
		"an old CVE in two malware reports": {
			first:  told{title: "Raccoon spreads by documents", text: "They exploit CVE-2017-11882."},
			second: told{title: "Formbook in shipping mails", text: "The attachment exploits CVE-2017-11882."},
		},
		"the same product, another CVE": {
			first:  told{title: "FortiOS flaw CVE-2026-11111", text: "Patch CVE-2026-11111."},
			second: told{title: "FortiOS flaw CVE-2026-22222", text: "Patch CVE-2026-22222."},
		},
		"a monthly list of many CVEs": {
			first:  told{title: "FortiOS flaw CVE-2026-11111", text: "Patch."},
			second: told{title: "Fixes for FortiOS and others", text: "CVE-2026-11111 CVE-2026-2222 CVE-2026-3333 CVE-2026-4444 CVE-2026-5555 CVE-2026-6666 CVE-2026-7777 CVE-2026-8888"},
		},
		"a weekly roundup with the same hash": {
			first:  told{title: "Quiet stealer", text: hash("a")},
			second: told{title: "Malware weekly roundup", text: hash("a") + " " + hash("b")},
		},
		"a form filled in twice": {
			first:  told{title: "Catalog: one vulnerability added", text: article + " CVE-2026-11111"},
			second: told{title: "Catalog: one vulnerability added", text: article + " CVE-2026-22222"},
		},
		"a form with other values": {
			first:  told{title: "Phishing kit report", text: article + " " + hash("a")},
			second: told{title: "Phishing kit report", text: article + " " + hash("b")},
		},
		"a link within one site": {
			first:  told{title: "Old affair", url: "https://lab.example/old"},
			second: told{title: "New affair", url: "https://www.lab.example/new", links: []string{"https://lab.example/old"}},
		},
		"a link to a front page": {
			first:  told{title: "Welcome", url: "https://lab.example/"},
			second: told{title: "News", url: "https://news.example/2", links: []string{"https://lab.example"}},
		},
		"a common third page": {
			first:  told{title: "One", url: "https://one.example/1", links: []string{"https://vendor.example/advice"}},
			second: told{title: "Two", url: "https://two.example/2", links: []string{"https://vendor.example/advice"}},
		},
		"too long ago": {
			first:  told{title: "Quiet stealer", text: hash("a"), day: 1},
			second: told{title: "New family seen", text: hash("a"), day: 16},
		},
		"one page for every post": {
			first:  told{title: "Printer firmware updated", url: "https://vendor.example/status"},
			second: told{title: "Mail delayed", url: "https://vendor.example/status"},
		},
		"one page with a place for each post": {
			first:  told{title: "Firmware bulletin 7", url: "https://vendor.example/bulletins#7"},
			second: told{title: "Firmware bulletin 8", url: "https://vendor.example/bulletins#8"},
		},
		"nothing at all": {},
	} {
		t.Run(name, func(t *testing.T) {
			id, why, ok := match(c.second, c.first.candidate("s1"))
			if c.why == "" {
				require.False(t, ok, why)
				return
			}
			require.True(t, ok)
			assert.Equal(t, "s1", id)
			assert.Contains(t, why, c.why)
		})
	}
}

func TestMatchTakesTheBestReasonAndIgnoresOrder(t *testing.T) {
	linked := told{title: "Report", url: "https://lab.example/r"}.candidate("linked")
	one := told{title: "One", text: hash("a")}.candidate("one")
	two := told{title: "Two", text: hash("a") + " " + hash("b"), day: 9}.candidate("two")
	late := told{title: "Three", text: hash("a") + " " + hash("b"), day: 11}.candidate("late")
	post := told{title: "News", url: "https://news.example/n", links: []string{"https://lab.example/r"}, text: hash("a") + " " + hash("b")}
	for _, order := range [][]story.Candidate{{linked, one, two, late}, {late, two, one, linked}, {two, late, linked, one}} {
		id, why, ok := match(post, order...)
		require.True(t, ok)
		assert.Equal(t, "late", id, why)
	}
}

func TestMatchIgnoresHubs(t *testing.T) {
	var all []story.Candidate
	for _, id := range strings.Split("abcdefgh", "") {
		all = append(all, told{title: "Report " + id, text: hash("a") + " " + hash(id)}.candidate(id))
	}
	_, _, ok := match(told{title: "Another", text: hash("a")}, all[1:]...)
	assert.True(t, ok, "seven stories share it")
	_, why, ok := match(told{title: "Another", text: "SHA256 " + hash("a")}, append(all, told{title: "Report z", text: hash("a") + " " + hash("9")}.candidate("z"))...)
	assert.False(t, ok, why)
}

func TestKeysAreBoundedAndRepeatable(t *testing.T) {
	var text strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&text, "%s host%d[.]top\n", hash(strconv.Itoa(i)), i)
	}
	p, f := told{title: "Many", url: "https://lab.example/many", text: text.String()}.read()
	keys := story.Keys(p, f)
	assert.Less(t, len(keys), 1000)
	assert.Equal(t, keys, story.Keys(p, f))
	for _, k := range story.Lookup(keys) {
		assert.NotContains(t, []string{"word", "own", "sketch"}, k.Kind)
	}
}

func FuzzKeysAndMatch(f *testing.F) {
	f.Add("Title CVE-2026-1111", "text hxxp://a[.]top/x", "https://lab.example/x")
	f.Add("", "", "")
	f.Fuzz(func(t *testing.T, title, text, url string) {
		post := told{title: title, text: text, url: url}
		p, found := post.read()
		keys := story.Keys(p, found)
		id, why, ok := story.Match(p, keys, []story.Candidate{post.candidate("s")}, window)
		if ok && (id != "s" || why == "") {
			t.Fatalf("joined %q because %q", id, why)
		}
	})
}
