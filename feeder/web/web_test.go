package web

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/waggle"
)

// ask sends one GET and gives the answer.
func ask(o Options, path string) *httptest.ResponseRecorder {
	o.Listen, o.Now = "127.0.0.1:8787", func() time.Time { return now }
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	w := httptest.NewRecorder()
	New(o).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://127.0.0.1:8787"+path, nil))
	return w
}

// open reads a page that must be there.
func open(t *testing.T, o Options, path string) *goquery.Document {
	t.Helper()
	w := ask(o, path)
	require.Equal(t, http.StatusOK, w.Code, w.Body)
	doc, err := goquery.NewDocumentFromReader(w.Body)
	require.NoError(t, err)
	return doc
}

// text is a selection's text with single spaces.
func text(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

func TestEveryPageStandsByItself(t *testing.T) {
	store := filled()
	for _, path := range []string{"/", "/story/" + store.stories[0].ID, "/posts", "/post/" + store.posts[1].Ref, "/sources", "/threats", "/blocks"} {
		t.Run(path, func(t *testing.T) {
			doc := open(t, Options{Store: store}, path)
			assert.Equal(t, 1, doc.Find("h1").Length())
			assert.Equal(t, "en", doc.Find("html").AttrOr("lang", ""))
			assert.Equal(t, 1, doc.Find("nav a[aria-current=page]").Length())
			assert.Zero(t, doc.Find("[style], style, script:not([src])").Length(), "the policy forbids inline styles and scripts")
			doc.Find("script[src], link[href]:not([rel=alternate]), img[src]").Each(func(_ int, s *goquery.Selection) {
				from := s.AttrOr("src", s.AttrOr("href", ""))
				assert.True(t, strings.HasPrefix(from, "/assets/"), from)
				assert.Equal(t, http.StatusOK, ask(Options{Store: store}, from).Code, from)
			})
			ids := map[string]bool{}
			doc.Find("[id]").Each(func(_ int, s *goquery.Selection) {
				id := s.AttrOr("id", "")
				assert.False(t, ids[id], "id %q twice", id)
				ids[id] = true
			})
			doc.Find("input:not([type=hidden]), select").Each(func(_ int, s *goquery.Selection) {
				assert.Equal(t, 1, s.Closest("label").Length(), "a field without label")
			})
			doc.Find("a[href^='/']").Each(func(_ int, s *goquery.Selection) {
				if href := s.AttrOr("href", ""); href != "/metrics" {
					assert.Equal(t, http.StatusOK, ask(Options{Store: store}, href).Code, href)
				}
			})
		})
	}
}

func TestStories(t *testing.T) {
	o := Options{Store: filled(), TheHiveURL: "https://thehive.example/", Version: "9.9"}
	doc := open(t, o, "/")
	rows := doc.Find(".stories > li")
	require.Equal(t, 5, rows.Length())
	assert.Equal(t, "74 high malicious Exploited flaw in Contoso VPN gateways lets attackers in without a password "+
		"Attackers are using a flaw in Contoso VPN gateways to run commands before anyone has logged in. The maker has a fix; "+
		"gateways that were reachable since early November should be searched for a web shell. "+
		"northcert, harbourlab 2 hours ago 2 posts 12 indicators in TheHive", text(rows.First()))
	assert.Equal(t, "2026-11-23T12:05:00Z", rows.First().Find("time").AttrOr("datetime", ""))
	assert.Equal(t, "Mon 23 November 2026, 12:05 UTC", rows.First().Find("time").AttrOr("title", ""))
	var states []string
	rows.Find(".alert").Each(func(_ int, s *goquery.Selection) { states = append(states, text(s)) })
	assert.Equal(t, []string{"in TheHive", "delivery failing", "waiting for TheHive", "in TheHive", "in TheHive"}, states)
	assert.Contains(t, text(doc.Find(".lede")), "1 source is failing")
	assert.Contains(t, text(doc.Find("footer")), "Waggle 9.9")
}

func TestPostsWithoutTitleCanBeOpened(t *testing.T) {
	store := filled()
	store.stories[0].Title, store.stories[0].Posts[0].Title, store.posts[0].Title = "", "", ""
	for path, link := range map[string]string{"/": "/story/", "/story/" + store.stories[0].ID: "/post/", "/posts": "/post/"} {
		open(t, Options{Store: store}, path).Find("a[href^='" + link + "']").Each(func(_ int, s *goquery.Selection) {
			assert.NotEmpty(t, text(s), path)
		})
	}
}

func TestStoriesKeepTheFormAsked(t *testing.T) {
	store := filled()
	doc := open(t, Options{Store: store}, "/?q=vpn&severity=high&source=gone&since=3d&sort=newest&indicator=evil%5B.%5Dtop")
	assert.Equal(t, waggle.StoryQuery{Severity: waggle.High, Source: "gone", Text: "vpn", Indicator: "evil[.]top",
		Since: now.AddDate(0, 0, -3), Sort: waggle.ByNewest, Limit: perPage}, store.storyQuery)
	form := doc.Find(".filters")
	_, open := form.Attr("open")
	assert.True(t, open)
	assert.Equal(t, "vpn", form.Find("[name=q]").AttrOr("value", ""))
	assert.Equal(t, "evil[.]top", form.Find("[name=indicator]").AttrOr("value", ""))
	for field, want := range map[string]string{"severity": "high or more", "source": "gone", "since": "3d", "sort": "newest"} {
		assert.Equal(t, want, text(form.Find("[name="+field+"] option[selected]")), field)
	}
}

func TestStoriesByPages(t *testing.T) {
	doc := open(t, Options{Store: filled()}, "/?limit=2&page=2&sort=newest")
	assert.Equal(t, 2, doc.Find(".stories > li").Length())
	assert.Equal(t, "← Previous 3–4 of 5 Next →", text(doc.Find(".pager")))
	assert.Equal(t, "/?limit=2&page=3&sort=newest", doc.Find("[rel=next]").AttrOr("href", ""))

	past := open(t, Options{Store: filled()}, "/?limit=2&page=9")
	assert.Equal(t, "/?limit=2&page=3", past.Find(".empty a").AttrOr("href", ""))
}

func TestEmptyPagesSayWhatHappensNext(t *testing.T) {
	asked := waggle.Health{Name: "a", Polled: now, Answered: now}
	dead := waggle.Health{Name: "b", Polled: now, Failures: 1, Error: "no"}
	read := waggle.Health{Name: "c", Polled: now, Answered: now, Posts: 12, Dropped: 12}
	for _, c := range []struct {
		name, path string
		sources    []waggle.Health
		want       string
		refresh    bool
	}{
		{"no source", "/", nil, "No source is configured.", false},
		{"first poll", "/", []waggle.Health{asked, {Name: "new"}}, "The first poll is under way. 1 of 2 sources", true},
		{"first poll, posts", "/posts", []waggle.Health{{Name: "new"}}, "The first poll is under way. 0 of 1 source", true},
		{"nobody answers", "/", []waggle.Health{dead}, "No source has answered yet.", false},
		{"nothing said", "/", []waggle.Health{asked}, "had nothing to tell", false},
		{"nothing that matters", "/", []waggle.Health{read}, "Nothing that matters to you so far. 12 posts were read.", false},
		{"filtered", "/?q=x", []waggle.Health{read}, "No story fits these filters.", false},
		{"filtered posts", "/posts?fate=failed", []waggle.Health{read}, "No post fits these filters.", false},
		{"sources", "/sources", nil, "No source is configured.", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc := open(t, Options{Store: &fake{sources: c.sources}}, c.path)
			assert.Contains(t, text(doc.Find(".empty")), c.want)
			assert.Equal(t, c.refresh, strings.Contains(doc.Find("noscript").Text(), `http-equiv="refresh"`), "with scripts the page keeps itself up to date")
		})
	}
}

