package rss

import (
	"time"

	"github.com/mmcdole/gofeed"

	"github.com/waggle-cti/waggle/feeder/source"
)

// published is when the item says it came out; zero where it does not say, or
// says what cannot be.
func published(item *gofeed.Item, now time.Time) time.Time {
	for _, said := range []struct {
		parsed *time.Time
		text   string
	}{{item.PublishedParsed, item.Published}, {item.UpdatedParsed, item.Updated}} {
		t := source.Date(said.text)
		if said.parsed != nil {
			t = *said.parsed
		}
		if t = source.Sane(t, now); !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}
