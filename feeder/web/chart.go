package web

import (
	"fmt"
	"slices"
	"time"

	"github.com/waggle-cti/waggle/feeder/waggle"
)

// The size of the chart of days, in its own units.
const (
	chartDays   = 30
	chartHeight = 90
	chartStep   = 20 // from one day to the next
	barWidth    = 14
)

// chart is posts and alerts by day, drawn as SVG.
type chart struct {
	Width, Height int
	Label         string // what it shows, for who cannot see it
	Bars          []bar
	Peak          int // the posts of the highest bar
}

// bar is one day's, or a part of it.
type bar struct {
	Class         string // posts, told, alerts
	X, Y          int
	Width, Height int
	Title         string
}

// shape is all bars of one class as one path: a page of a hundred small charts
// has six thousand bars.
type shape struct{ Class, Path string }

// Shapes are the bars without their titles.
func (c chart) Shapes() []shape {
	var all []shape
	for _, b := range c.Bars {
		at := slices.IndexFunc(all, func(s shape) bool { return s.Class == b.Class })
		if at < 0 {
			at, all = len(all), append(all, shape{Class: b.Class})
		}
		all[at].Path += fmt.Sprintf("M%d %dh%dv%dh-%dz", b.X, b.Y, b.Width, b.Height, b.Width)
	}
	return all
}

// activity are the counts of one day.
type activity struct{ posts, told, alerts int }

// chartOf draws the last days; alerts may be nil.
func chartOf(days []waggle.Day, alerts map[time.Time]int, now time.Time) chart {
	first := now.UTC().Truncate(24*time.Hour).AddDate(0, 0, 1-chartDays)
	var counts [chartDays]activity
	at := func(day time.Time) *activity {
		if n := int(day.Sub(first) / (24 * time.Hour)); n >= 0 && n < chartDays {
			return &counts[n]
		}
		return &activity{} // outside of what is drawn
	}
	for _, d := range days {
		at(d.Day).posts += d.Posts
		at(d.Day).told += d.Told
	}
	for day, n := range alerts {
		at(day).alerts += n
	}
	return draw(counts, first)
}

func draw(counts [chartDays]activity, first time.Time) chart {
	c := chart{Width: chartDays * chartStep, Height: chartHeight}
	var sum activity
	for _, n := range counts {
		c.Peak = max(c.Peak, n.posts)
		sum.posts, sum.told, sum.alerts = sum.posts+n.posts, sum.told+n.told, sum.alerts+n.alerts
	}
	c.Label = fmt.Sprintf("%s in %d days, %d in stories, %s in TheHive; at most %d posts a day",
		count(sum.posts, "post", "posts"), chartDays, sum.told, count(sum.alerts, "story", "stories"), c.Peak)
	for i, n := range counts {
		title := fmt.Sprintf("%s: %s, %d in stories, %d in TheHive", first.AddDate(0, 0, i).Format("Mon 2 January"), count(n.posts, "post", "posts"), n.told, n.alerts)
		c.add("posts", i, n.posts, title)
		c.add("told", i, n.told, title)
		if n.alerts > 0 {
			c.Bars = append(c.Bars, bar{"alerts", i*chartStep + barWidth/2 - 3, 0, 6, 6, title})
		}
	}
	return c
}

// add draws n of a day, seen however few they are.
func (c *chart) add(class string, day, n int, title string) {
	if n == 0 {
		return
	}
	const room = chartHeight - 10 // above it are the marks of alerts
	height := max(2, n*room/c.Peak)
	c.Bars = append(c.Bars, bar{class, day * chartStep, chartHeight - height, barWidth, height, title})
}
