package web

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/ioc"
)

// Bounds of what a lookup lists; it counts all.
const (
	mostReadings = 100
	mostTelling  = 20
)

// lookup is /api/v1/lookup: where a value was read.
type lookup struct {
	Value   string           `json:"value"`          // normalised
	Kind    ioc.Kind         `json:"type,omitempty"` // where the value shows it by itself
	Total   int              `json:"total"`          // of posts
	First   time.Time        `json:"first,omitzero"` // time of the oldest post
	Last    time.Time        `json:"last,omitzero"`  // and of the newest
	Sources []string         `json:"sources"`        // names of the posts' sources
	Posts   []waggle.Reading `json:"posts"`          // the newest
	Told    int              `json:"told"`           // in so many stories
	Stories []telling        `json:"stories"`        // those of the newest posts
}

// telling is a story whose posts a value was read in.
type telling struct {
	ID       string          `json:"id"`
	Title    string          `json:"title"`
	Summary  string          `json:"summary,omitempty"`
	Score    int             `json:"score"`
	Severity waggle.Severity `json:"severity"`
	TLP      int             `json:"tlp"`
	PAP      int             `json:"pap"`
	Tags     []string        `json:"tags,omitempty"`
	First    time.Time       `json:"first"`
	Last     time.Time       `json:"last"`
	Posts    int             `json:"posts"`
	Alert    string          `json:"alert,omitempty"`   // TheHive's id of its alert
	Verdict  *waggle.Verdict `json:"verdict,omitempty"` // of the story; missing before there is one

	// OfValue and Analyses are what is said of the value itself. They are missing
	// before there is anything, and where the story only cites the value.
	OfValue  *waggle.Verdict   `json:"verdictOfValue,omitempty"`
	Analyses []waggle.Analysis `json:"analyses,omitempty"`
}

func (s *site) lookup(r *http.Request) (lookup, error) {
	value, err := lookupQuery(r.URL)
	if err != nil {
		return lookup{}, err
	}
	found := lookup{Value: value, Sources: []string{}, Posts: []waggle.Reading{}, Stories: []telling{}}
	if known, ok := ioc.Parse(value); ok {
		found.Value, found.Kind = known.Value, known.Kind
	}
	readings, err := s.Store.Readings(r.Context(), found.Value)
	if err != nil {
		return lookup{}, err
	}
	stories := found.count(readings)
	found.Posts = append(found.Posts, readings[:min(mostReadings, len(readings))]...)
	for _, id := range stories[:min(mostTelling, len(stories))] {
		story, err := s.Store.Story(r.Context(), id)
		if err != nil {
			return lookup{}, err
		}
		found.Stories = append(found.Stories, tellingOf(story, found.Value))
	}
	return found, nil
}

// count counts the posts, and gives the ids of their stories.
func (l *lookup) count(readings []waggle.Reading) (stories []string) {
	for _, r := range readings {
		if !slices.Contains(l.Sources, r.Source) {
			l.Sources = append(l.Sources, r.Source)
		}
		if r.Story != "" && !slices.Contains(stories, r.Story) {
			stories = append(stories, r.Story)
		}
	}
	if l.Total = len(readings); l.Total > 0 {
		l.First, l.Last = readings[l.Total-1].Published, readings[0].Published
	}
	l.Told = len(stories)
	return stories
}

func tellingOf(s waggle.Story, value string) telling {
	t := telling{ID: s.ID, Title: s.Title, Summary: s.Summary, Score: s.Score, Severity: s.Severity, TLP: s.TLP, PAP: s.PAP,
		Tags: s.Tags, First: s.First, Last: s.Last, Posts: len(s.Posts), Alert: s.Alert.ID, Verdict: s.Verdict}
	for _, i := range s.Indicators {
		if i.Value == value {
			t.OfValue, t.Analyses = i.Verdict, i.Analyses
		}
	}
	return t
}

func lookupQuery(u *url.URL) (value string, err error) {
	q, err := parse(u)
	if err != nil {
		return "", err
	}
	if value = q.text("value"); value == "" {
		q.refuse("value", "give the value to look up, defanged or not")
	}
	return value, q.done()
}
