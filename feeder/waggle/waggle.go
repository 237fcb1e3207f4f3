// Package waggle is the feeder's vocabulary: the things that pass from stage
// to stage. It holds data and nothing that acts, so that no stage needs to
// know another.
//
//	source ──▶ Post ──read──▶ Finding ──judge──▶ Judgement ──join──▶ Story ──▶ TheHive alert
package waggle

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"github.com/waggle-cti/waggle/shared/ioc"
)

// ErrNotFound is the error, maybe wrapped, of a lookup by id that found
// nothing.
var ErrNotFound = errors.New("not found")

// Post is one publication of a source, as the source gave it: nothing in it
// has been cleaned or judged, all of it is hostile.
type Post struct {
	Source string `json:"source"` // the source's name in the configuration
	ID     string `json:"id"`     // unique within the source; the store sees to that where the source does not
	URL    string `json:"url,omitempty"`
	Title  string `json:"title"`
	Author string `json:"author,omitempty"`

	// Content is what the source carries of the text, HTML or plain as
	// ContentType says ("text/html" or "text/plain").
	Content     string `json:"content,omitempty"`
	ContentType string `json:"contentType,omitempty"`

	// Whole means that Content is all that stands at URL, as with the posts of
	// social networks: what can be read beyond it is behind the first of Links.
	Whole bool `json:"whole,omitempty"`

	Links      []string `json:"links,omitempty"`      // links beside the text: enclosures, expanded short links
	Categories []string `json:"categories,omitempty"` // the source's own labels; profiles' rules may name them

	Published time.Time `json:"published,omitzero"` // zero where the source does not say
	Fetched   time.Time `json:"fetched"`
}

// Ref is the post's short name everywhere a person meets it (command line,
// page, logs): 16 hex digits made of source and id, so it stays the same over
// restarts, stores and replicas.
func (p Post) Ref() string { return digest("post", p.Source, p.ID)[:16] }

// Apart is the post under an id of its own, for a source that gave its id to
// another post, too. The same post always gets the same one.
func (p Post) Apart() Post {
	p.ID += " " + digest(p.URL, p.Title)[:32]
	return p
}

// When is the time to judge the post's age by: its publication if the source
// told one, else the moment it was fetched.
func (p Post) When() time.Time {
	if p.Published.IsZero() {
		return p.Fetched
	}
	return p.Published
}

// Finding is all that reading a post gave.
type Finding struct {
	// Text is the plain text that was read: of the article where it was
	// fetched, else of the post.
	Text string `json:"text"`
	// Article is the address the text was fetched from; empty when the post
	// itself was read.
	Article string `json:"article,omitempty"`
	// Note says what could not be read, in words ("article: 403 …; the
	// summary was read").
	Note string `json:"note,omitempty"`
	// Indicators are all values found, references and benign ones too: the
	// role tells them apart.
	Indicators []ioc.Indicator `json:"indicators,omitempty"`
}

// Telling gives what a story takes over from the finding, in text order: its
// indicators, and the vulnerabilities and techniques it speaks of whatever
// their role. An advisory is about its CVE even where nobody attacks yet.
func (f Finding) Telling() []ioc.Indicator {
	var out []ioc.Indicator
	for _, i := range f.Indicators {
		if i.Role == ioc.Attack || i.Kind.Subject() && i.Role != ioc.Benign {
			out = append(out, i)
		}
	}
	return out
}

// OfRole gives the finding's indicators that have the role, in text order.
func (f Finding) OfRole(r ioc.Role) []ioc.Indicator {
	var out []ioc.Indicator
	for _, i := range f.Indicators {
		if i.Role == r {
			out = append(out, i)
		}
	}
	return out
}

// Severity is TheHive's scale.
type Severity int

// TheHive's severities.
const (
	Low Severity = 1 + iota
	Medium
	High
	Critical
)

// String gives the word TheHive shows for the severity.
func (s Severity) String() string {
	switch s {
	case Low:
		return "low"
	case Medium:
		return "medium"
	case High:
		return "high"
	case Critical:
		return "critical"
	}
	return "unset"
}

// SeverityOf gives the severity that a word of String's names.
func SeverityOf(word string) (Severity, bool) {
	for s := Low; s <= Critical; s++ {
		if s.String() == word {
			return s, true
		}
	}
	return 0, false
}

// Reason is one step of a score, in words a reader who is no analyst follows.
type Reason struct {
	Points int    `json:"points"`
	Text   string `json:"text"`
	// Do is what to do about it, a sentence; empty where nothing is.
	Do string `json:"do,omitempty"`
	// Link is the page that says how, of a maker that CISA names.
	Link string `json:"link,omitempty"`
	// By is the day until which to do it; zero where nobody set one.
	By time.Time `json:"by,omitzero"`
	// Touches is what of the business the reason is about; empty where it is
	// about the threat alone.
	Touches Touch `json:"touches,omitempty"`
	// Tags are what the reason gives the story: what it is about.
	Tags []string `json:"tags,omitempty"`
	// Threat is the kind of threat that the reason speaks of; empty where it is none.
	Threat ThreatKind `json:"threat,omitempty"`
}

