package web

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestChart(t *testing.T) {
	store := filled()
	doc := open(t, Options{Store: store}, "/sources")
	whole := doc.Find(".chart svg").First()
	assert.Equal(t, "55 posts in 30 days, 4 in stories, 2 stories in TheHive; at most 43 posts a day", whole.AttrOr("aria-label", ""))
	assert.Equal(t, 2, whole.Find("rect.posts").Length(), "days without posts have no bar")
	assert.Equal(t, 1, whole.Find("rect.alerts").Length())
	assert.Equal(t, "Mon 23 November: 43 posts, 2 in stories, 2 in TheHive", text(whole.Find("rect.posts").Last().Find("title")))
	assert.Equal(t, len(store.sources), doc.Find("tbody .small-chart svg").Length(), "one a source")

	assert.Contains(t, doc.Find(".small-chart svg[aria-label*='at most 12 posts a day']").AttrOr("aria-label", ""), "posts in 30 days")

	c := chartOf(store.days, nil, now)
	assert.Equal(t, 43, c.Peak)
	for _, b := range c.Bars {
		assert.GreaterOrEqual(t, b.Y, 0)
		assert.LessOrEqual(t, b.Y+b.Height, c.Height)
		assert.LessOrEqual(t, b.X+b.Width, c.Width)
	}
	assert.Empty(t, chartOf(nil, nil, now).Bars)
	assert.Empty(t, chartOf(store.days, nil, now.AddDate(1, 0, 0)).Bars, "too long ago")
}
