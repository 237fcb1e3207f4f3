package mastodon_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
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

const (
	page     = "https://social.example.net/@lab"
	lookup   = "https://social.example.net/api/v1/accounts/lookup?acct=lab"
	statuses = "https://social.example.net/api/v1/accounts/109382001234567890/statuses?exclude_reblogs=true&exclude_replies=true&limit=40"
)

func TestStatusesBecomePosts(t *testing.T) {
	sourcetest.AtNow(t, func(t *testing.T) {
		site := sourcetest.Pages(map[string]string{
			lookup: sourcetest.File(t, "lookup.json"),
			strings.ReplaceAll(statuses, "=true", "=false"): sourcetest.File(t, "statuses.json"),
		})
		spec := sourcetest.Spec("mastodon", page)
		spec.Reposts, spec.Replies = true, true
		batch, err := sourcetest.New(t, spec, site).Poll(t.Context(), nil)
		require.NoError(t, err)
		sourcetest.Golden(t, "posts.golden.json", batch)
	})
}

// TestReadingOnLeavesNoGap: an account that wrote 100 posts since the last poll.
func TestReadingOnLeavesNoGap(t *testing.T) {
	wrote := 0
	site := &sourcetest.Site{Answer: func(r fetch.Request) (*fetch.Response, error) {
		u, err := url.Parse(r.URL)
		require.NoError(t, err)
		if strings.HasSuffix(u.Path, "/lookup") {
			return &fetch.Response{Body: []byte(`{"id":"7"}`)}, nil
		}
		from := 0
		if _, err := fmt.Sscan(u.Query().Get("min_id"), &from); err != nil {
			from = wrote - 40
		}
		var list []string
		for id := from + 1; id <= min(wrote, from+40); id++ { // the 40 that follow, newest first
			list = append([]string{fmt.Sprintf(`{"id":"%d","uri":"u%d","content":"<p>post %d</p>"}`, id, id, id)}, list...)
		}
		return &fetch.Response{Body: []byte("[" + strings.Join(list, ",") + "]")}, nil
	}}
	s := sourcetest.New(t, sourcetest.Spec("mastodon", page), site)
	wrote = 100
	first, err := s.Poll(t.Context(), nil)
	require.NoError(t, err)
	assert.Len(t, first.Posts, 40, "the newest page")
	assert.JSONEq(t, `{"account":"7","newest":"100"}`, string(first.Cursor))

	wrote = 200
	second, err := s.Poll(t.Context(), first.Cursor)
	require.NoError(t, err)
	seen := map[string]bool{}
	for _, p := range second.Posts {
		seen[p.ID] = true
	}
	assert.Len(t, seen, 100)
	assert.JSONEq(t, `{"account":"7","newest":"200"}`, string(second.Cursor))

	third, err := s.Poll(t.Context(), second.Cursor)
	require.NoError(t, err)
	assert.Empty(t, third.Posts)
	assert.JSONEq(t, string(second.Cursor), string(third.Cursor), "an empty answer moves nothing")
}

func TestAnAccountMadeAnewIsFoundAgain(t *testing.T) {
	site := sourcetest.Pages(map[string]string{lookup: sourcetest.File(t, "lookup.json"), statuses: sourcetest.File(t, "statuses.json")})
	batch, err := sourcetest.New(t, sourcetest.Spec("mastodon", page), site).Poll(t.Context(), json.RawMessage(`{"account":"gone","newest":"5"}`))
	require.NoError(t, err)
	assert.Len(t, batch.Posts, 2)
}

func TestAddresses(t *testing.T) {
	for name, c := range map[string]struct{ url, asked, fault string }{
		"a profile":                   {page, lookup, ""},
		"a slash behind it":           {page + "/", lookup, ""},
		"the actor's address":         {"https://social.example.net/users/lab", lookup, ""},
		"one of another instance":     {"https://social.example.net/@kim@other.example.org", "https://social.example.net/api/v1/accounts/lookup?acct=kim%40other.example.org", ""},
		"the instance alone":          {"https://social.example.net/", "", "the address of an account's page is wanted"},
		"a single status":             {"https://social.example.net/@lab/113500000000000002", "", "the address of an account's page is wanted"},
		"something else with an @":    {"https://social.example.net/@../admin", "", "the address of an account's page is wanted"},
		"an address that is not read": {"https://social.example.net/%zz", "", "needs an address"},
	} {
		t.Run(name, func(t *testing.T) {
			site := sourcetest.Pages(nil)
			made, err := kinds.New(sourcetest.Spec("mastodon", c.url), site)
			if c.fault != "" {
				require.ErrorContains(t, err, c.fault)
				return
			}
			require.NoError(t, err)
			_, err = made.Poll(t.Context(), nil)
			require.ErrorIs(t, err, upstream.NotFound)
			assert.Equal(t, []string{c.asked}, site.URLs())
		})
	}
}

func TestAnInstanceThatWantsAToken(t *testing.T) {
	site := &sourcetest.Site{Answer: func(fetch.Request) (*fetch.Response, error) {
		return nil, &upstream.Error{Service: "social.example.net", Reason: upstream.Auth, Status: 401, Message: "This method requires an authenticated user"}
	}}
	spec := sourcetest.Spec("mastodon", page)
	_, err := sourcetest.New(t, spec, site).Poll(t.Context(), nil)
	require.ErrorIs(t, err, upstream.Auth)
	require.ErrorContains(t, err, "put its access token under token_file")

	spec.Token = secret.New("s3cret")
	_, err = sourcetest.New(t, spec, site).Poll(t.Context(), nil)
	require.ErrorContains(t, err, "the token is not taken")
	assert.Equal(t, "Bearer s3cret", site.Asked[1].Header.Get("Authorization"))
}

func TestOtherAnswers(t *testing.T) {
	for name, c := range map[string]struct{ body, says string }{
		"a page":     {"<!doctype html><title>Log in</title>", `a web page, not an account (its title is "Log in")`},
		"no account": {`{"error":"x"}`, "names no account called lab"},
		"a list":     {`[]`, "is not an account"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := sourcetest.New(t, sourcetest.Spec("mastodon", page), sourcetest.Always(c.body)).Poll(t.Context(), nil)
			require.ErrorIs(t, err, upstream.Failure)
			assert.ErrorContains(t, err, c.says)
		})
	}
}

func TestTheTokenStaysSecret(t *testing.T) {
	sourcetest.Leaks(t, func(base string) source.Spec { return sourcetest.Spec("mastodon", base+"/@lab") })
}

func FuzzPoll(f *testing.F) {
	f.Add(sourcetest.File(f, "statuses.json"))
	f.Fuzz(func(t *testing.T, body string) {
		batch, err := sourcetest.New(t, sourcetest.Spec("mastodon", page), sourcetest.Always(body)).Poll(t.Context(), json.RawMessage(`{"account":"1"}`))
		sourcetest.Sound(t, batch, err)
	})
}
