package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/waggle-cti/waggle/feeder/wording"
)

// Heading is the report's title.
func (r Report) Heading() string { return "Threats of " + r.Span() }

// Span is the time that the report is about, in words.
func (r Report) Span() string {
	switch days := int(r.Until.Sub(r.Since).Hours()/24 + .5); days {
	case 0, 1:
		return "the last 24 hours"
	default:
		return fmt.Sprintf("the last %d days", days)
	}
}

// Lede is the report in one sentence or two.
func (r Report) Lede() string {
	if r.Posts == 0 && len(r.Threats) == 0 {
		return "Nothing was read in " + r.Span() + ", so this list cannot say that all is quiet. See how the sources are doing."
	}
	counts := map[Urgency]int{}
	for _, t := range r.Threats {
		counts[t.Urgency]++
	}
	read := fmt.Sprintf("%s from %s were read.", wording.Number(r.Posts, "post", "posts"), wording.Number(r.Sources, "source", "sources"))
	if r.Quiet() {
		return "Nothing that matters to you was told in " + r.Span() + ". There is nothing to do. " + read
	}
	var asks []string
	if n := counts[Act]; n > 0 {
		asks = append(asks, wording.Number(n, "threat asks", "threats ask")+" you to act now")
	}
	if n := counts[Check]; n > 0 {
		asks = append(asks, wording.Number(n, "should be checked", "should be checked")+" this week")
	}
	return strings.Join(asks, ", ") + ". " + read
}

// Gap says what may be missing because sources did not answer; empty where
// all did.
func (r Report) Gap() string {
	if len(r.Silent) == 0 {
		return ""
	}
	return fmt.Sprintf("%s did not answer when last asked, so what is told there may be missing: %s.",
		wording.Number(len(r.Silent), "source", "sources"), strings.Join(r.Silent, ", "))
}

// Rest says how many threats are not named; empty where all are.
func (r Report) Rest() string {
	if r.More == 0 {
		return ""
	}
	return wording.Number(r.More, "further story", "further stories") + " of lower score can be seen on the page of stories."
}

// day is a day as readers write it.
func day(t time.Time) string { return t.UTC().Format("Mon 2 January 2006") }

// until is the last day for a step, with a word of warning where it is near or
// gone; empty without one.
func until(by, now time.Time) string {
	if by.IsZero() {
		return ""
	}
	text := "by " + day(by)
	switch left := int(by.Sub(now.UTC().Truncate(24*time.Hour)).Hours() / 24); {
	case left < 0:
		return text + ", overdue"
	case left == 0:
		return text + ", today"
	case left <= 7:
		return text + ", in " + wording.Number(left, "day", "days")
	}
	return text
}