func TestStory(t *testing.T) {
	store := filled()
	doc := open(t, Options{Store: store, TheHiveURL: "https://thehive.example/"}, "/story/"+store.stories[0].ID)
	assert.Equal(t, store.stories[0].Title, text(doc.Find("h1")))
	assert.Equal(t, "+30 names Contoso VPN, which you use", text(doc.Find(".reasons li").First()))
	assert.Equal(t, "−4 five hours old", text(doc.Find(".reasons li").Last()))

	var headings []string
	doc.Find(".group h3").Each(func(_ int, s *goquery.Selection) { headings = append(headings, text(s)) })
	assert.Equal(t, []string{"Domains 1", "URLs 1", "SHA-256 10 Copy all", "Vulnerabilities 1", "ATT&CK techniques 1"}, headings)
	assert.Equal(t, "hxxps://cdn-update-4471[.]top/a/loader.bin", text(doc.Find(".group").Eq(1).Find("code")))
	assert.Equal(t, "https://cdn-update-4471.top/a/loader.bin", doc.Find(".group").Eq(1).Find("button").AttrOr("data-copy", ""))

	members := doc.Find(".members li")
	require.Equal(t, 2, members.Length())
	assert.Contains(t, text(members.Last()), "Joined: both name CVE-2026-90417")
	assert.Equal(t, "noopener noreferrer nofollow", members.First().Find("a.out").AttrOr("rel", ""))
	assert.Equal(t, "https://thehive.example/index.html#!/alert/list",
		doc.Find("[aria-labelledby=alert] a").AttrOr("href", ""))
	assert.Contains(t, text(doc.Find(".facts")), "TLP:AMBER, PAP:AMBER")
}

