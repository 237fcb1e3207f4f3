package waggle

import (
	"time"

	"github.com/waggle-cti/waggle/shared/ioc"
)

// Reading is a post that a value was read in.
type Reading struct {
	Ref       string    `json:"ref"`
	Source    string    `json:"source"`
	URL       string    `json:"url,omitempty"`
	Title     string    `json:"title"`
	Published time.Time `json:"published"` // when the post was fetched, where its source does not say
	Fetched   time.Time `json:"fetched"`
	Fate      Fate      `json:"fate"`
	Reason    string    `json:"reason,omitempty"` // why that fate, one sentence
	Score     int       `json:"score"`
	Story     string    `json:"story,omitempty"` // the story's id when the fate is Told

	// Kind and Value are what was read: the value that was asked for, or the URL
	// or mail address whose host it is.
	Kind  ioc.Kind `json:"type"`
	Value string   `json:"value"`
	Role  ioc.Role `json:"role"`
	Why   string   `json:"why,omitempty"` // what decided the role, in words
}
