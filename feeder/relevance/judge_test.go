package relevance_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/relevance"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/ioc"
)

func now() time.Time { return time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC) }

// post makes a fresh post and what reading it would give.
func post(title, text string) (waggle.Post, waggle.Finding) {
	full := title + "\n\n" + text
	return waggle.Post{Source: "lab", ID: title, Title: title, Published: now().Add(-time.Hour)},
		waggle.Finding{Text: full, Indicators: ioc.Find(full, ioc.Options{})}
}

func TestJudgeWithTheShippedProfile(t *testing.T) {
	profile, err := relevance.Load("small-business")
	require.NoError(t, err)
	for name, c := range map[string]struct {
		title, text string
		weight      int
		keep        bool
		least       waggle.Severity
		reason      string
	}{
		"what we use is exploited": {
			title: "CVE-2026-11111: Exchange Server flaw exploited in the wild",
			text:  "Attackers are exploiting a flaw in Microsoft Exchange. Apply the emergency update. The web shell talks to 192.0.2[.]77 and evil-mail[.]example.",
			keep:  true, least: waggle.High, reason: "Microsoft Exchange, which you use",
		},
		"a short post with defanged values": {
			title: "#AsyncRAT C2",
			text:  "hxxp://panel.bad-site[.]top/gate.php 203.0.114[.]9 new-loader[.]xyz",
			keep:  true, reason: "indicators of compromise to search for",
		},
		"a post with wallets and a mutex": {
			title: "Ransomware crew's payments",
			text:  "Mutex: Bad_Mutex_01\nbc1qa694cph4pntayqkmxkdf6jgm3naq79fzmf9wev\nDLJWB3mwokagxgEXPGys1AY45kXnrXzNYt",
			keep:  true, reason: "3 indicators of compromise to search for",
		},
		"a report with an appendix, from a trusted source": {
			title: "Inside a loader's new infection chain", weight: 8,
			text: "The malware arrives by phishing. Indicators of compromise:\n" + strings.Repeat("a", 63) + "1\n" + strings.Repeat("b", 63) + "2\ncontrol[.]bad-site[.]top",
			keep: true, reason: "indicators of compromise",
		},
		"an advisory for something else, exploited": {
			title: "CISA adds one known exploited vulnerability to catalog", weight: 10,
			text: "CVE-2026-22222 in ExampleCMS is under active exploitation.",
			keep: true, reason: "exploitation in the wild",
		},
		"a webinar": {
			title: "Webinar: ransomware trends for 2027", weight: 4,
			text: "Join us for a live session with our experts. Register now and save your seat.",
			keep: false, reason: "an event",
		},
		"a newsletter that matters to nobody": {
			title: "Our November newsletter",
			text:  "What's new in our product, customer stories, and where to meet us at the summit.",
			keep:  false, reason: "a newsletter",
		},
		"marketing": {
			title: "ExampleSec named a Leader in the Magic Quadrant for endpoint protection", weight: 4,
			text: "We are proud to announce that our platform protects against malware and ransomware.",
			keep: false, reason: "advertising",
		},
		"a release of what we use": {
			title: "Windows 11 preview build now available",
			text:  "Microsoft has released a preview with new features for the Start menu.",
			keep:  false, reason: "a product's news",
		},
		"news of no concern": {
			title: "City opens new library", text: "The mayor cut the ribbon.", keep: false,
		},
		"an episode, by rule": {
			title: "ISC StormCast for Friday, November 20th, 2026", text: "Exploited in the wild: everything.", keep: false,
		},
		"industrial equipment, by rule": {
			title: "Example PLC", weight: 10,
			text: "Successful exploitation of this vulnerability could allow remote code execution. Critical Infrastructure Sectors: Energy", keep: false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			p, f := post(c.title, c.text)
			j := profile.Judge(p, f, c.weight, now())
			assert.Equal(t, c.keep, j.Keep, "%d: %s %v", j.Score, j.Why, j.Reasons)
			assert.GreaterOrEqual(t, j.Severity, max(c.least, waggle.Low))
			assert.NotEmpty(t, j.Why)
			assertAddsUp(t, j)
			if c.reason != "" {
				assert.Contains(t, texts(j), c.reason)
			}
		})
	}
}

func TestJudgeSaysWhatDecided(t *testing.T) {
	profile := parse(t, "name: ours\nrules:\n  block:\n  - {name: no sport, on: [title], words: [football]}\n  keep:\n  - {name: the boss asked, words: [example corp]}\n")
	for name, c := range map[string]struct{ title, text, why string }{
		"blocked": {"Football and ransomware", "Example Corp plays.", `Dropped by rule "no sport": the title has "Football".`},
		"kept":    {"Quiet day", "Somebody mentioned EXAMPLE corp.", `Kept by rule "the boss asked": the text has "EXAMPLE corp".`},
		"empty":   {"", "", "Dropped: score 5 is below the minimum of 25; too little in it touches this profile."},
		"noise":   {"A webinar", "", "Dropped: score 0 is below the minimum of 25; most by -30: the title speaks of an event (“webinar”)."},
	} {
		t.Run(name, func(t *testing.T) {
			p, f := post(c.title, c.text)
			assert.Equal(t, c.why, profile.Judge(p, f, 0, now()).Why)
		})
	}
}

