package demo

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/reading"
	"github.com/waggle-cti/waggle/feeder/relevance"
	"github.com/waggle-cti/waggle/feeder/source/kinds"
	"github.com/waggle-cti/waggle/feeder/story"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/fetch"
	"github.com/waggle-cti/waggle/shared/ioc"
)

// seen is what the feeder's stages make of a post.
type seen struct {
	post      waggle.Post
	finding   waggle.Finding
	judgement waggle.Judgement
	story     string
	joined    string
}

// since is the feeder's default: older posts are kept quiet at a first poll.
const since = 72 * time.Hour

// visit takes the posts through the real stages, oldest first, and gives what
// became of each young enough, by the name of its file.
func visit(t *testing.T) map[string]seen {
	t.Helper()
	server := httptest.NewServer(Handler())
	t.Cleanup(server.Close)
	client, err := fetch.New(fetch.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	require.NoError(t, err)
	profile, err := relevance.Load("small-business")
	require.NoError(t, err)
	reader := reading.New(reading.Options{Client: client})

	var all []seen
	for _, spec := range Sources(server.URL) {
		feed, err := kinds.New(spec, client)
		require.NoError(t, err)
		batch, err := feed.Poll(context.Background(), nil)
		require.NoError(t, err, spec.Name)
		for _, p := range batch.Posts {
			if time.Since(p.Published) > since {
				continue
			}
			f, err := reader.Read(context.Background(), p, reading.Terms{Home: spec.URL})
			require.NoError(t, err, p.Title)
			all = append(all, seen{post: p, finding: f, judgement: profile.Judge(p, f, spec.Weight, time.Now())})
		}
	}
	slices.SortFunc(all, func(a, b seen) int { return a.post.Published.Compare(b.post.Published) })

	var stories []story.Candidate
	out := map[string]seen{}
	for _, s := range all {
		if s.judgement.Keep {
			keys := story.Keys(s.post, s.finding)
			id, why, ok := story.Match(s.post, keys, stories, 14*24*time.Hour)
			if !ok {
				id = waggle.StoryID(s.post)
			}
			s.story, s.joined = id, why
			stories = append(stories, story.Candidate{Story: id, Keys: keys, Last: s.post.Published, Title: s.post.Title})
		}
		out[s.post.ID[len("demo:"):]] = s
	}
	return out
}

func TestPosts(t *testing.T) {
	all := visit(t)
	want := map[string]struct {
		kept       bool
		indicators int // at least, of role indicator
	}{
		"01-vpn-advisory":      {true, 2},
		"02-vpn-research":      {true, 8},
		"03-phishing-note":     {true, 4},
		"04-ransomware-case":   {true, 4},
		"05-phishing-kit":      {true, 5},
		"06-stealer-analysis":  {true, 5},
		"07-npm-packages":      {true, 3},
		"08-product-release":   {false, 0},
		"09-parcel-summary":    {true, 5},
		"10-weekly-letter":     {false, 0},
		"11-call-for-papers":   {false, 0},
		"12-exchange-advisory": {true, 0},
	}
	assert.ElementsMatch(t, slices.Collect(maps.Keys(want)), slices.Collect(maps.Keys(all)))
	for name, w := range want {
		t.Run(name, func(t *testing.T) {
			s := all[name]
			found := s.finding.OfRole(ioc.Attack)
			told := fmt.Sprintf("score %d: %s %v\n%v", s.judgement.Score, s.judgement.Why, s.judgement.Reasons, found)
			assert.Equal(t, w.kept, s.judgement.Keep, told)
			assert.GreaterOrEqual(t, len(found), w.indicators, told)
			if !w.kept {
				assert.Empty(t, found)
			}
			assert.Empty(t, s.finding.Note)
		})
	}

	t.Run("two sources tell of the VPN, two of the phishing kit", func(t *testing.T) {
		assert.Equal(t, all["01-vpn-advisory"].story, all["02-vpn-research"].story, all["02-vpn-research"].joined)
		assert.Equal(t, all["03-phishing-note"].story, all["05-phishing-kit"].story, all["05-phishing-kit"].joined)
		stories := map[string]bool{}
		for _, s := range all {
			if s.story != "" {
				stories[s.story] = true
			}
		}
		assert.Len(t, stories, 7)
	})
	t.Run("a summary is read as its article", func(t *testing.T) {
		assert.NotEmpty(t, all["09-parcel-summary"].finding.Article)
	})
	t.Run("only the sinkhole of the appendix is benign", func(t *testing.T) {
		benign := all["02-vpn-research"].finding.OfRole(ioc.Benign)
		require.Len(t, benign, 1)
		assert.Equal(t, "192.0.2.44", benign[0].Value)
	})
}

func TestHandlerSaysWhenNothingIsNew(t *testing.T) {
	h := Handler()
	for _, c := range channels {
		first := httptest.NewRecorder()
		h.ServeHTTP(first, httptest.NewRequest(http.MethodGet, "http://127.0.0.1:8080"+c.address(), nil))
		require.Equal(t, http.StatusOK, first.Code)
		again := httptest.NewRequest(http.MethodGet, "http://127.0.0.1:8080"+c.address(), nil)
		again.Header.Set("If-None-Match", first.Header().Get("ETag"))
		second := httptest.NewRecorder()
		h.ServeHTTP(second, again)
		assert.Equal(t, http.StatusNotModified, second.Code, c.name)
	}
}

func TestHandlerHasNoOtherPages(t *testing.T) {
	for _, path := range []string{"/articles/none", "/northcert", "/"} {
		w := httptest.NewRecorder()
		Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		assert.Equal(t, http.StatusNotFound, w.Code, path)
	}
}

func TestLoadKeepsPostsFresh(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	posts, err := load(now)
	require.NoError(t, err)
	names := map[string]bool{}
	for _, c := range channels {
		names[c.slug] = true
	}
	for i, p := range posts {
		assert.Equal(t, now.Add(-p.Ago), p.published)
		assert.True(t, names[p.Source], "%s: no such source %q", p.slug, p.Source)
		assert.NotEmpty(t, p.Title)
		assert.NotEmpty(t, p.Content)
		if i > 0 {
			assert.False(t, p.published.After(posts[i-1].published), "newest first")
		}
	}
}