func TestStoryShowsVerdictsAndWhatWasDone(t *testing.T) {
	store := filled()
	doc := open(t, Options{Store: store}, "/story/"+store.stories[0].ID)
	assert.Contains(t, doc.Find("section[aria-labelledby=verdict]").Text(), "Of 14 values: 1 malicious")
	said := doc.Find(".found")
	require.Equal(t, 1, said.Length(), "of the one value that was analysed")
	for _, text := range []string{"URLhaus (Threat: malware_download) says malicious.", "2 analyses", "URLhaus: malicious Threat: malware_download", "MISP: failed MISP: no answer"} {
		assert.Contains(t, strings.Join(strings.Fields(said.Text()), " "), text)
	}
	acts := strings.Join(strings.Fields(doc.Find("section[aria-labelledby=actions]").Text()), " ")
	for _, text := range []string{"Case wanted", "TheHive: no answer", "MISP event done", "Made MISP event 7", "rule “grave ones”; tried again in 1 minute"} {
		assert.Contains(t, acts, text)
	}
	doc = open(t, Options{Store: store}, "/")
	assert.Equal(t, 1, doc.Find(".stories .verdict-malicious").Length())
}

func TestAlertStates(t *testing.T) {
	for _, c := range []struct {
		name, thehive, version string
		alert                  waggle.Delivery
		class, link            string
	}{
		{"no TheHive", "", "", waggle.Delivery{}, "local", ""},
		{"not yet", "https://th.example", "", waggle.Delivery{}, "waiting", ""},
		{"failing", "https://th.example", "", waggle.Delivery{Error: "TheHive: auth (401)"}, "failing", ""},
		{"failing update", "https://th.example", "", waggle.Delivery{ID: "~8", Revision: 1, Error: "TheHive: network"}, "failing", "https://th.example/index.html#!/alert/list"},
		{"a value refused", "https://th.example", "", waggle.Delivery{ID: "~8", Revision: 2, Error: "TheHive did not take 1 of the values"}, "partial", "https://th.example/index.html#!/alert/list"},
		{"behind", "https://th.example", "4.1.24-1", waggle.Delivery{ID: "~8", Revision: 1}, "behind", "https://th.example/index.html#!/alert/list"},
		{"delivered", "https://th.example/hive/", "4.1.24-1", waggle.Delivery{ID: "~8", Revision: 2}, "delivered", "https://th.example/hive/index.html#!/alert/list"},
		{"delivered to 5", "https://th.example", "5.4.0", waggle.Delivery{ID: "~8", Revision: 2}, "delivered", "https://th.example/alerts/~8/details"},
		{"delivered, then TheHive taken out", "", "", waggle.Delivery{ID: "~8", Revision: 2}, "delivered", ""},
		{"a hostile id stays in its place", "https://th.example", "5", waggle.Delivery{ID: "../x?y#z", Revision: 2}, "delivered", "https://th.example/alerts/..%2Fx%3Fy%23z/details"},
		{"no password in the link", "https://me:pw@th.example", "5", waggle.Delivery{ID: "~8", Revision: 2}, "delivered", "https://th.example/alerts/~8/details"},
		{"no link to anything but the web", "javascript://x/%0aalert(1)", "", waggle.Delivery{ID: "~8", Revision: 2}, "delivered", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &site{Options: Options{TheHiveURL: c.thehive, TheHiveVersion: func() string { return c.version }}}
			got := s.alertState(waggle.Story{Revision: 2, Alert: c.alert})
			assert.Equal(t, c.class, got.Class)
			assert.Equal(t, c.link, got.Link)
			assert.Equal(t, c.alert.Error, got.Error)
		})
	}
}

