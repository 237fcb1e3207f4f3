package telegram_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/source/kinds"
	"github.com/waggle-cti/waggle/feeder/source/sourcetest"
	"github.com/waggle-cti/waggle/shared/fetch"
	"github.com/waggle-cti/waggle/shared/upstream"
)

const preview = "https://t.me/s/examplelab"

func TestMessagesBecomePosts(t *testing.T) {
	sourcetest.AtNow(t, func(t *testing.T) {
		site := sourcetest.Pages(map[string]string{preview: sourcetest.File(t, "channel.html")})
		batch, err := sourcetest.New(t, sourcetest.Spec("telegram", "https://t.me/examplelab"), site).Poll(t.Context(), nil)
		require.NoError(t, err)
		sourcetest.Golden(t, "posts.golden.json", batch)
	})
}

// TestReadingBackLeavesNoGap: a channel that wrote more than a page since the
// last poll.
func TestReadingBackLeavesNoGap(t *testing.T) {
	newest := 0
	site := &sourcetest.Site{Answer: func(r fetch.Request) (*fetch.Response, error) {
		u, err := url.Parse(r.URL)
		require.NoError(t, err)
		top := newest + 1
		if b := u.Query().Get("before"); b != "" {
			top, err = strconv.Atoi(b)
			require.NoError(t, err)
		}
		var page strings.Builder
		for n := max(1, top-20); n < top; n++ {
			fmt.Fprintf(&page, `<div class="tgme_widget_message" data-post="examplelab/%d"><div class="js-message_text">message %d</div></div>`, n, n)
		}
		return &fetch.Response{Body: []byte(page.String()), ContentType: "text/html"}, nil
	}}
	s := sourcetest.New(t, sourcetest.Spec("telegram", preview), site)
	newest = 30
	first, err := s.Poll(t.Context(), nil)
	require.NoError(t, err)
	assert.Len(t, first.Posts, 20, "the newest page")
	newest = 100
	second, err := s.Poll(t.Context(), first.Cursor)
	require.NoError(t, err)
	seen := map[string]bool{}
	for _, p := range second.Posts {
		seen[p.Title] = true
	}
	for n := 31; n <= 100; n++ {
		assert.True(t, seen[fmt.Sprintf("message %d", n)], "message %d", n)
	}
	assert.JSONEq(t, `{"newest":100}`, string(second.Cursor))
	assert.Len(t, site.Asked, 5)
}

func TestFailures(t *testing.T) {
	for name, c := range map[string]struct {
		answer fetch.Response
		reason upstream.Reason
		says   string
	}{
		"no preview":       {fetch.Response{URL: "https://t.me/examplelab", Body: []byte("<p>You can view and join")}, upstream.NotFound, "shows no preview of the channel examplelab"},
		"no message found": {fetch.Response{Body: []byte("<html><body>changed</body></html>")}, upstream.Failure, "0 messages were found"},
		"nothing":          {fetch.Response{}, upstream.Failure, "0 messages were found"},
	} {
		t.Run(name, func(t *testing.T) {
			site := &sourcetest.Site{Answer: func(fetch.Request) (*fetch.Response, error) { return &c.answer, nil }}
			_, err := sourcetest.New(t, sourcetest.Spec("telegram", preview), site).Poll(t.Context(), json.RawMessage("{"))
			require.ErrorIs(t, err, c.reason)
			assert.ErrorContains(t, err, c.says)
		})
	}
	for _, address := range []string{"https://t.me/", "https://t.me/+AbCdEfGh", "https://t.me/examplelab/120", "https://t.me/ab"} {
		_, err := kinds.New(sourcetest.Spec("telegram", address), nil)
		assert.ErrorContains(t, err, "the address of a public channel is wanted", address)
	}
}

func FuzzPoll(f *testing.F) {
	f.Add(sourcetest.File(f, "channel.html"))
	f.Fuzz(func(t *testing.T, body string) {
		batch, err := sourcetest.New(t, sourcetest.Spec("telegram", preview), sourcetest.Always(body)).Poll(t.Context(), json.RawMessage(`{"newest":1}`))
		sourcetest.Sound(t, batch, err)
	})
}
