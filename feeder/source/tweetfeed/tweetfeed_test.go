package tweetfeed_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/source/sourcetest"
	"github.com/waggle-cti/waggle/feeder/source/tweetfeed"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// TestBothFormsBecomeTheSamePosts reads the API's JSON and the archive's CSV.
func TestBothFormsBecomeTheSamePosts(t *testing.T) {
	const archive = "https://raw.githubusercontent.com/0xDanielLopez/TweetFeed/master/today.csv"
	for name, url := range map[string]string{"today.json": tweetfeed.URL, "today.csv": archive} {
		t.Run(name, func(t *testing.T) {
			sourcetest.AtNow(t, func(t *testing.T) {
				text := sourcetest.File(t, name)
				site := sourcetest.Pages(map[string]string{tweetfeed.URL + "week": text, archive: text})
				batch, err := sourcetest.New(t, sourcetest.Spec("tweetfeed", url), site).Poll(t.Context(), nil)
				require.NoError(t, err)
				sourcetest.Golden(t, "posts.golden.json", batch)
			})
		})
	}
}

func TestNoDayIsMissed(t *testing.T) {
	sourcetest.AtNow(t, func(t *testing.T) {
		site := sourcetest.Always("[]")
		s := sourcetest.New(t, sourcetest.Spec("tweetfeed", ""), site)
		first, err := s.Poll(t.Context(), nil)
		require.NoError(t, err)
		_, err = s.Poll(t.Context(), first.Cursor)
		require.NoError(t, err)
		time.Sleep(12*time.Hour + time.Minute) // past midnight
		_, err = s.Poll(t.Context(), first.Cursor)
		require.NoError(t, err)
		assert.Equal(t, []string{tweetfeed.URL + "week", tweetfeed.URL + "today", tweetfeed.URL + "week"}, site.URLs())
	})
}

func TestAFloodIsTakenWhole(t *testing.T) {
	var text strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&text, "2026-11-19 %02d:%02d:00,u,ip,203.0.114.9,,https://twitter.com/u/status/%d\n", i/60%24, i%60, i)
	}
	batch, err := sourcetest.New(t, sourcetest.Spec("tweetfeed", ""), sourcetest.Always(text.String())).Poll(t.Context(), nil)
	require.NoError(t, err)
	assert.Len(t, batch.Posts, 5000)
	assert.Empty(t, batch.Note)
}

func TestFailures(t *testing.T) {
	for name, body := range map[string]string{"a page": "<html><title>x</title>", "an object": `{"error":"x"}`, "another table": "a,b\n"} {
		t.Run(name, func(t *testing.T) {
			_, err := sourcetest.New(t, sourcetest.Spec("tweetfeed", ""), sourcetest.Always(body)).Poll(t.Context(), nil)
			require.ErrorIs(t, err, upstream.Failure)
			assert.ErrorContains(t, err, "not a list of indicators")
		})
	}
}

func FuzzPoll(f *testing.F) {
	f.Add(sourcetest.File(f, "today.json"))
	f.Add(sourcetest.File(f, "today.csv"))
	f.Fuzz(func(t *testing.T, body string) {
		batch, err := sourcetest.New(t, sourcetest.Spec("tweetfeed", ""), sourcetest.Always(body)).Poll(t.Context(), nil)
		sourcetest.Sound(t, batch, err)
	})
}