func TestPosts(t *testing.T) {
	store := filled()
	doc := open(t, Options{Store: store}, "/posts?fate=dropped&q=webinar")
	assert.Equal(t, waggle.PostQuery{Fate: waggle.Dropped, Text: "webinar", Limit: perPage}, store.postQuery)
	require.Equal(t, 1, doc.Find(".posts > li").Length())
	assert.Equal(t, "Dropped Join our webinar: ten trends that will shape 2027 6 points, at least 40 are needed: nothing in it names a threat "+
		"or a product of yours vendorblog 1 day ago score 6", text(doc.Find(".posts > li")))
	assert.Equal(t, "Dropped", text(doc.Find(".tabs [aria-current]")))
	assert.Equal(t, "/posts?fate=failed&q=webinar", doc.Find(".tabs a").Eq(4).AttrOr("href", ""))
	assert.Equal(t, "dropped", doc.Find("form [name=fate]").AttrOr("value", ""), "the form keeps the fate")
	assert.Equal(t, 6, open(t, Options{Store: store}, "/posts").Find(".posts > li").Length())
}

func TestPost(t *testing.T) {
	store := filled()
	doc := open(t, Options{Store: store}, "/post/"+store.posts[1].Ref)
	var headings []string
	doc.Find(".group h3").Each(func(_ int, s *goquery.Selection) { headings = append(headings, text(s.Contents().First())) })
	assert.Equal(t, []string{"Indicators", "References", "Benign"}, headings)
	assert.Equal(t, "hxxps://cdn-update-4471[.]top/a/loader.bin URL 90 % written defanged Copy", text(doc.Find(".found").First().Find("tbody tr").First()))
	assert.Equal(t, 2, doc.Find("mark.role-indicator").Length())
	assert.Equal(t, 1, doc.Find("mark.role-reference").Length())
	assert.Equal(t, store.posts[1].Finding.Text, doc.Find("pre").Text())
	assert.Contains(t, text(doc.Find("[aria-labelledby=fate]")), "score 74 of 100")

	dropped := open(t, Options{Store: store}, "/post/"+store.posts[4].Ref)
	assert.Contains(t, text(dropped.Find("[aria-labelledby=read]")), "article: 403 Forbidden; the summary was read")
	quiet := open(t, Options{Store: store}, "/post/"+store.posts[5].Ref)
	assert.Contains(t, text(quiet.Find("[aria-labelledby=read]")), "It has not been read: it was older")
}

func TestSources(t *testing.T) {
	doc := open(t, Options{Store: filled()}, "/sources")
	rows := doc.Find("tbody tr")
	assert.Equal(t, "harbourlab rss, every 30m, feed Healthy 4 minutes ago in 26 minutes 214 31 181", text(rows.First()))
	assert.Equal(t, "slowfeed rss, every 1h, feed Failing, 4 tries slowfeed.example: network: no answer in 30 s: check that the address "+
		"opens in a browser 9 hours ago in 3 hours 12 1 11", text(rows.Eq(2)))
	assert.Equal(t, "newcomer rss, every 1h30m, feed Not asked yet never now 0 0 0", text(rows.Eq(3)))
}

func TestJSON(t *testing.T) {
	store := filled()
	for path, want := range map[string]any{
		"/api/v1/stories?limit=2&page=2":       storyList{5, 2, 2, store.stories[2:4]},
		"/api/v1/story/" + store.stories[0].ID: store.stories[0],
		"/api/v1/posts?fate=dropped":           postList{1, 0, 50, store.posts[4:5]},
		"/api/v1/post/" + store.posts[1].Ref:   store.posts[1],
		"/api/v1/sources":                      sourceList{Sources: store.sources},
		"/api/v1/posts?fate=story&page=7":      postList{2, 300, 50, []waggle.Record{}},
	} {
		t.Run(path, func(t *testing.T) {
			w := ask(Options{Store: store}, path)
			require.Equal(t, http.StatusOK, w.Code)
			assert.Equal(t, "application/json; charset=utf-8", w.Header().Get("Content-Type"))
			expected, err := json.Marshal(want)
			require.NoError(t, err)
			assert.JSONEq(t, string(expected), w.Body.String())
		})
	}
	t.Run("empty lists are lists", func(t *testing.T) {
		for path, want := range map[string]string{"/api/v1/stories": `"stories":[]`, "/api/v1/posts": `"posts":[]`, "/api/v1/sources": `"sources":[]`} {
			assert.Contains(t, ask(Options{Store: &fake{}}, path).Body.String(), want)
		}
	})
}

