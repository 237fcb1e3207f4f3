package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/ioc"
)

// barb is text that breaks out of HTML elements, attributes, scripts and
// styles where it is not escaped.
const barb = `"'><script>document.title="owned"</script><img src=x onerror=alert(1)><a href="https://evil-barb.top">x</a>{{.}}</style></textarea>`

// poisoned is a store in which every text that a stranger controls is a barb.
func poisoned() (*fake, string, string) {
	p := waggle.Post{Source: "s" + barb, ID: "id" + barb, URL: `javascript:alert("` + barb + `")`, Title: barb, Author: barb,
		Published: now.Add(-time.Hour), Fetched: now}
	text := "before " + barb + " after"
	start := strings.Index(text, barb)
	found := ioc.Indicator{Kind: ioc.Kind("k" + barb), Value: barb, Raw: barb, Start: start, End: start + len(barb), Role: ioc.Attack, Why: barb}
	odd := found
	odd.Role = ioc.Role("indicator" + barb)
	record := waggle.Record{Post: p, Ref: "0123", Fate: waggle.Fate("fate" + barb), Reason: barb, Score: 9, Story: "4567",
		Finding:   &waggle.Finding{Text: text, Article: "data:text/html," + barb, Note: barb, Indicators: []ioc.Indicator{found, odd}},
		Judgement: &waggle.Judgement{Score: 9, Why: barb, Reasons: []waggle.Reason{{Points: 1, Text: barb}}}}
	story := waggle.Story{ID: "4567", Title: barb, Summary: barb, Source: p.Source, URL: p.URL, Severity: waggle.High, Tags: []string{barb},
		Reasons: []waggle.Reason{{Points: 1, Text: barb}}, Last: p.Published, Revision: 1,
		Posts: []waggle.Member{{Ref: "0123", Source: p.Source, URL: p.URL, Title: barb, Joined: barb}},
		Indicators: []waggle.Indicator{{Indicator: found, Posts: []string{"0123"}, Verdict: &waggle.Verdict{Level: waggle.Level(barb), Why: barb},
			Analyses: []waggle.Analysis{{Analyzer: barb, State: waggle.AnalysisState(barb), Note: barb},
				{Analyzer: barb, Taxonomies: []waggle.Taxonomy{{Level: waggle.Level(barb), Namespace: barb, Predicate: barb, Value: barb}}}}}},
		Verdict: &waggle.Verdict{Level: waggle.Level(barb), Why: barb},
		Actions: []waggle.Action{{Name: waggle.ActionName(barb), Rule: barb, State: waggle.ActionState(barb), Note: barb, Error: barb}},
		Alert:   waggle.Delivery{ID: barb, Error: barb}}
	health := waggle.Health{Name: p.Source, Kind: barb, URL: "javascript:alert(1)", Error: barb, Note: barb, Failures: 1, Polled: now, Answered: now, Posts: 1}
	block := waggle.Block{Kind: ioc.Kind(barb), Value: barb, Reason: barb, Record: barb, By: barb, Added: now, Until: now}
	return &fake{stories: []waggle.Story{story}, posts: []waggle.Record{record}, sources: []waggle.Health{health}, blocks: []waggle.Block{block}}, story.ID, record.Ref
}

func TestHostileTextStaysText(t *testing.T) {
	store, story, ref := poisoned()
	search := url.QueryEscape(barb)
	for _, path := range []string{"/", "/?q=" + search + "&source=" + search + "&indicator=" + search, "/story/" + story,
		"/posts", "/posts?q=" + search + "&source=" + search, "/post/" + ref, "/sources", "/threats", "/blocks"} {
		t.Run(path, func(t *testing.T) {
			doc := open(t, Options{Store: store, TheHiveURL: "https://th.example"}, path)
			html, err := doc.Html()
			require.NoError(t, err)
			assert.Contains(t, html, "owned", "the text must be shown")
			assert.Equal(t, doc.Find(`head script[src^="/assets/"]`).Length(), doc.Find("script").Length(), "ours alone")
			assert.Zero(t, doc.Find("img[src=x], [onerror]").Length())
			doc.Find("a[href]").Each(func(_ int, s *goquery.Selection) {
				href := s.AttrOr("href", "")
				local := strings.HasPrefix(href, "/") || href == "#main"
				assert.True(t, local || strings.HasPrefix(href, "https://th.example/"), "a link out: %s", href)
			})
			doc.Find("[class]").Each(func(_ int, s *goquery.Selection) {
				if class := s.AttrOr("class", ""); strings.Contains(class, "owned") {
					assert.False(t, s.Is("script"), class)
				}
			})
		})
	}
	t.Run("an error page", func(t *testing.T) {
		w := ask(Options{Store: store}, "/?"+search+"=1&severity="+search)
		assert.Equal(t, http.StatusBadRequest, w.Code)
		assert.NotContains(t, w.Body.String(), "<script>document")
	})
	t.Run("JSON holds no tag", func(t *testing.T) {
		for _, path := range []string{"/api/v1/stories", "/api/v1/posts", "/api/v1/sources", "/api/v1/post/" + ref, "/api/v1/story/" + story} {
			assert.NotContains(t, ask(Options{Store: store}, path).Body.String(), "<script")
		}
	})
}

func TestIndicatorsAreNeverLinks(t *testing.T) {
	store := filled()
	for _, path := range []string{"/", "/story/" + store.stories[0].ID, "/posts", "/post/" + store.posts[1].Ref} {
		doc := open(t, Options{Store: store}, path)
		doc.Find("a[href]").Each(func(_ int, s *goquery.Selection) {
			assert.NotContains(t, s.AttrOr("href", ""), "cdn-update-4471")
			assert.NotContains(t, s.AttrOr("href", ""), "contoso.example", "a reference is no link either")
		})
	}
}

func TestSegments(t *testing.T) {
	at := func(raw string, start int, role ioc.Role) ioc.Indicator {
		return ioc.Indicator{Raw: raw, Start: start, End: start + len(raw), Role: role}
	}
	for _, c := range []struct {
		name, text string
		found      []ioc.Indicator
		want       []segment
	}{
		{"none", "quiet", nil, []segment{{"quiet", ""}}},
		{"two, given backwards", "a bb ccc", []ioc.Indicator{at("ccc", 5, ioc.Benign), at("bb", 2, ioc.Attack)},
			[]segment{{"a ", ""}, {"bb", ioc.Attack}, {" ", ""}, {"ccc", ioc.Benign}, {"", ""}}},
		{"overlapping", "abcd", []ioc.Indicator{at("abc", 0, ioc.Attack), at("bcd", 1, ioc.Attack)},
			[]segment{{"", ""}, {"abc", ioc.Attack}, {"d", ""}}},
		{"not what stands there", "abcd", []ioc.Indicator{at("xy", 0, ioc.Attack)}, []segment{{"abcd", ""}}},
		{"beyond the text", "ab", []ioc.Indicator{at("bcd", 1, ioc.Attack)}, []segment{{"ab", ""}}},
		{"backwards or negative", "ab", []ioc.Indicator{{Start: 2, End: 1}, {Start: -1, End: 1, Raw: "a"}}, []segment{{"ab", ""}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, cut := segments(c.text, c.found)
			assert.Equal(t, c.want, got)
			assert.False(t, cut)
		})
	}
	t.Run("a long text is cut between characters", func(t *testing.T) {
		got, cut := segments("a"+strings.Repeat("é", maxText), nil)
		assert.True(t, cut)
		assert.Equal(t, "a"+strings.Repeat("é", maxText/2-1), got[0].Text)
	})
}
