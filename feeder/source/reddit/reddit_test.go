package reddit_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/secret"
	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/feeder/source/kinds"
	"github.com/waggle-cti/waggle/feeder/source/sourcetest"
	"github.com/waggle-cti/waggle/shared/fetch"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// atom is a feed in the shape of Reddit's.
const atom = `<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom"><category term="examplesub" label="r/examplesub"/><title>examplesub</title>
<entry><author><name>/u/kim</name><uri>https://www.reddit.com/user/kim</uri></author><category term="examplesub" label="r/examplesub"/>
<content type="html">&lt;div class=&quot;md&quot;&gt;&lt;p&gt;Seen today: moth-panel[.]top&lt;/p&gt;&lt;/div&gt; submitted by &lt;a href=&quot;https://www.reddit.com/user/kim&quot;&gt;/u/kim&lt;/a&gt;</content>
<id>t3_1abcde</id><link href="https://www.reddit.com/r/examplesub/comments/1abcde/moth/"/><updated>2026-11-19T10:00:00+00:00</updated><published>2026-11-19T10:00:00+00:00</published><title>Moth panel</title></entry></feed>`

func TestTheFeedIsAskedFor(t *testing.T) {
	for name, c := range map[string]struct{ url, user, token, asked string }{
		"without a token": {"https://www.reddit.com/r/examplesub/new/", "", "", "https://www.reddit.com/r/examplesub/new/.rss"},
		"the feed itself": {"https://www.reddit.com/r/examplesub/.rss", "", "", "https://www.reddit.com/r/examplesub/.rss"},
		"with a token":    {"https://www.reddit.com/r/examplesub", "lab", "abc", "https://www.reddit.com/r/examplesub/.rss?feed=abc&user=lab"},
	} {
		t.Run(name, func(t *testing.T) {
			spec := sourcetest.Spec("reddit", c.url)
			spec.User, spec.Token = c.user, secret.New(c.token)
			site := sourcetest.Pages(map[string]string{c.asked: atom})
			batch, err := sourcetest.New(t, spec, site).Poll(t.Context(), nil)
			require.NoError(t, err)
			require.Len(t, batch.Posts, 1)
			assert.Equal(t, "t3_1abcde", batch.Posts[0].ID)
			assert.Equal(t, "/u/kim", batch.Posts[0].Author)
		})
	}
}

func TestFaults(t *testing.T) {
	alone := sourcetest.Spec("reddit", "https://www.reddit.com/r/examplesub/")
	alone.User = "lab"
	for says, spec := range map[string]source.Spec{
		"belongs under token_file":       sourcetest.Spec("reddit", "https://www.reddit.com/r/examplesub/.rss?feed=s3cret&user=lab"),
		"user and token belong together": alone,
	} {
		_, err := kinds.New(spec, nil)
		require.ErrorContains(t, err, says)
		assert.NotContains(t, err.Error(), "s3cret")
	}
}

func TestRefusalsAreExplained(t *testing.T) {
	site := &sourcetest.Site{Answer: func(fetch.Request) (*fetch.Response, error) {
		return nil, &upstream.Error{Service: "www.reddit.com", Reason: upstream.RateLimited, Status: 429}
	}}
	spec := sourcetest.Spec("reddit", "https://www.reddit.com/r/examplesub/")
	_, err := sourcetest.New(t, spec, site).Poll(t.Context(), nil)
	require.ErrorIs(t, err, upstream.RateLimited)
	require.ErrorContains(t, err, "https://www.reddit.com/prefs/feeds")
	spec.User, spec.Token = "lab", secret.New("abc")
	_, err = sourcetest.New(t, spec, site).Poll(t.Context(), nil)
	assert.ErrorContains(t, err, "ask less often")
}

func TestTheTokenStaysSecret(t *testing.T) {
	sourcetest.Leaks(t, func(base string) source.Spec {
		spec := sourcetest.Spec("reddit", base+"/r/examplesub/")
		spec.User = "lab"
		return spec
	})
}