// Touch is what of the business a threat concerns.
type Touch string

// The touches, the nearest first.
const (
	TouchesProduct Touch = "product" // something the business uses
	TouchesVendor  Touch = "vendor"  // the maker of something it uses
	TouchesTrade   Touch = "trade"   // its sector or its country
	TouchesWord    Touch = "word"    // a word of its profile
)

// Judgement is what a profile makes of a finding.
type Judgement struct {
	Keep     bool     `json:"keep"`
	Score    int      `json:"score"` // 0–100
	Severity Severity `json:"severity,omitempty"`
	Reasons  []Reason `json:"reasons,omitempty"`
	// Why is one sentence: what decided that the post was kept or dropped.
	Why string `json:"why"`
}

// Fate is what became of a post.
type Fate string

// The fates. A post leaves Pending for exactly one of the others.
const (
	Pending Fate = "pending" // on its way through the stages
	Told    Fate = "story"   // part of a story
	Dropped Fate = "dropped" // judged not to matter; the reason says why
	Quiet   Fate = "quiet"   // older than `since` when its source was first polled: stored, not alerted
	Failed  Fate = "failed"  // could not be read or judged; the reason says why
)

// Member is a post as a story shows it.
type Member struct {
	Ref       string    `json:"ref"`
	Source    string    `json:"source"`
	URL       string    `json:"url,omitempty"`
	Title     string    `json:"title"`
	Published time.Time `json:"published"`
	Score     int       `json:"score"`
	Joined    string    `json:"joined,omitempty"` // why it belongs to the story; empty for the first
}

// Story is the posts that tell the same threat; it becomes one TheHive alert.
type Story struct {
	ID       string    `json:"id"` // stable; TheHive's sourceRef
	Title    string    `json:"title"`
	Summary  string    `json:"summary,omitempty"` // the first sentences of the first post, plain text
	Source   string    `json:"source"`            // of the first post; TheHive's source
	URL      string    `json:"url,omitempty"`     // of the first post
	Score    int       `json:"score"`             // the highest of its posts
	Severity Severity  `json:"severity"`
	Judged   Severity  `json:"judged"` // the severity that the posts give it, without the verdict
	TLP      int       `json:"tlp"`
	PAP      int       `json:"pap"`
	Tags     []string  `json:"tags,omitempty"`
	Reasons  []Reason  `json:"reasons,omitempty"` // of the post with the highest score
	First    time.Time `json:"first"`
	Last     time.Time `json:"last"`
	Revision int       `json:"revision"` // counts the story's changes, by posts and verdicts, from 1

	Posts      []Member    `json:"posts"`
	Indicators []Indicator `json:"indicators"`
	Alert      Delivery    `json:"alert"`

	// Verdict is what the analyses of its values come to; nil before there is one.
	Verdict *Verdict `json:"verdict,omitempty"`
	// Actions are what rules demanded for it.
	Actions []Action `json:"actions,omitempty"`
	// AnalysisNote says which of its values no analyzer is asked about, and why.
	AnalysisNote string `json:"analysisNote,omitempty"`
}

// Marks counts the story's values that can be searched for, see [Searchable].
func (s Story) Marks() (n int) {
	for _, i := range s.Indicators {
		if Searchable(i.Kind) {
			n++
		}
	}
	return n
}

// Indicator is a value of a story, with the posts it was read in.
type Indicator struct {
	ioc.Indicator
	Posts    []string `json:"posts"`    // refs
	Revision int      `json:"revision"` // of the story when the value came in

	Verdict  *Verdict   `json:"verdict,omitempty"`  // nil before there is one
	Analyses []Analysis `json:"analyses,omitempty"` // by analyzer
}

// Searchable tells the kinds that betray an attack when logs or mail hold them,
// apart from those that a story is about (a vulnerability, a technique).
func Searchable(k ioc.Kind) bool {
	return !k.Subject() && k != ioc.CWE && k != ioc.ASN
}

// Delivery is how far a story's alert has come.
type Delivery struct {
	ID       string    `json:"id,omitempty"`       // TheHive's
	Revision int       `json:"revision,omitempty"` // of the story that TheHive holds; 0 = none yet
	At       time.Time `json:"at,omitzero"`        // when TheHive took that revision
	Error    string    `json:"error,omitempty"`    // of the last try, without secrets
	Next     time.Time `json:"next,omitzero"`      // when a refused alert is tried again
	Tries    int       `json:"tries,omitempty"`    // in a row that failed
}

// StoryID names the story that a post begins. It depends on the post alone,
// so joining the same post again can never begin a second story.
func StoryID(first Post) string { return digest("story", first.Source, first.ID)[:32] }

func digest(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil))
}
