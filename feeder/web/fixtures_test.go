package web

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/ioc"
)

// now is the tests' present.
var now = time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC)

// fake is a Store over slices. It answers the page asked for and remembers the
// last queries.
type fake struct {
	stories []waggle.Story
	posts   []waggle.Record
	sources []waggle.Health
	days    []waggle.Day
	off     []waggle.Block // taken off the block lists
	blocks  []waggle.Block
	trouble []waggle.Trouble
	err     error // of every call

	mu      sync.Mutex // of what tests change while pages ask
	changes map[waggle.Topic]int

	storyQuery waggle.StoryQuery
	postQuery  waggle.PostQuery
}

func rowsOf[T any](all []T, offset, limit int) []T {
	return all[min(offset, len(all)):min(offset+limit, len(all))]
}

func (f *fake) Stories(_ context.Context, q waggle.StoryQuery) ([]waggle.Story, int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.storyQuery = q
	return rowsOf(f.stories, q.Offset, q.Limit), len(f.stories), f.err
}

func (f *fake) Story(_ context.Context, id string) (waggle.Story, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.IndexFunc(f.stories, func(s waggle.Story) bool { return s.ID == id })
	if f.err != nil || i < 0 {
		return waggle.Story{}, errors.Join(f.err, fmt.Errorf("story %s: %w", id, waggle.ErrNotFound))
	}
	return f.stories[i], nil
}

func (f *fake) Posts(_ context.Context, q waggle.PostQuery) ([]waggle.Record, int, error) {
	f.postQuery = q
	var fitting []waggle.Record
	for _, p := range f.posts {
		if q.Fate == "" || p.Fate == q.Fate {
			fitting = append(fitting, p)
		}
	}
	return rowsOf(fitting, q.Offset, q.Limit), len(fitting), f.err
}

func (f *fake) Post(_ context.Context, ref string) (waggle.Record, error) {
	i := slices.IndexFunc(f.posts, func(p waggle.Record) bool { return p.Ref == ref })
	if f.err != nil || i < 0 {
		return waggle.Record{}, errors.Join(f.err, fmt.Errorf("post %s: %w", ref, waggle.ErrNotFound))
	}
	return f.posts[i], nil
}

func (f *fake) Days(context.Context, time.Time) ([]waggle.Day, error) { return f.days, f.err }

func (f *fake) Published(context.Context, time.Time) (posts int, err error) {
	for _, d := range f.days {
		posts += d.Posts
	}
	return posts, f.err
}

func (f *fake) Troubles(context.Context) ([]waggle.Trouble, error) { return f.trouble, f.err }

func (f *fake) Alerts(context.Context, time.Time) (map[time.Time]int, error) {
	return map[time.Time]int{now.Truncate(24 * time.Hour): 2}, f.err
}

func (f *fake) Blocks(context.Context, time.Time) ([]waggle.Block, time.Time, error) {
	return f.blocks, now, f.err
}

func (f *fake) Unblocked(context.Context, int) ([]waggle.Block, error) { return f.off, f.err }

func (f *fake) Changes(context.Context) (map[waggle.Topic]int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.changes), f.err
}

// fail makes every call fail.
func (f *fake) fail(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err = err
}

// change adds to what changed.
func (f *fake) change(topic waggle.Topic) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.changes[topic]++
}

// Readings finds a value in the stories alone.
func (f *fake) Readings(_ context.Context, value string) ([]waggle.Reading, error) {
	var found []waggle.Reading
	for _, story := range f.stories {
		for _, i := range story.Indicators {
			for _, p := range story.Posts {
				if i.Value == value && slices.Contains(i.Posts, p.Ref) {
					found = append(found, waggle.Reading{Ref: p.Ref, Source: p.Source, URL: p.URL, Title: p.Title, Published: p.Published, Fetched: p.Published,
						Fate: waggle.Told, Score: p.Score, Story: story.ID, Kind: i.Kind, Value: i.Value, Role: i.Role, Why: i.Why})
				}
			}
		}
	}
	return found, f.err
}

func (f *fake) Sources(context.Context) ([]waggle.Health, error) { return f.sources, f.err }

