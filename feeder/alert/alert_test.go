package alert_test

import (
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/alert"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/misp"
	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
	"github.com/waggle-cti/waggle/shared/upstream"
)

var update = flag.Bool("update", false, "write the golden files")

func noon() time.Time { return time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC) }

func value(kind ioc.Kind, v string, revision int, refs ...string) waggle.Indicator {
	return waggle.Indicator{Indicator: ioc.Indicator{Kind: kind, Value: v, Raw: ioc.Defang(v), Role: ioc.Attack, Confidence: 90, Why: "defanged"}, Posts: refs, Revision: revision}
}

// story is one of two posts, the second of which came in with revision 2.
func story() waggle.Story {
	return waggle.Story{
		ID: "0123456789abcdef0123456789abcdef", Title: "Loader spreads by invoice", Summary: "A loader spreads by mails that look like invoices.",
		Source: "blog", URL: "https://blog.example.com/loader", Score: 71, Severity: waggle.High, TLP: 2, PAP: 1, Tags: []string{"research"},
		Reasons: []waggle.Reason{{Points: 40, Text: "names Microsoft Exchange, which you use"}, {Points: -5, Text: "is two days old"}},
		First:   noon(), Last: noon().Add(time.Hour), Revision: 2,
		Posts: []waggle.Member{
			{Ref: "a", Source: "blog", URL: "https://blog.example.com/loader", Title: "Loader spreads by invoice", Published: noon(), Score: 71},
			{Ref: "b", Source: "news", URL: "https://news.example.org/?a=1&b=2", Title: "Invoice loader seen again", Published: noon().Add(time.Hour), Score: 50, Joined: "shares 1 hash"},
		},
		Indicators: []waggle.Indicator{
			value(ioc.URL, "http://cdn.evil.example.net/load.bin?x=a_b", 1, "a"),
			value(ioc.Domain, "evil.example.net", 1, "a", "b"),
			value(ioc.SHA256, strings.Repeat("ab", 32), 1, "a"),
			value(ioc.CVE, "CVE-2026-91234", 1, "a"),
			value(ioc.IP, "203.0.113.7", 2, "b"),
		},
	}
}

// began is the story before its second post.
func began() waggle.Story {
	s := story()
	s.Revision, s.Posts, s.Indicators = 1, s.Posts[:1], slices.Clone(s.Indicators[:4])
	return s
}

func hive(t *testing.T, version string) (*thehivetest.Server, *alert.Raiser) {
	t.Helper()
	server := thehivetest.Start(t, thehivetest.Options{Version: version})
	client, err := thehive.New(thehive.Options{URL: server.URL, Key: thehivetest.Key, Settle: time.Millisecond})
	require.NoError(t, err)
	return server, alert.New(client, alert.Options{Now: noon})
}