func TestRulesLookAtEveryField(t *testing.T) {
	for field, p := range map[string]waggle.Post{
		"title": {Title: "the mark"}, "source": {Source: "the mark"}, "author": {Author: "the mark"}, "category": {Categories: []string{"other", "the mark"}},
	} {
		t.Run(field, func(t *testing.T) {
			profile := parse(t, "name: ours\nminimum: 0\nrules:\n  block:\n  - {name: marked, on: ["+field+"], pattern: '(?m)^the m.rk$'}\n")
			assert.False(t, profile.Judge(p, waggle.Finding{}, 0, now()).Keep)
			assert.True(t, profile.Judge(waggle.Post{Title: "x"}, waggle.Finding{Text: "the mark"}, 0, now()).Keep)
		})
	}
}

func TestProductsNeedTheirVendorOrAThreat(t *testing.T) {
	profile := parse(t, "name: ours\nproducts:\n- {vendor: Microsoft, name: Teams, aliases: [M365 chat]}\n- {name: WordPress}\n")
	for name, c := range map[string]struct {
		title, text string
		points      int
	}{
		"vendor and name, with a threat": {"Microsoft Teams used for phishing", "", 25},
		"alias":                          {"Phishing by M365 chat", "", 25},
		"bare name, vendor elsewhere":    {"Phishing through Teams", "Microsoft says so.", 25},
		"bare name alone":                {"Phishing hits red Teams", "", 0},
		"bare name in lower case":        {"Phishing hits teams", "Microsoft says so.", 0},
		"all in small letters":           {"phishing through microsoft teams chats, teams users hit", "", 25},
		"small, vendor apart":            {"phishing through teams, says microsoft", "", 25},
		"in the text":                    {"Phishing", "They use WordPress.", 15},
		"without a threat":               {"WordPress turns twenty", "", 8},
		"part of a word":                 {"Phishing", "WordPressing matters.", 0},
	} {
		t.Run(name, func(t *testing.T) {
			p, f := post(c.title, c.text)
			got := 0
			for _, r := range profile.Judge(p, f, 0, now()).Reasons {
				if strings.Contains(r.Text, "which you use") {
					got += r.Points
				}
			}
			assert.Equal(t, c.points, got)
		})
	}
}

func TestNegatedExploitationIsNone(t *testing.T) {
	profile := parse(t, "name: ours\n")
	p, f := post("Security update for ExampleCMS", "There is no evidence of exploitation in the wild.")
	assert.NotContains(t, texts(profile.Judge(p, f, 0, now())), "exploitation in the wild")
}

func TestAge(t *testing.T) {
	profile := parse(t, "name: ours\n")
	for name, c := range map[string]struct {
		age    time.Duration
		points int
	}{"now": {0, 5}, "this week": {5 * 24 * time.Hour, 2}, "this month": {20 * 24 * time.Hour, 0}, "old": {60 * 24 * time.Hour, -10}, "ancient": {400 * 24 * time.Hour, -20}} {
		t.Run(name, func(t *testing.T) {
			j := profile.Judge(waggle.Post{Published: now().Add(-c.age)}, waggle.Finding{}, 0, now())
			total := 0
			for _, r := range j.Reasons {
				if !strings.HasPrefix(r.Text, "over the limits") {
					total += r.Points
				}
			}
			assert.Equal(t, c.points, total)
		})
	}
}

func FuzzJudge(f *testing.F) {
	profile, err := relevance.Load("small-business")
	require.NoError(f, err)
	f.Add("Exploited in the wild: CVE-2026-1", "no evidence of exploitation 192.0.2.1", 5)
	f.Add("", "", -20)
	f.Fuzz(func(t *testing.T, title, text string, weight int) {
		p, found := post(title, text)
		assertAddsUp(t, profile.Judge(p, found, weight%21, now()))
	})
}

func assertAddsUp(t *testing.T, j waggle.Judgement) {
	t.Helper()
	sum := 0
	for _, r := range j.Reasons {
		sum += r.Points
		assert.NotEmpty(t, r.Text)
	}
	assert.Equal(t, j.Score, sum, "the reasons add up to the score")
	assert.True(t, j.Score >= 0 && j.Score <= 100, j.Score)
}

func texts(j waggle.Judgement) string {
	var out strings.Builder
	for _, r := range j.Reasons {
		out.WriteString(r.Text + "\n")
	}
	return out.String()
}

func parse(t *testing.T, text string) *relevance.Profile {
	t.Helper()
	p, err := relevance.Parse("ours.yaml", []byte(text))
	require.NoError(t, err)
	return p
}
