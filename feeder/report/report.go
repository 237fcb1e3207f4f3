// Package report makes the list of threats for one business: what is current,
// whether it touches the business and why that is believed, what to do and by
// when. It is written for an owner who is no analyst. One [Report] is shown as
// a page, a file, a feed and a mail, which all say the same.
package report

import (
	"context"
	"fmt"
	"time"

	"github.com/waggle-cti/waggle/feeder/waggle"
)

// Most is how many threats a report names; nobody reads further. The others
// are counted.
const Most = 50

// Report is the list of threats of a span of time. Its texts are plain, on one
// line each, and hold no live address but those of the fields called URL and
// Link.
type Report struct {
	Profile string    `json:"profile"` // name of the profile it was judged by
	Since   time.Time `json:"since"`
	Until   time.Time `json:"until"`

	Posts   int      `json:"posts"`   // published in the span and read
	Sources int      `json:"sources"` // that are followed
	Silent  []string `json:"silent"`  // of these, whose last try failed: what they told is missing here

	Threats []Threat `json:"threats"` // the most urgent first
	More    int      `json:"more"`    // threats beyond Most
}

// Threat is one story, in words for its owner.
type Threat struct {
	Story    string    `json:"story"` // the story's id
	Title    string    `json:"title"`
	Summary  string    `json:"summary,omitempty"`
	Urgency  Urgency   `json:"urgency"`
	Severity string    `json:"severity"` // low, medium, high, critical
	Score    int       `json:"score"`    // 0 to 100
	First    time.Time `json:"first"`
	Last     time.Time `json:"last"`

	Verdict waggle.Level `json:"verdict,omitempty"` // of the analyzers; empty before there is one

	Touches waggle.Touch `json:"touches,omitempty"` // the nearest
	Touch   string       `json:"touch"`             // the same as a sentence: does it touch us?
	Why     []string     `json:"why"`               // what that and the urgency rest on, the weightiest first
	Do      []Step       `json:"do"`                // what to do
	Sources []Source     `json:"sources"`           // who tells it, the first first

	Marks  int      `json:"marks"`            // values that logs and mail can be searched for
	Values []string `json:"values,omitempty"` // the first of them, defanged
}

// Step is something to do.
type Step struct {
	Text string    `json:"text"`
	By   time.Time `json:"by,omitzero"`    // the day until which; zero where nobody set one
	Link string    `json:"link,omitempty"` // the page that says how
}

// Source is a publication that tells of a threat.
type Source struct {
	Name      string    `json:"name"`
	Title     string    `json:"title"`
	URL       string    `json:"url,omitempty"` // empty where it must not be opened: it is what the post warns of
	Published time.Time `json:"published"`
}

// Store is what a report is made from.
type Store interface {
	Stories(context.Context, waggle.StoryQuery) ([]waggle.Story, int, error)
	Sources(context.Context) ([]waggle.Health, error)
	// Published counts the posts since then.
	Published(ctx context.Context, since time.Time) (int, error)
}

// Make makes the report of the span that ends now. profile is the name that
// it says it was judged by.
func Make(ctx context.Context, store Store, profile string, span time.Duration, now time.Time) (Report, error) {
	r := Report{Profile: profile, Since: now.Add(-span).UTC(), Until: now.UTC(), Silent: []string{}, Threats: []Threat{}}
	stories, total, err := store.Stories(ctx, waggle.StoryQuery{Since: r.Since, Sort: waggle.ByScore, Limit: Most})
	if err != nil {
		return Report{}, fmt.Errorf("report: %w", err)
	}
	r.More = total - len(stories)
	for _, s := range stories {
		r.Threats = append(r.Threats, threatOf(s))
	}
	rank(r.Threats)
	return r, r.count(ctx, store)
}

// count says what the report rests on.
func (r *Report) count(ctx context.Context, store Store) error {
	posts, err := store.Published(ctx, r.Since)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	r.Posts = posts
	health, err := store.Sources(ctx)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	r.Sources = len(health)
	for _, h := range health {
		if h.Failures > 0 {
			r.Silent = append(r.Silent, h.Name)
		}
	}
	return nil
}

// Quiet tells that nothing in the report asks for action.
func (r Report) Quiet() bool {
	for _, t := range r.Threats {
		if t.Urgency != Know {
			return false
		}
	}
	return true
}

// Group is the threats of one urgency.
type Group struct {
	Urgency Urgency
	Threats []Threat
}

// Groups are the report's threats by urgency, without empty groups.
func (r Report) Groups() []Group {
	var groups []Group
	for _, t := range r.Threats {
		if len(groups) == 0 || groups[len(groups)-1].Urgency != t.Urgency {
			groups = append(groups, Group{Urgency: t.Urgency})
		}
		g := &groups[len(groups)-1]
		g.Threats = append(g.Threats, t)
	}
	return groups
}
