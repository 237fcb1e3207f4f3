package bluesky_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/source/kinds"
	"github.com/waggle-cti/waggle/feeder/source/sourcetest"
	"github.com/waggle-cti/waggle/shared/fetch"
	"github.com/waggle-cti/waggle/shared/upstream"
)

const (
	profile = "https://bsky.app/profile/lab.example.com"
	feed    = "https://public.api.bsky.app/xrpc/app.bsky.feed.getAuthorFeed?actor=lab.example.com&filter=posts_and_author_threads&limit=100"
)

func TestItemsBecomePosts(t *testing.T) {
	sourcetest.AtNow(t, func(t *testing.T) {
		site := sourcetest.Pages(map[string]string{feed: sourcetest.File(t, "feed.json")})
		batch, err := sourcetest.New(t, sourcetest.Spec("bluesky", profile), site).Poll(t.Context(), nil)
		require.NoError(t, err)
		sourcetest.Golden(t, "posts.golden.json", batch)
	})
}

func TestRepostsAndRepliesOnDemand(t *testing.T) {
	sourcetest.AtNow(t, func(t *testing.T) {
		site := sourcetest.Pages(map[string]string{strings.Replace(feed, "posts_and_author_threads", "posts_with_replies", 1): sourcetest.File(t, "feed.json")})
		spec := sourcetest.Spec("bluesky", profile)
		spec.Reposts, spec.Replies = true, true
		batch, err := sourcetest.New(t, spec, site).Poll(t.Context(), nil)
		require.NoError(t, err)
		require.Len(t, batch.Posts, 3)
		assert.Equal(t, "kim.example.org", batch.Posts[0].Author)
		assert.Equal(t, time.Date(2026, 11, 19, 12, 0, 0, 0, time.UTC), batch.Posts[0].Published, "when it was repeated")
	})
}

// TestReadingBackLeavesNoGap: an account that wrote more than a page since the
// last poll, and says of its posts that they are old.
func TestReadingBackLeavesNoGap(t *testing.T) {
	sourcetest.AtNow(t, func(t *testing.T) {
		wrote := 0
		site := &sourcetest.Site{Answer: func(r fetch.Request) (*fetch.Response, error) {
			u, err := url.Parse(r.URL)
			require.NoError(t, err)
			top := wrote
			if c := u.Query().Get("cursor"); c != "" {
				top, err = strconv.Atoi(c)
				require.NoError(t, err)
			}
			var list []string
			for id := top; id > max(0, top-100); id-- {
				at := sourcetest.Now().Add(-24*time.Hour + time.Duration(id)*time.Minute).Format(time.RFC3339)
				list = append(list, fmt.Sprintf(`{"post":{"uri":"at://did:plc:lab/app.bsky.feed.post/%d","indexedAt":%q,"record":{"text":"post %d","createdAt":"2001-01-01T00:00:00Z"}}}`, id, at, id))
			}
			return &fetch.Response{Body: fmt.Appendf(nil, `{"cursor":"%d","feed":[%s]}`, top-100, strings.Join(list, ","))}, nil
		}}
		s := sourcetest.New(t, sourcetest.Spec("bluesky", profile), site)
		wrote = 150
		first, err := s.Poll(t.Context(), nil)
		require.NoError(t, err)
		assert.Len(t, first.Posts, 100, "the newest page")

		wrote = 400
		second, err := s.Poll(t.Context(), first.Cursor)
		require.NoError(t, err)
		seen := map[string]bool{}
		for _, p := range second.Posts {
			seen[p.Title] = true
		}
		for id := 151; id <= 400; id++ {
			assert.True(t, seen[fmt.Sprintf("post %d", id)], "post %d", id)
		}
		assert.Len(t, site.Asked, 4)
	})
}

func TestFailures(t *testing.T) {
	for name, c := range map[string]struct {
		site   *sourcetest.Site
		reason upstream.Reason
		says   string
	}{
		"no such account": {sourcetest.Pages(nil), upstream.NotFound, "not found"},
		"a page":          {sourcetest.Always("<html><title>Oops</title>"), upstream.Failure, "not a list of posts"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := sourcetest.New(t, sourcetest.Spec("bluesky", profile), c.site).Poll(t.Context(), json.RawMessage("{"))
			require.ErrorIs(t, err, c.reason)
			assert.ErrorContains(t, err, c.says)
		})
	}
	for _, address := range []string{"https://bsky.app/", "https://bsky.app/profile/", "https://bsky.app/profile/a.example.com/post/3a"} {
		_, err := kinds.New(sourcetest.Spec("bluesky", address), nil)
		assert.ErrorContains(t, err, "the address of an account's page is wanted", address)
	}
}

func FuzzPoll(f *testing.F) {
	f.Add(sourcetest.File(f, "feed.json"))
	f.Add(`{"feed":[{"post":{"uri":"at://did:x/y/z","record":{"text":"é","facets":[{"index":{"byteStart":1,"byteEnd":2},"features":[{"$type":"a#link","uri":"https://x.example"}]}]}}}]}`)
	f.Fuzz(func(t *testing.T, body string) {
		batch, err := sourcetest.New(t, sourcetest.Spec("bluesky", profile), sourcetest.Always(body)).Poll(t.Context(), nil)
		sourcetest.Sound(t, batch, err)
	})
}