func TestDescribe(t *testing.T) {
	hostile := story()
	hostile.Title = "Click https://evil.example.net/now <script>alert(1)</script> | [x](http://evil.example.net) `\u202egnp"
	hostile.Summary = "# Heading\n![img](http://evil.example.net/i.png) see evil.example.net. <img src=x onerror=alert(1)>"
	hostile.Reasons = []waggle.Reason{{Points: 1, Text: "names **bold** & http://evil.example.net"}}
	hostile.Posts[0].URL = "http://cdn.evil.example.net/load.bin?x=a_b" // an indicator of the story
	hostile.Posts[1].URL = "https://news.example.org/a>b)|c`d\"e f"
	hostile.Posts = append(hostile.Posts, waggle.Member{Source: "x|y", URL: "javascript:alert(1)", Title: "", Published: noon()})
	hostile.Indicators = append(hostile.Indicators, value(ioc.Filename, "a|b`c<d>.exe", 2, "b"))
	many := story()
	for i := range 700 {
		many.Indicators = append(many.Indicators, value(ioc.Domain, fmt.Sprintf("h%d.evil.example.net", i), 2, "b"))
	}
	exploited := story()
	exploited.Reasons = append(exploited.Reasons,
		waggle.Reason{Points: 12, Text: "CVE-2026-91234 is exploited: on CISA's list", Do: "Fix CVE-2026-91234 in Example CMS by 2026-06-01.", Link: "https://maker.example.com/advisory/1"},
		waggle.Reason{Do: "See **this** | [x](http://evil.example.net).", Link: "javascript:alert(1)"},
		waggle.Reason{Do: "Do not go there.", Link: "http://cdn.evil.example.net/load.bin?x=a_b"})
	analysed := judged(story(), waggle.Malicious)
	analysed.Indicators[0].Verdict.Why = "Evil | **bold** http://evil.example.net <script> says malicious."
	analysed.Indicators[1].Verdict = &waggle.Verdict{Level: waggle.Safe, Why: "It stands on a list."}
	analysed.Indicators[2].Verdict = nil
	for name, s := range map[string]waggle.Story{"plain": story(), "hostile": hostile, "many": many, "exploited": exploited, "analysed": analysed} {
		t.Run(name, func(t *testing.T) {
			got := alert.Describe(s)
			path := filepath.Join("testdata", name+".md")
			if *update {
				require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Equal(t, string(want), got)
		})
	}
}

// TestDescribedPostsAreRead reads the posts as the way into MISP does.
func TestDescribedPostsAreRead(t *testing.T) {
	s := story()
	s.Posts[1].Title = "[Again] *the* <loader> & co"
	assert.Equal(t, []misp.Post{
		{Title: "Loader spreads by invoice", URL: "https://blog.example.com/loader"},
		{Title: "[Again] *the* <loader> & co", URL: "https://news.example.org/?a=1&b=2"},
	}, misp.PostsOf(alert.Describe(s)))
}

func TestObservablesSayWhatBelongsToThem(t *testing.T) {
	server, raiser := hive(t, "")
	s := story()
	s.Indicators[2].With, s.Indicators[4].Port = "load.bin", 8443
	_, err := raiser.Deliver(t.Context(), s)
	require.NoError(t, err)
	var got []string
	for _, o := range server.Alerts()[0].Observables {
		got = append(got, strings.Join(o.Tags, " "))
	}
	assert.Equal(t, []string{"waggle waggle:type=url", "waggle waggle:type=domain", "waggle waggle:type=sha256 waggle:with=load.bin",
		"waggle waggle:type=cve", "waggle waggle:type=ip waggle:port=8443"}, got)
}

func TestDescribeStaysWithinItsLimit(t *testing.T) {
	s := story()
	s.Summary = strings.Repeat("long ", 10_000)
	for i := range 20_000 {
		s.Indicators = append(s.Indicators, value(ioc.URL, fmt.Sprintf("http://h%d.evil.example.net/%s", i, strings.Repeat("p", 900)), 2, "b"))
		s.Posts = append(s.Posts, waggle.Member{Source: "news", Title: strings.Repeat("t", 1000), URL: "https://news.example.org/" + strings.Repeat("u", 1000)})
	}
	got := alert.Describe(s)
	assert.Less(t, len(got), 61_000)
	assert.Contains(t, got, "more, which the feeder's page shows")
	assert.Contains(t, got, "seal ")
}

func TestDeliverCreates(t *testing.T) {
	for _, version := range []string{"4.1.24-1", "5.7.3-1"} {
		t.Run(version, func(t *testing.T) {
			server, raiser := hive(t, version)

			got, err := raiser.Deliver(t.Context(), story())

			require.NoError(t, err)
			alerts := server.Alerts()
			require.Len(t, alerts, 1)
			a := alerts[0]
			assert.Equal(t, waggle.Delivery{ID: a.ID, Revision: 2, At: noon()}, got)
			assert.Equal(t, []any{"waggle", "blog", story().ID, "Loader spreads by invoice", "https://blog.example.com/loader", 3, 2, 1},
				[]any{a.Type, a.Source, a.SourceRef, a.Title, a.ExternalLink, a.Severity, a.TLP, a.PAP})
			assert.ElementsMatch(t, []string{"waggle", "tlp:amber", "waggle:source=blog", "waggle:source=news", "research"}, a.Tags)
			assert.Equal(t, alert.Describe(story()), a.Description)
			assert.Equal(t, map[string]bool{
				"url http://cdn.evil.example.net/load.bin?x=a_b": true, "fqdn evil.example.net": true, "hash " + strings.Repeat("ab", 32): true,
				"other CVE-2026-91234": false, "ip 203.0.113.7": true,
			}, iocs(server.Observables(a.ID)))
			assert.Equal(t, "Read in “Loader spreads by invoice” (blog)", server.Observables(a.ID)[0].Message)
		})
	}
}

// TestVulnerabilitiesHaveATypeOfTheirOwn where TheHive has it, and stay as they
// are in alerts that were raised before.
func TestVulnerabilitiesHaveATypeOfTheirOwn(t *testing.T) {
	for name, c := range map[string]struct {
		before, now []string // types that TheHive has beside its own
		want        []string
	}{
		"none":                 {nil, nil, []string{"other CVE-2026-91234", "other CVE-2026-91235"}},
		"made since":           {nil, []string{"cve", "vulnerability"}, []string{"other CVE-2026-91234", "cve CVE-2026-91235"}},
		"there from the start": {[]string{"cve"}, []string{"cve"}, []string{"cve CVE-2026-91234", "cve CVE-2026-91235"}},
	} {
		for _, version := range []string{"4.1.24-1", "5.7.3-1"} {
			t.Run(name+", "+version, func(t *testing.T) {
				server := thehivetest.Start(t, thehivetest.Options{Version: version, Types: c.before})
				raiser := func() *alert.Raiser { // each feeder asks for the types
					client, err := thehive.New(thehive.Options{URL: server.URL, Key: thehivetest.Key, Settle: time.Millisecond})
					require.NoError(t, err)
					return alert.New(client, alert.Options{Now: noon})
				}
				delivered, err := raiser().Deliver(t.Context(), began())
				require.NoError(t, err)
				server.SetTypes(c.now...)
				grown := story()
				grown.Indicators = append(grown.Indicators, value(ioc.CVE, "CVE-2026-91235", 2, "b"))
				for _, known := range []waggle.Delivery{{}, delivered, {ID: delivered.ID, Revision: 1}} { // the first as if it was not recorded
					grown.Alert = known
					_, err := raiser().Deliver(t.Context(), grown)
					require.NoError(t, err)
				}
				var got []string
				for _, o := range server.Observables(delivered.ID) {
					if strings.HasPrefix(o.Data, "CVE-") {
						got = append(got, o.DataType+" "+o.Data)
					}
				}
				assert.Equal(t, c.want, got)
			})
		}
	}
}

// iocs tells the values that are there, and whether they are IoCs.
func iocs(list []thehive.Observable) map[string]bool {
	out := map[string]bool{}
	for _, o := range list {
		out[o.DataType+" "+o.Data] = o.IOC
	}
	return out
}

func TestDeliverAgainChangesNothing(t *testing.T) {
	server, raiser := hive(t, "4.1.24-1")
	first, err := raiser.Deliver(t.Context(), story())
	require.NoError(t, err)
	before := server.Alerts()

	again, err := raiser.Deliver(t.Context(), story()) // as after a crash before it was recorded

	require.NoError(t, err)
	assert.Equal(t, first, again)
	assert.Equal(t, before, server.Alerts())
}

func TestDeliverGrows(t *testing.T) {
	edit := func(text string) func(t *testing.T, c *thehive.Client, id string) {
		return func(t *testing.T, c *thehive.Client, id string) {
			t.Helper()
			require.NoError(t, c.UpdateAlert(t.Context(), id, thehive.AlertPatch{Description: &text, Tags: []string{"seen", "waggle"}}))
		}
	}
	nothing := func(*testing.T, *thehive.Client, string) {}
	spaced := "\n" + strings.ReplaceAll(alert.Describe(began()), "\n", "\r\n")
	for name, c := range map[string]struct {
		analyst  func(*testing.T, *thehive.Client, string)
		describe string
		tags     []string
		recorded bool
	}{
		"untouched":             {nothing, alert.Describe(story()), []string{"waggle", "tlp:amber", "waggle:source=blog", "research", "waggle:source=news"}, true},
		"untouched, unrecorded": {nothing, alert.Describe(story()), []string{"waggle", "tlp:amber", "waggle:source=blog", "research", "waggle:source=news"}, false},
		"edited":                {edit("This is ours."), "This is ours.", []string{"seen", "waggle", "tlp:amber", "waggle:source=blog", "waggle:source=news", "research"}, true},
		"edited above the seal": {edit("Ours first.\n" + alert.Describe(began())), "Ours first.\n" + alert.Describe(began()), []string{"seen", "waggle", "tlp:amber", "waggle:source=blog", "waggle:source=news", "research"}, true},
		"white space changed":   {edit(spaced), alert.Describe(story()), []string{"seen", "waggle", "tlp:amber", "waggle:source=blog", "waggle:source=news", "research"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			server, raiser := hive(t, "4.1.24-1")
			client, err := thehive.New(thehive.Options{URL: server.URL, Key: thehivetest.Key})
			require.NoError(t, err)
			delivered, err := raiser.Deliver(t.Context(), began())
			require.NoError(t, err)
			require.Len(t, server.Observables(delivered.ID), 4)
			c.analyst(t, client, delivered.ID)
			grown := story()
			if c.recorded {
				grown.Alert = delivered
			}

			got, err := raiser.Deliver(t.Context(), grown)

			require.NoError(t, err)
			assert.Equal(t, waggle.Delivery{ID: delivered.ID, Revision: 2, At: noon()}, got)
			require.Len(t, server.Alerts(), 1)
			assert.Equal(t, c.describe, server.Alerts()[0].Description)
			assert.Equal(t, c.tags, server.Alerts()[0].Tags)
			assert.Len(t, server.Observables(delivered.ID), 5)
		})
	}
}

func TestDeliverRaisesTheMarkings(t *testing.T) {
	for name, c := range map[string]struct {
		version  string
		tlp, pap int // of the story as it has grown; it began with 2 and 1
		holds    []int
		tag      string
	}{
		"a stricter source joins":             {"5.7.3-1", 4, 3, []int{4, 3}, "tlp:red"},
		"a stricter source joins, on 4.1":     {"4.1.24-1", 4, 3, []int{3, 3}, "tlp:red"},
		"a freer source changes nothing":      {"5.7.3-1", 2, 1, []int{2, 1}, "tlp:amber"},
		"an analyst's stricter marking stays": {"5.7.3-1", 1, 0, []int{2, 1}, "tlp:amber"},
	} {
		t.Run(name, func(t *testing.T) {
			server, raiser := hive(t, c.version)
			delivered, err := raiser.Deliver(t.Context(), began())
			require.NoError(t, err)
			grown := story()
			grown.Alert, grown.TLP, grown.PAP = delivered, c.tlp, c.pap
			for range 2 { // the second time as after a crash
				_, err = raiser.Deliver(t.Context(), grown)
				require.NoError(t, err)
			}

			a := server.Alerts()[0]
			assert.Equal(t, c.holds, []int{a.TLP, a.PAP})
			assert.Contains(t, a.Tags, c.tag)
			if c.tag == "tlp:red" {
				assert.NotContains(t, a.Tags, "tlp:amber")
			}
		})
	}
}

func TestDeliverMakesTitlesHarmless(t *testing.T) {
	for name, c := range map[string]struct{ title, want string }{
		"turned round": {"Invoice \u202efdp.exe\u202c\x07\nseen", "Invoice fdp.exe seen"},
		"a live link":  {"Do not open http://evil.example.net/a", "Do not open hxxp://evil[.]example[.]net/a"},
		"nothing left": {"\u200b\u202e", "(no title)"},
	} {
		t.Run(name, func(t *testing.T) {
			server, raiser := hive(t, "4.1.24-1")
			s := story()
			s.Title = c.title
			_, err := raiser.Deliver(t.Context(), s)
			require.NoError(t, err)
			assert.Equal(t, c.want, server.Alerts()[0].Title)
		})
	}
}

func TestDeliverLeavesADeletedAlertDeleted(t *testing.T) {
	for _, version := range []string{"4.1.24-1", "5.2.1"} {
		t.Run(version, func(t *testing.T) {
			server, raiser := hive(t, version)
			s := story()
			s.Alert = waggle.Delivery{ID: "~999", Revision: 1}
			for range 2 { // it grows again and again
				got, err := raiser.Deliver(t.Context(), s)
				require.NoError(t, err)
				assert.Equal(t, waggle.Delivery{ID: "~999", Revision: s.Revision, Error: "its alert was deleted in TheHive, so it is not raised again"}, got)
				s.Alert, s.Revision = got, s.Revision+1
			}
			assert.Empty(t, server.Alerts())
		})
	}
}

func TestDeliverTakesNoOtherServerForADeletedAlert(t *testing.T) {
	elsewhere := httptest.NewServer(http.NotFoundHandler())
	defer elsewhere.Close()
	client, err := thehive.New(thehive.Options{URL: elsewhere.URL, Key: "key"})
	require.NoError(t, err)
	s := story()
	s.Alert = waggle.Delivery{ID: "~999", Revision: 1}

	got, err := alert.New(client, alert.Options{}).Deliver(t.Context(), s)

	require.Error(t, err)
	assert.Equal(t, 1, got.Revision, "the story still waits")
}

func TestDeliverCapsTheObservables(t *testing.T) {
	server, raiser := hive(t, "4.1.24-1")
	s := story()
	for i := range 600 {
		s.Indicators = append(s.Indicators, value(ioc.Domain, fmt.Sprintf("h%d.evil.example.net", i), 2, "b"))
	}

	got, err := raiser.Deliver(t.Context(), s)

	require.NoError(t, err)
	assert.Len(t, server.Observables(got.ID), alert.MaxObservables+1, "and the file with the others")
	assert.Contains(t, server.Alerts()[0].Description, "The first 200 are observables of this alert; 405 more are in the attached file waggle-01234567.csv.")
	assert.Less(t, server.Count(http.MethodPost, "/api/alert/*/artifact"), 10, "many go in one request")
}

func TestDeliverSaysWhatWasRefused(t *testing.T) {
	_, raiser := hive(t, "4.1.24-1")
	s := story()
	s.Indicators = append(s.Indicators, value(ioc.Filename, strings.Repeat("x", thehive.MaxData+1), 2, "b"))

	got, err := raiser.Deliver(t.Context(), s)

	require.NoError(t, err)
	assert.Equal(t, 2, got.Revision)
	assert.Contains(t, got.Error, "TheHive did not take 1 of the values")
	assert.Less(t, len(got.Error), 1000)
}

func TestDeliverFails(t *testing.T) {
	for name, c := range map[string]struct {
		fault  thehivetest.Fault
		reason upstream.Reason
	}{
		"its own failure": {thehivetest.Fault{Status: http.StatusInternalServerError}, upstream.Failure},
		"the key":         {thehivetest.Fault{Status: http.StatusUnauthorized}, upstream.Auth},
		"no answer":       {thehivetest.Fault{Reset: true}, upstream.Network},
	} {
		t.Run(name, func(t *testing.T) {
			server, raiser := hive(t, "4.1.24-1")
			server.Fail(func(r *http.Request) thehivetest.Fault {
				if r.Method == http.MethodPost {
					return c.fault
				}
				return thehivetest.Fault{}
			})
			got, err := raiser.Deliver(t.Context(), story())
			require.ErrorIs(t, err, c.reason)
			assert.NotContains(t, err.Error(), thehivetest.Key)
			assert.Zero(t, got.Revision)
		})
	}
}
