package source

import (
	"math"
	"slices"
	"time"
)

// Bounds of the time between two polls.
const (
	soonest    = 5 * time.Minute // a source that posts every minute is still asked only so often
	longestOut = 24 * time.Hour  // a failing source is tried at least once a day
	firstRetry = 2 * time.Minute
)

// NextPoll says when a source is to be asked again.
//
// A source that posts often is asked often: half the usual gap between its
// posts of the last week, but never later than `every` and never sooner than
// five minutes or `every`, whichever is shorter. A failing one is asked after 2, 4, 8 …
// minutes, at most a day. `wait` is the least pause: what the source itself
// asked for (Retry-After, Cache-Control: max-age, ttl), or what is polite. It
// is honoured up to a day, so that a wrong header cannot silence a source for
// ever.
//
// recent are the times of its latest posts in any order, failures the polls
// that failed in a row.
func NextPoll(now time.Time, every time.Duration, recent []time.Time, failures int, wait time.Duration) time.Time {
	pause := adapted(now, every, recent)
	if failures > 0 {
		pause = backoff(failures)
	}
	pause = max(pause, min(wait, longestOut))
	return now.Add(pause)
}

// Due tells whether a source that was asked at one time, and is to be asked
// again at another, is to be asked now. When it was asked later than now, or is
// to be asked later than NextPoll ever says, a clock was wrong.
func Due(now, polled, next time.Time, every time.Duration) bool {
	return !next.After(now) || polled.After(now) || next.Sub(now) > max(every, longestOut)
}

// adapted is half the median gap between the posts of the last week.
func adapted(now time.Time, every time.Duration, recent []time.Time) time.Duration {
	var week []time.Time
	for _, t := range recent {
		if age := now.Sub(t); age >= 0 && age <= 7*24*time.Hour {
			week = append(week, t)
		}
	}
	if len(week) < 3 {
		return every
	}
	slices.SortFunc(week, time.Time.Compare)
	gaps := make([]time.Duration, 0, len(week)-1)
	for i := 1; i < len(week); i++ {
		gaps = append(gaps, week[i].Sub(week[i-1]))
	}
	slices.Sort(gaps)
	half := gaps[len(gaps)/2] / 2
	return min(every, max(half, min(soonest, every)))
}

func backoff(failures int) time.Duration {
	steps := math.Exp2(float64(min(failures, 16) - 1))
	return min(time.Duration(steps)*firstRetry, longestOut)
}
