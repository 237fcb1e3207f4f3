package waggle

import "time"

// Record is a post with everything that is known of it: what `explain` and
// the page show.
type Record struct {
	Post
	Ref       string     `json:"ref"`
	Fate      Fate       `json:"fate"`
	Reason    string     `json:"reason"` // why that fate, one sentence
	Score     int        `json:"score"`
	Severity  Severity   `json:"severity,omitempty"`
	Story     string     `json:"story,omitempty"` // the story's id when the fate is Told
	Finding   *Finding   `json:"finding,omitempty"`
	Judgement *Judgement `json:"judgement,omitempty"`
}

// Health is how a source is doing.
type Health struct {
	Name     string        `json:"name"`
	Kind     string        `json:"kind"`
	URL      string        `json:"url"` // without secrets
	Every    time.Duration `json:"every"`
	Polled   time.Time     `json:"polled,omitzero"`   // last try
	Answered time.Time     `json:"answered,omitzero"` // last try that succeeded
	Next     time.Time     `json:"next,omitzero"`
	Failures int           `json:"failures"`        // in a row; 0 = healthy
	Error    string        `json:"error,omitempty"` // of the last try
	Note     string        `json:"note,omitempty"`  // of the last answer: what was left out, what a budget has left
	Posts    int           `json:"posts"`           // stored in all
	Told     int           `json:"told"`            // of these, in stories
	Dropped  int           `json:"dropped"`
	Latest   time.Time     `json:"latest,omitzero"` // time of the newest post
}

// StoryQuery chooses stories; zero fields choose everything.
type StoryQuery struct {
	Severity  Severity // at least
	Source    string   // one of its posts is from it
	Text      string   // in a title or a text, any case
	Indicator string   // a value, defanged or not, exact
	Since     time.Time
	Sort      StorySort
	Offset    int
	Limit     int // 0 = 50
}

// StorySort is an order of stories.
type StorySort string

// The orders.
const (
	ByScore  StorySort = "score" // highest first, then newest
	ByNewest StorySort = "newest"
	ByPosts  StorySort = "posts" // most told first
)

// PostQuery chooses posts; zero fields choose everything, newest first.
type PostQuery struct {
	Fate   Fate
	Source string
	Text   string
	Offset int
	Limit  int // 0 = 50, negative = all
}

// Day counts what one source published on one day (UTC).
type Day struct {
	Day    time.Time `json:"day"` // its beginning
	Source string    `json:"source"`
	Posts  int       `json:"posts"`
	Told   int       `json:"told"` // of these, in stories
}

// Topic is something that pages show and that changes.
type Topic string

// The topics.
const (
	ChangedPosts   Topic = "posts"
	ChangedStories Topic = "stories" // or how far an alert has come
	ChangedSources Topic = "sources"
)

// MostFound is how many posts a search for words gives at most, those that
// were read last: a word may stand in every post.
const MostFound = 1000
