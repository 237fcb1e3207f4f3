package store

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/waggle"
)

// TestAFullDiskTakesAllOrNothing lets SQLite find no room for a poll's posts,
// as on a full disk: the cursor stays before them, and they come in once there
// is room.
func TestAFullDiskTakesAllOrNothing(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "waggle.db"))
	require.NoError(t, err)
	defer func() { assert.NoError(t, s.Close()) }()
	pages := func(most string) {
		_, err := s.write.ExecContext(t.Context(), `PRAGMA max_page_count = `+most)
		require.NoError(t, err)
	}
	now := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	var posts []waggle.Post
	for i := range 200 {
		posts = append(posts, waggle.Post{Source: "blog", ID: fmt.Sprint(i), Title: "Post", Content: strings.Repeat("long ", 1000), Fetched: now})
	}
	poll := func() error {
		return s.DurableTx(t.Context(), func(tx *Tx) error {
			if _, _, err := tx.SavePosts(t.Context(), Arrivals(posts, time.Time{})); err != nil {
				return err
			}
			return tx.Answered(t.Context(), "blog", []byte(`{"etag":"1"}`), "", now, now.Add(time.Hour))
		})
	}
	require.NoError(t, s.Tx(t.Context(), func(tx *Tx) error {
		return tx.SetSources(t.Context(), []Configured{{Name: "blog", Kind: "rss", URL: "https://blog.example.com/feed", Every: time.Hour}})
	}))

	pages("1") // SQLite makes it as many as there are
	require.ErrorContains(t, poll(), "full")
	at, err := s.Position(t.Context(), "blog")
	require.NoError(t, err)
	assert.Zero(t, at)
	_, total, err := s.Posts(t.Context(), waggle.PostQuery{})
	require.NoError(t, err)
	assert.Zero(t, total)

	pages("1000000")
	require.NoError(t, poll())
	_, total, err = s.Posts(t.Context(), waggle.PostQuery{})
	require.NoError(t, err)
	assert.Equal(t, len(posts), total)
}