func TestErrors(t *testing.T) {
	const secret = "open /srv/private/waggle.db"
	var log strings.Builder
	broken := Options{Store: &fake{err: errors.New(secret)}, Log: slog.New(slog.NewTextHandler(&log, nil))}
	for _, c := range []struct {
		name, path string
		options    Options
		code       int
		want       string
	}{
		{"unknown page", "/nowhere", Options{Store: filled()}, 404, "There is nothing at this address."},
		{"unknown story", "/story/0000", Options{Store: filled()}, 404, "There is nothing at this address."},
		{"unknown post", "/post/0000", Options{Store: filled()}, 404, "There is nothing at this address."},
		{"a path that climbs", "/assets/..%2fweb.go", Options{Store: filled()}, 404, "not found"},
		{"bad filter", "/?severity=%3Cb%3E", Options{Store: filled()}, 400, "use low, medium, high, critical"},
		{"unknown story as JSON", "/api/v1/story/0000", Options{Store: filled()}, 404, `{"error":"There is nothing at this address."}`},
		{"unknown JSON", "/api/nowhere", Options{Store: filled()}, 404, `{"error":`},
		{"bad filter as JSON", "/api/v1/posts?fate=eaten", Options{Store: filled()}, 400, `{"error":"The filter`},
		{"store away", "/", broken, 500, "The store did not answer."},
		{"store away as JSON", "/api/v1/sources", broken, 500, `{"error":"The store did not answer.`},
		{"no metrics", "/metrics", Options{Store: filled()}, 404, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := ask(c.options, c.path)
			assert.Equal(t, c.code, w.Code)
			assert.Contains(t, w.Body.String(), c.want)
			assert.NotContains(t, w.Body.String(), secret)
		})
	}
	assert.Contains(t, log.String(), secret, "the log says why")
}

func TestHealth(t *testing.T) {
	w := ask(Options{Store: &fake{}}, "/healthz")
	assert.Equal(t, http.StatusOK, w.Code)
	assert.Equal(t, "ok\n", w.Body.String())

	ill := func(ctx context.Context) error {
		_, bounded := ctx.Deadline()
		assert.True(t, bounded)
		return errors.New("the store cannot be written")
	}
	w = ask(Options{Store: &fake{}, Healthy: ill}, "/healthz")
	assert.Equal(t, http.StatusServiceUnavailable, w.Code)
	assert.Equal(t, "the store cannot be written\n", w.Body.String())
}

func TestMetrics(t *testing.T) {
	metrics := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "waggle_posts_total 3\n") })
	assert.Equal(t, "waggle_posts_total 3\n", ask(Options{Store: &fake{}, Metrics: metrics}, "/metrics").Body.String())
}

func TestAssetsAreKeptByBrowsers(t *testing.T) {
	o := Options{Store: &fake{}}
	address := open(t, o, "/").Find("link[rel=stylesheet]").AttrOr("href", "")
	w := ask(o, address)
	assert.Equal(t, "public, max-age=31536000, immutable", w.Header().Get("Cache-Control"))
	assert.Equal(t, "text/css; charset=utf-8", w.Header().Get("Content-Type"))
	assert.Equal(t, "no-cache", ask(o, "/assets/style.css").Header().Get("Cache-Control"))
	assert.Equal(t, "no-store", ask(o, "/").Header().Get("Cache-Control"), "what was read stays out of the browser's cache")
}

func TestASearchThatFoundAsMuchAsItGivesSaysSo(t *testing.T) {
	store := filled()
	for range waggle.MostFound {
		store.posts = append(store.posts, store.posts[4])
	}
	store.posts = store.posts[:waggle.MostFound]
	assert.Contains(t, text(open(t, Options{Store: store}, "/posts?q=word").Find("#list")), "the 1,000 that were read last")
	assert.NotContains(t, text(open(t, Options{Store: store}, "/posts").Find("#list")), "that were read last")
}

func TestTroubleWithAServiceIsShown(t *testing.T) {
	store := filled()
	store.trouble = []waggle.Trouble{{Service: "Cortex", Since: now.Add(-time.Hour), Error: "Cortex: auth (401): Authentication failure: check the <API> key"}}
	doc := open(t, Options{Store: store}, "/sources")
	assert.Contains(t, doc.Find(".head .error").Text(), "Cortex has taken nothing since")
	assert.Contains(t, doc.Find(".head .error").Text(), "check the <API> key. What is for it waits")
}

func TestWhatIsNotAnalysedIsSaid(t *testing.T) {
	store := filled()
	store.stories[0].AnalysisNote = "Nothing is sent to analyzers: the story is TLP:red."
	doc := open(t, Options{Store: store}, "/story/"+store.stories[0].ID)
	assert.Contains(t, doc.Find("main").Text(), store.stories[0].AnalysisNote)
}