// indicator makes one that stands in no text.
func indicator(k ioc.Kind, value string) ioc.Indicator {
	return ioc.Indicator{Kind: k, Value: value, Raw: value, Role: ioc.Attack, Confidence: 90, Why: "written defanged"}
}

func inPosts(i ioc.Indicator, refs ...string) waggle.Indicator {
	return waggle.Indicator{Indicator: i, Posts: refs, Revision: 1}
}

func record(source, id, title string, fate waggle.Fate, ago time.Duration) waggle.Record {
	p := waggle.Post{Source: source, ID: id, URL: "https://" + source + ".example/" + id, Title: title,
		Published: now.Add(-ago), Fetched: now.Add(-ago / 2)}
	return waggle.Record{Post: p, Ref: p.Ref(), Fate: fate}
}

const hash = "7d3f0a9be1c24f6a8b5c0d1e2f30415263748596a7b8c9daebfc0d1e2f304152"

// filled is a store after a few days of work: each fate, each state of an
// alert, healthy and failing sources.
func filled() *fake {
	first := record("northcert", "adv-2026-118", "Exploited flaw in Contoso VPN gateways lets attackers in without a password", waggle.Told, 5*time.Hour)
	second := record("harbourlab", "contoso-vpn", "Inside the Contoso VPN break-ins: web shell, loader and what to look for", waggle.Told, 2*time.Hour)
	text := "The loader was fetched from hxxps://cdn-update-4471.top/a/loader.bin and has SHA-256 " + hash +
		". Read the maintainer's notice at https://contoso.example/advisory before patching."
	at := func(k ioc.Kind, raw, value string, role ioc.Role, why string) ioc.Indicator {
		start := strings.Index(text, raw)
		return ioc.Indicator{Kind: k, Value: value, Raw: raw, Start: start, End: start + len(raw), Role: role, Confidence: 90, Why: why}
	}
	second.Finding = &waggle.Finding{Text: text, Article: second.URL, Indicators: []ioc.Indicator{
		at(ioc.URL, "hxxps://cdn-update-4471.top/a/loader.bin", "https://cdn-update-4471.top/a/loader.bin", ioc.Attack, "written defanged"),
		at(ioc.SHA256, hash, hash, ioc.Attack, "a hash in a report"),
		at(ioc.URL, "https://contoso.example/advisory", "https://contoso.example/advisory", ioc.Reference, "a plain link in prose"),
		{Kind: ioc.IP, Value: "192.0.2.10", Raw: "192.0.2.10", Start: 0, End: 10, Role: ioc.Benign, Confidence: 99, Why: "documentation range, RFC 5737"},
	}}
	reasons := []waggle.Reason{
		{Points: 30, Text: "names Contoso VPN, which you use", Touches: waggle.TouchesProduct},
		{Points: 25, Text: "CVE-2026-90417 is exploited: on CISA's list since 2026-11-20", Do: "Fix CVE-2026-90417 in Contoso VPN",
			By: now.Truncate(24*time.Hour).AddDate(0, 0, 4), Link: "https://contoso.example/advisory"},
		{Points: 15, Text: "lists 14 indicators, most of them written defanged"},
		{Points: 8, Text: "told by two sources"},
		{Points: -4, Text: "five hours old"},
	}
	second.Score, second.Severity, second.Reason = 74, waggle.High, "74 points, at least 40 are needed"
	second.Judgement = &waggle.Judgement{Keep: true, Score: 74, Severity: waggle.High, Reasons: reasons, Why: second.Reason}
	first.Score, first.Severity, first.Reason = 61, waggle.High, "61 points, at least 40 are needed"

	dropped := record("vendorblog", "webinar", "Join our webinar: ten trends that will shape 2027", waggle.Dropped, 26*time.Hour)
	dropped.Score, dropped.Reason = 6, "6 points, at least 40 are needed: nothing in it names a threat or a product of yours"
	dropped.Judgement = &waggle.Judgement{Score: 6, Why: dropped.Reason, Reasons: []waggle.Reason{{Points: 6, Text: "names ransomware once, in passing"}}}
	dropped.Finding = &waggle.Finding{Text: "Join us.", Note: "article: 403 Forbidden; the summary was read"}
	quiet := record("northcert", "adv-2026-090", "Weekly bulletin 40", waggle.Quiet, 400*time.Hour)
	quiet.Reason = "older than 72 hours when its source was first asked"
	failed := record("slowfeed", "x-1", "Analysis of a new stealer", waggle.Failed, 3*time.Hour)
	failed.Reason = "slowfeed.example: network: no answer in 30 s, four times"
	pending := record("harbourlab", "kit", "A phishing kit that follows the calendar", waggle.Pending, time.Minute)

	member := func(r waggle.Record, joined string) waggle.Member {
		return waggle.Member{Ref: r.Ref, Source: r.Source, URL: r.URL, Title: r.Title, Published: r.Published, Score: r.Score, Joined: joined}
	}
	story := func(of waggle.Record, score int, s waggle.Severity, alert waggle.Delivery) waggle.Story {
		return waggle.Story{ID: waggle.StoryID(of.Post), Title: of.Title, Source: of.Source, URL: of.URL, Score: score, Severity: s,
			TLP: 2, PAP: 2, First: of.Published, Last: of.Published, Revision: 1, Posts: []waggle.Member{member(of, "")}, Alert: alert}
	}

	vpn := story(first, 74, waggle.High, waggle.Delivery{ID: "~40968", Revision: 2, At: now.Add(-time.Hour)})
	vpn.Summary = "Attackers are using a flaw in Contoso VPN gateways to run commands before anyone has logged in. The maker has a fix; gateways that were reachable since early November should be searched for a web shell."
	vpn.Last, vpn.Revision, vpn.Reasons = second.Published, 2, reasons
	vpn.Tags = []string{"waggle", "waggle:source=northcert", "tlp:amber"}
	vpn.Posts = append(vpn.Posts, member(second, "both name CVE-2026-90417 and two of the same hashes"))
	second.Story, first.Story = vpn.ID, vpn.ID
	vpn.Indicators = []waggle.Indicator{
		inPosts(indicator(ioc.CVE, "CVE-2026-90417"), first.Ref, second.Ref),
		inPosts(indicator(ioc.Domain, "cdn-update-4471.top"), second.Ref),
		inPosts(indicator(ioc.URL, "https://cdn-update-4471.top/a/loader.bin"), second.Ref),
		inPosts(indicator(ioc.SHA256, hash), first.Ref, second.Ref),
		inPosts(indicator(ioc.Technique, "T1505.003"), second.Ref),
	}
	vpn.Verdict = &waggle.Verdict{Level: waggle.Malicious, Why: "Of 14 values: 1 malicious; 13 were not analysed."}
	vpn.Indicators[2].Verdict = &waggle.Verdict{Level: waggle.Malicious, Why: "URLhaus (Threat: malware_download) says malicious."}
	vpn.Indicators[2].Analyses = []waggle.Analysis{
		{Analyzer: "Waggle_URLhaus_1_0", State: waggle.AnalysisDone, At: now.Add(-time.Hour),
			Taxonomies: []waggle.Taxonomy{{Level: waggle.Malicious, Namespace: "URLhaus", Predicate: "Threat", Value: "malware_download"}}},
		{Analyzer: "Waggle_MISP_1_0", State: waggle.AnalysisFailed, At: now.Add(-time.Hour), Note: "MISP: no answer"},
	}
	vpn.Actions = []waggle.Action{
		{Name: waggle.ToCase, Rule: "grave ones", State: waggle.ActionWanted, Error: "TheHive: no answer", Next: now.Add(time.Minute)},
		{Name: waggle.ToMISP, Rule: "grave ones", State: waggle.ActionDone, Note: "Made MISP event 7: it holds 14 of 14 attributes."},
	}
	for i := range 9 {
		digest := fmt.Sprintf("%032d", 0)
		digest = hex.EncodeToString([]byte(digest))[:62] + fmt.Sprintf("%02x", i)
		vpn.Indicators = append(vpn.Indicators, inPosts(indicator(ioc.SHA256, digest), second.Ref))
	}

	one := record("harbourlab", "lockfile", "Ransomware crew calls the help desk first: a case from a dental practice", waggle.Told, 20*time.Hour)
	two := record("packetpress", "npm", "Two npm packages with 40,000 weekly downloads shipped a credential stealer", waggle.Told, 30*time.Hour)
	three := record("northcert", "kit", "Parcel-delivery phishing with fresh domains every morning", waggle.Told, 50*time.Hour)
	four := record("packetpress", "printer", "Printer management tool leaves its database open", waggle.Told, 60*time.Hour)
	return &fake{
		changes: map[waggle.Topic]int{},
		stories: []waggle.Story{
			vpn,
			story(one, 88, waggle.Critical, waggle.Delivery{Error: "TheHive: rate limited (429): it is busy: it is tried again in 30 s"}),
			story(two, 63, waggle.High, waggle.Delivery{}),
			story(three, 47, waggle.Medium, waggle.Delivery{ID: "~8232", Revision: 1, At: now.Add(-48 * time.Hour)}),
			story(four, 41, waggle.Low, waggle.Delivery{ID: "~12320", Revision: 1, At: now.Add(-50 * time.Hour)}),
		},
		blocks: []waggle.Block{
			{Kind: ioc.Domain, Value: "cdn-update-4471.top", Reason: "C2 of the loader", Record: "case 118", By: "kim@example.com", Added: now.Add(-2 * time.Hour), Until: now.AddDate(0, 0, 90)},
			{Kind: ioc.URL, Value: "https://cdn-update-4471.top/a/loader.bin", Reason: "Inside the Contoso VPN break-ins", Record: "case 118", By: "kim@example.com", Added: now.Add(-2 * time.Hour), Until: now.AddDate(0, 0, 90)},
			{Kind: ioc.IP, Value: "203.0.113.77", Reason: "scans the gateways", Record: "alert ~40968", By: "waggle@example.com", Added: now.AddDate(0, 0, -29), Until: now.Add(22 * time.Hour)},
			{Kind: ioc.SHA256, Value: hash, Reason: "the loader", Record: "case 118", By: "kim@example.com", Added: now.AddDate(0, 0, -2), Until: now.AddDate(0, 0, 363)},
		},
		posts: []waggle.Record{pending, second, failed, first, dropped, quiet},
		days: []waggle.Day{
			{Day: now.Truncate(24*time.Hour).AddDate(0, 0, -1), Source: "harbourlab", Posts: 12, Told: 2},
			{Day: now.Truncate(24 * time.Hour), Source: "harbourlab", Posts: 3, Told: 1},
			{Day: now.Truncate(24 * time.Hour), Source: "northcert", Posts: 40, Told: 1},
		},
		sources: []waggle.Health{
			{Name: "harbourlab", Kind: "rss", URL: "https://harbourlab.example/feed.xml", Every: 30 * time.Minute,
				Polled: now.Add(-4 * time.Minute), Answered: now.Add(-4 * time.Minute), Next: now.Add(26 * time.Minute), Posts: 214, Told: 31, Dropped: 181, Latest: second.Published},
			{Name: "northcert", Kind: "rss", URL: "https://northcert.example/atom", Every: time.Hour,
				Polled: now.Add(-40 * time.Minute), Answered: now.Add(-40 * time.Minute), Next: now.Add(20 * time.Minute), Posts: 1096, Told: 88, Dropped: 1007},
			{Name: "slowfeed", Kind: "rss", URL: "https://slowfeed.example/rss", Every: time.Hour, Failures: 4,
				Polled: now.Add(-10 * time.Minute), Answered: now.Add(-9 * time.Hour), Next: now.Add(3 * time.Hour), Posts: 12, Told: 1, Dropped: 11,
				Error: "slowfeed.example: network: no answer in 30 s: check that the address opens in a browser"},
			{Name: "newcomer", Kind: "rss", URL: "https://newcomer.example/rss", Every: 90 * time.Minute},
		},
	}
}
