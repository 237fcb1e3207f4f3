package report_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/report"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/ioc"
)

var update = flag.Bool("update", false, "write the golden files anew")

var now = time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC)

const week = 7 * 24 * time.Hour

// shelf is a store over slices.
type shelf struct {
	stories []waggle.Story
	total   int
	health  []waggle.Health
	posts   int
	err     error
	query   waggle.StoryQuery
}

func (s *shelf) Stories(_ context.Context, q waggle.StoryQuery) ([]waggle.Story, int, error) {
	s.query = q
	return s.stories, max(s.total, len(s.stories)), s.err
}
func (s *shelf) Sources(context.Context) ([]waggle.Health, error)  { return s.health, nil }
func (s *shelf) Published(context.Context, time.Time) (int, error) { return s.posts, nil }

func value(k ioc.Kind, v string) waggle.Indicator {
	return waggle.Indicator{Indicator: ioc.Indicator{Kind: k, Value: v, Raw: v, Role: ioc.Attack, Confidence: 90}}
}

// due is a reason with a date, as CISA's list gives it.
var due = waggle.Reason{Points: 12, Text: "CVE-2026-90417 is exploited: on CISA's list since 2026-11-10", Do: "Fix CVE-2026-90417 in Contoso VPN by 2026-11-27",
	By: time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC), Link: "https://contoso.example/advisory", Tags: []string{"waggle:kev"}}

var uses = waggle.Reason{Points: 25, Text: "the title names Contoso VPN, which you use", Touches: waggle.TouchesProduct}

func told(id, title string, score int, severity waggle.Severity, reasons ...waggle.Reason) waggle.Story {
	at := now.Add(-5 * time.Hour)
	return waggle.Story{ID: id, Title: title, Score: score, Severity: severity, Reasons: reasons, First: at, Last: at,
		Posts: []waggle.Member{{Source: "northcert", Title: title, URL: "https://northcert.example/" + id, Published: at}}}
}

func busy() *shelf {
	vpn := told("01", "Exploited flaw in Contoso VPN gateways", 74, waggle.High, uses, due, waggle.Reason{Points: -4, Text: "12 days old"})
	vpn.Summary = "Attackers run commands on gateways, and fetch a loader from http://cdn-update-4471.top/a before anyone has logged in."
	vpn.Indicators = []waggle.Indicator{value(ioc.CVE, "CVE-2026-90417"), value(ioc.Domain, "cdn-update-4471.top"), value(ioc.IP, "192.0.2.77")}
	vpn.Posts = append(vpn.Posts, waggle.Member{Source: "listing", Title: "A list", URL: "http://cdn-update-4471.top/list", Published: now.Add(-time.Hour)})
	return &shelf{
		stories: []waggle.Story{
			told("02", "A stealer in two packages", 80, waggle.High, waggle.Reason{Points: 10, Text: "speaks of a stealer"}),
			vpn,
			told("03", "Printer tool leaves its database open", 41, waggle.Low, waggle.Reason{Points: 6, Text: "names Contoso Print, which you use", Touches: waggle.TouchesProduct}),
		},
		total:  5,
		health: []waggle.Health{{Name: "northcert"}, {Name: "slowfeed", Failures: 4}},
		posts:  1204,
	}
}

func quiet() *shelf {
	return &shelf{health: []waggle.Health{{Name: "northcert"}}, posts: 90}
}

func make7(t *testing.T, s *shelf) report.Report {
	t.Helper()
	r, err := report.Make(t.Context(), s, "small-business", week, now)
	require.NoError(t, err)
	return r
}

func TestMakeAsksForTheSpan(t *testing.T) {
	s := busy()
	r := make7(t, s)
	assert.Equal(t, waggle.StoryQuery{Since: now.Add(-week), Sort: waggle.ByScore, Limit: report.Most}, s.query)
	assert.Equal(t, 1204, r.Posts)
	assert.Equal(t, []string{"slowfeed"}, r.Silent)
	assert.Equal(t, 2, r.More)

	s.err = errors.New("away")
	_, err := report.Make(t.Context(), s, "x", week, now)
	require.ErrorIs(t, err, s.err)
}

