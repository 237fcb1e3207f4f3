package bridge_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/secret"
	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/feeder/source/kinds"
	"github.com/waggle-cti/waggle/feeder/source/sourcetest"
)

// nitter is a feed in the shape of Nitter's.
const nitter = `<?xml version="1.0" encoding="UTF-8"?><rss xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0"><channel><title>lab / @examplelab</title>
<item><title>RT by @examplelab: not ours</title><dc:creator>@kim</dc:creator><description>&lt;p&gt;not ours&lt;/p&gt;</description><pubDate>Thu, 19 Nov 2026 11:00:00 GMT</pubDate><guid>https://nitter.example.net/kim/status/1991000000000000009#m</guid><link>https://nitter.example.net/kim/status/1991000000000000009#m</link></item>
<item><title>Moth panel at moth-panel[.]top</title><dc:creator>@examplelab</dc:creator><description>&lt;p&gt;Moth panel at moth-panel[.]top&lt;/p&gt;</description><pubDate>Thu, 19 Nov 2026 10:00:00 GMT</pubDate><guid>1991000000000000001</guid><link>https://nitter.example.net/examplelab/status/1991000000000000001#m</link></item>
</channel></rss>`

func TestWhatIsAskedFor(t *testing.T) {
	for name, c := range map[string]struct {
		kind   string
		change func(*source.Spec)
		asked  string
	}{
		"nitter":              {"nitter", func(s *source.Spec) { s.Accounts = []string{"examplelab", "kim_x"} }, "https://b.example.net/base/examplelab,kim_x/rss"},
		"nitter with replies": {"nitter", func(s *source.Spec) { s.Accounts, s.Replies = []string{"examplelab"}, true }, "https://b.example.net/base/examplelab/with_replies/rss"},
		"RSSHub":              {"rsshub", func(s *source.Spec) { s.Path = "/telegram/channel/examplelab" }, "https://b.example.net/base/telegram/channel/examplelab"},
		"RSSHub with a key":   {"rsshub", func(s *source.Spec) { s.Path, s.Token = "telegram/channel/examplelab?limit=5", secret.New("k") }, "https://b.example.net/base/telegram/channel/examplelab?key=k&limit=5"},
		"RSS-Bridge": {"rssbridge", func(s *source.Spec) {
			s.Path, s.Token = "?action=display&bridge=ExampleBridge&format=Atom", secret.New("k")
		}, "https://b.example.net/base/?action=display&bridge=ExampleBridge&format=Atom&token=k"},
	} {
		t.Run(name, func(t *testing.T) {
			spec := sourcetest.Spec(c.kind, "https://b.example.net/base/")
			c.change(&spec)
			site := sourcetest.Always(nitter)
			batch, err := sourcetest.New(t, spec, site).Poll(t.Context(), nil)
			require.NoError(t, err)
			assert.NotEmpty(t, batch.Posts)
			assert.Equal(t, []string{c.asked}, site.URLs())
		})
	}
}

// TestPostsOfANitterStandOnX: what one Nitter showed is known when another
// shows it.
func TestPostsOfANitterStandOnX(t *testing.T) {
	spec := sourcetest.Spec("nitter", "https://nitter.example.net")
	spec.Accounts = []string{"examplelab"}
	batch, err := sourcetest.New(t, spec, sourcetest.Always(nitter)).Poll(t.Context(), nil)
	require.NoError(t, err)
	require.Len(t, batch.Posts, 1, "no reposts")
	p := batch.Posts[0]
	assert.Equal(t, "https://x.com/examplelab/status/1991000000000000001", p.URL)
	assert.Equal(t, p.URL, p.ID)
	assert.True(t, p.Whole)

	spec.Reposts = true
	batch, err = sourcetest.New(t, spec, sourcetest.Always(nitter)).Poll(t.Context(), nil)
	require.NoError(t, err)
	assert.Len(t, batch.Posts, 2)
}

func TestFaults(t *testing.T) {
	for name, c := range map[string]struct {
		kind, url string
		change    func(*source.Spec)
		says      string
	}{
		"nobody to follow": {"nitter", "https://b.example.net", func(*source.Spec) {}, "name under accounts who is followed"},
		"no name":          {"nitter", "https://b.example.net", func(s *source.Spec) { s.Accounts = []string{"../x"} }, "without @"},
		"no path":          {"rsshub", "https://b.example.net", func(*source.Spec) {}, "path is what follows"},
		"another host":     {"rsshub", "https://b.example.net", func(s *source.Spec) { s.Path = "//evil.example/x" }, "the path cannot be read"},
		"a query":          {"rssbridge", "https://b.example.net/?a=b", func(s *source.Spec) { s.Path = "/x" }, "belongs under path"},
	} {
		t.Run(name, func(t *testing.T) {
			spec := sourcetest.Spec(c.kind, c.url)
			c.change(&spec)
			_, err := kinds.New(spec, nil)
			assert.ErrorContains(t, err, c.says)
		})
	}
}

func TestTheTokenStaysSecret(t *testing.T) {
	for _, kind := range []string{"rsshub", "rssbridge"} {
		sourcetest.Leaks(t, func(base string) source.Spec {
			spec := sourcetest.Spec(kind, base)
			spec.Path = "/x"
			return spec
		})
	}
}