func TestUrgency(t *testing.T) {
	mention := waggle.Reason{Points: 6, Text: "names Contoso VPN, which you use", Touches: waggle.TouchesProduct}
	vendor := waggle.Reason{Points: 8, Text: "names Contoso, whose products you use", Touches: waggle.TouchesVendor}
	trade := waggle.Reason{Points: 8, Text: "names clinics, your sector", Touches: waggle.TouchesTrade}
	for _, c := range []struct {
		name     string
		severity waggle.Severity
		reasons  []waggle.Reason
		want     report.Urgency
		touches  waggle.Touch
		says     string
	}{
		{"what we use, exploited", waggle.Medium, []waggle.Reason{uses, due}, report.Act, waggle.TouchesProduct, "Yes"},
		{"what we use, grave", waggle.High, []waggle.Reason{uses}, report.Act, waggle.TouchesProduct, "Yes"},
		{"what we use", waggle.Low, []waggle.Reason{uses}, report.Check, waggle.TouchesProduct, "Yes"},
		{"what others use, exploited", waggle.Medium, []waggle.Reason{due}, report.Check, "", "Nothing on your list"},
		{"critical for whomever", waggle.Critical, nil, report.Act, "", "Nothing on your list"},
		{"grave for others", waggle.High, nil, report.Check, "", "Nothing on your list"},
		{"only mentioned", waggle.Medium, []waggle.Reason{mention}, report.Know, waggle.TouchesProduct, "Perhaps: it mentions"},
		{"the nearest touch counts", waggle.Medium, []waggle.Reason{trade, vendor}, report.Know, waggle.TouchesVendor, "Perhaps: it names a maker"},
		{"our trade", waggle.Low, []waggle.Reason{trade}, report.Know, waggle.TouchesTrade, "Perhaps: it tells of your sector"},
		{"a word", waggle.Low, []waggle.Reason{{Points: 5, Text: "w", Touches: waggle.TouchesWord}}, report.Know, waggle.TouchesWord, "Perhaps: it has a word"},
		{"a word against it", waggle.Low, []waggle.Reason{{Points: -5, Text: "w", Touches: waggle.TouchesWord}}, report.Know, "", "Nothing on your list"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := make7(t, &shelf{stories: []waggle.Story{told("1", "t", 50, c.severity, c.reasons...)}}).Threats[0]
			assert.Equal(t, c.want, got.Urgency)
			assert.Equal(t, c.touches, got.Touches)
			assert.Contains(t, got.Touch, c.says)
		})
	}
}

func TestTheMostUrgentComesFirst(t *testing.T) {
	later := due
	later.By = due.By.AddDate(0, 0, 9)
	s := &shelf{stories: []waggle.Story{
		told("know", "k", 99, waggle.Low), told("later", "l", 90, waggle.High, uses, later),
		told("none", "n", 95, waggle.Critical), told("soon", "s", 60, waggle.High, uses, due), told("check", "c", 97, waggle.High),
	}}
	var got []string
	for _, th := range make7(t, s).Threats {
		got = append(got, th.Story)
	}
	assert.Equal(t, []string{"soon", "later", "none", "check", "know"}, got)
}

func TestLedeSaysWhatIsKnown(t *testing.T) {
	for _, c := range []struct {
		name  string
		shelf *shelf
		want  string
		quiet bool
	}{
		{"busy", busy(), "1 threat asks you to act now, 1 should be checked this week. 1,204 posts from 2 sources were read.", false},
		{"quiet", quiet(), "Nothing that matters to you was told in the last 7 days. There is nothing to do. 90 posts from 1 source were read.", true},
		{"nothing read", &shelf{}, "Nothing was read in the last 7 days, so this list cannot say that all is quiet. See how the sources are doing.", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := make7(t, c.shelf)
			assert.Equal(t, c.want, r.Lede())
			assert.Equal(t, c.quiet, r.Quiet())
		})
	}
}

func TestDaysLeft(t *testing.T) {
	for by, want := range map[string]string{
		"2026-11-22": "overdue", "2026-11-23": "today", "2026-11-24": "in 1 day", "2026-11-30": "in 7 days", "2026-12-15": "by Tue 15 December 2026",
	} {
		step := due
		step.By, _ = time.Parse(time.DateOnly, by)
		var out strings.Builder
		require.NoError(t, make7(t, &shelf{stories: []waggle.Story{told("1", "t", 50, waggle.High, uses, step)}}).Write(&out, "text", ""))
		assert.Contains(t, out.String(), want, by)
	}
}

func TestFormats(t *testing.T) {
	for name, s := range map[string]*shelf{"busy": busy(), "quiet": quiet()} {
		for _, format := range report.Formats() {
			t.Run(name+" "+format, func(t *testing.T) {
				var out strings.Builder
				require.NoError(t, make7(t, s).Write(&out, format, "https://waggle.example/"))
				golden := filepath.Join("testdata", name+"."+format)
				if *update {
					require.NoError(t, os.WriteFile(golden, []byte(out.String()), 0o600))
				}
				want, err := os.ReadFile(golden)
				require.NoError(t, err)
				assert.Equal(t, string(want), out.String())
			})
		}
	}
	require.ErrorContains(t, make7(t, quiet()).Write(&strings.Builder{}, "pdf", ""), "use html, md, text, csv, json")
}

func TestFeeds(t *testing.T) {
	r := make7(t, busy())
	rss, err := r.RSS("https://waggle.example/")
	require.NoError(t, err)
	var feed struct {
		Items []struct {
			Title string `xml:"title"`
			Link  string `xml:"link"`
			GUID  string `xml:"guid"`
			Text  string `xml:"description"`
		} `xml:"channel>item"`
	}
	require.NoError(t, xml.Unmarshal([]byte(rss), &feed))
	require.Len(t, feed.Items, 3)
	assert.Equal(t, "Act now: Exploited flaw in Contoso VPN gateways", feed.Items[0].Title)
	assert.Equal(t, "https://waggle.example/story/01", feed.Items[0].Link)
	assert.Equal(t, "01", feed.Items[0].GUID)
	assert.Contains(t, feed.Items[0].Text, "by Fri 27 November 2026, in 4 days")

	text, err := r.JSONFeed("https://waggle.example/")
	require.NoError(t, err)
	var items struct {
		Version string `json:"version"`
		Items   []struct {
			ID string `json:"id"`
		} `json:"items"`
	}
	require.NoError(t, json.Unmarshal([]byte(text), &items))
	assert.Equal(t, "https://jsonfeed.org/version/1.1", items.Version)
	assert.Len(t, items.Items, 3)
}

// barb is text that breaks out of HTML, Markdown, CSV and XML where it is not
// escaped.
const barb = `=cmd()"'><script>alert(1)</script>[x](javascript:alert(1)) ]]> http://evil-barb.top/x`

func TestHostileTextStaysText(t *testing.T) {
	s := told("1", barb, 90, waggle.Critical, waggle.Reason{Points: 9, Text: barb, Do: barb, Link: "javascript:" + barb})
	s.Summary, s.Posts[0].Title, s.Posts[0].Source, s.Posts[0].URL = barb, barb, barb, "javascript:alert(1)"
	s.Indicators = []waggle.Indicator{value(ioc.URL, "http://evil-barb.top/x")}
	r := make7(t, &shelf{stories: []waggle.Story{s}})
	for _, format := range report.Formats() {
		t.Run(format, func(t *testing.T) {
			var out strings.Builder
			require.NoError(t, r.Write(&out, format, ""))
			assert.NotContains(t, out.String(), "http://evil-barb.top", "a live address")
			switch format {
			case "html":
				doc, err := goquery.NewDocumentFromReader(strings.NewReader(out.String()))
				require.NoError(t, err)
				assert.Zero(t, doc.Find("script, a[href]").Length())
			case "md":
				assert.NotContains(t, out.String(), "<script>")
				assert.NotContains(t, out.String(), "[x](")
			case "csv":
				rows, err := csv.NewReader(strings.NewReader(out.String())).ReadAll()
				require.NoError(t, err)
				assert.Equal(t, "'=", rows[1][3][:2], "no formula")
			}
		})
	}
	for name, make := range map[string]func(string) (string, error){"rss": r.RSS, "json": r.JSONFeed} {
		text, err := make("https://waggle.example/")
		require.NoError(t, err)
		assert.NotContains(t, text, "<script>", name)
		assert.NotContains(t, text, "http://evil-barb.top", name)
	}
}

func TestMostIsEnough(t *testing.T) {
	s := told("1", "t", 50, waggle.High)
	for i := range 300 {
		s.Indicators = append(s.Indicators, value(ioc.Domain, fmt.Sprintf("d%03d.example", i)))
		s.Posts = append(s.Posts, s.Posts[0])
	}
	got := make7(t, &shelf{stories: []waggle.Story{s}}).Threats[0]
	assert.Equal(t, 300, got.Marks)
	assert.Len(t, got.Values, 20)
	assert.Len(t, got.Sources, 5)
}
