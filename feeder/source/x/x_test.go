package x_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/secret"
	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/feeder/source/kinds"
	"github.com/waggle-cti/waggle/feeder/source/sourcetest"
	"github.com/waggle-cti/waggle/shared/fetch"
	"github.com/waggle-cti/waggle/shared/upstream"
)

func spec(accounts ...string) source.Spec {
	s := sourcetest.Spec("x", "")
	s.Accounts, s.Token = accounts, secret.New("app-token")
	return s
}

func TestPostsBecomePosts(t *testing.T) {
	for _, file := range []string{"search.json", "renamed.json"} {
		t.Run(file, func(t *testing.T) {
			sourcetest.AtNow(t, func(t *testing.T) {
				s := spec("examplelab", "kim")
				s.Reposts = true
				batch, err := sourcetest.New(t, s, sourcetest.Always(sourcetest.File(t, file))).Poll(t.Context(), nil)
				require.NoError(t, err)
				sourcetest.Golden(t, "posts.golden.json", batch)
			})
		})
	}
}

// service is an X that holds posts 1…newest, ten a page, and honours what it
// is asked for.
type service struct {
	newest int
	served int
	fail   func(r fetch.Request) error
}

// base makes ids that are as old as X' are in these days.
var base = uint64(sourcetest.Now().Add(-time.Hour).UnixMilli()-1288834974657) << 22

func (s *service) Get(r fetch.Request) (*fetch.Response, error) {
	if s.fail != nil {
		if err := s.fail(r); err != nil {
			return nil, err
		}
	}
	u, err := url.Parse(r.URL)
	if err != nil {
		return nil, err
	}
	query := u.Query()
	number := func(key string, otherwise int) int {
		id, err := strconv.ParseUint(query.Get(key), 10, 64)
		if err != nil {
			return otherwise
		}
		return int(id - base)
	}
	since, until := number("since_id", 0), number("until_id", s.newest+1)
	next := query.Get("next_token") + query.Get("pagination_token")
	if next != "" {
		if until, err = strconv.Atoi(next); err != nil {
			return nil, err
		}
	}
	var list []string
	for n := until - 1; n > since && len(list) < 10; n-- {
		list = append(list, fmt.Sprintf(`{"id":"%d","text":"post %d"}`, base+uint64(n), n))
	}
	s.served += len(list)
	meta := fmt.Sprintf(`{"result_count":%d}`, len(list))
	if rest := until - 1 - len(list); rest > since {
		meta = fmt.Sprintf(`{"result_count":%d,"next_token":"%d"}`, len(list), until-len(list))
	}
	if len(list) == 0 {
		return &fetch.Response{Body: []byte(`{"meta":{"result_count":0}}`)}, nil
	}
	return &fetch.Response{Body: fmt.Appendf(nil, `{"data":[%s],"meta":%s}`, strings.Join(list, ","), meta)}, nil
}

func titles(batch source.Batch) map[string]bool {
	seen := map[string]bool{}
	for _, p := range batch.Posts {
		seen[p.Title] = true
	}
	return seen
}

func TestEachPostIsPaidForOnce(t *testing.T) {
	for name, s := range map[string]source.Spec{"search": spec("examplelab"), "timelines": func() source.Spec { s := spec("examplelab"); s.Timelines = true; return s }()} {
		t.Run(name, func(t *testing.T) {
			sourcetest.AtNow(t, func(t *testing.T) {
				x := &service{newest: 25}
				site := &sourcetest.Site{Answer: func(r fetch.Request) (*fetch.Response, error) {
					if strings.Contains(r.URL, "/2/users/by?") {
						return &fetch.Response{Body: []byte(`{"data":[{"id":"101","username":"ExampleLab"}]}`)}, nil
					}
					return x.Get(r)
				}}
				made := sourcetest.New(t, s, site)
				first, err := made.Poll(t.Context(), nil)
				require.NoError(t, err)
				assert.Len(t, first.Posts, 10, "one page of the last day")
				assert.Equal(t, "examplelab", first.Posts[0].Author)

				x.newest, x.served = 60, 0
				second, err := made.Poll(t.Context(), first.Cursor)
				require.NoError(t, err)
				seen := titles(second)
				for n := 26; n <= 60; n++ {
					assert.True(t, seen[fmt.Sprintf("post %d", n)], "post %d", n)
				}
				assert.Equal(t, 35, x.served)
				assert.Contains(t, second.Note, "45 of the 2000 posts for 2026-11 are used")

				asked := len(site.Asked)
				third, err := made.Poll(t.Context(), second.Cursor)
				require.NoError(t, err)
				assert.Empty(t, third.Posts)
				assert.Len(t, site.Asked, asked+1, "no account is looked up again")
				for _, u := range site.URLs() {
					assert.NotContains(t, u, "expansions=author_id")
				}
			})
		})
	}
}

func TestAWalkThatIsInterruptedGoesOn(t *testing.T) {
	sourcetest.AtNow(t, func(t *testing.T) {
		x := &service{newest: 5}
		made := sourcetest.New(t, spec("examplelab"), &sourcetest.Site{Answer: x.Get})
		first, err := made.Poll(t.Context(), nil)
		require.NoError(t, err)

		x.newest, x.served = 60, 0
		calls := 0
		x.fail = func(fetch.Request) error {
			if calls++; calls == 3 {
				return &upstream.Error{Service: "api.x.com", Reason: upstream.RateLimited, Status: 429}
			}
			return nil
		}
		second, err := made.Poll(t.Context(), first.Cursor)
		require.NoError(t, err)
		assert.Len(t, second.Posts, 20)
		assert.Contains(t, second.Note, "not all was read: X: rate limited (429)")

		x.newest = 63 // more comes in between
		third, err := made.Poll(t.Context(), second.Cursor)
		require.NoError(t, err)
		fourth, err := made.Poll(t.Context(), third.Cursor)
		require.NoError(t, err)
		seen := titles(source.Batch{Posts: append(append(second.Posts, third.Posts...), fourth.Posts...)})
		for n := 6; n <= 63; n++ {
			assert.True(t, seen[fmt.Sprintf("post %d", n)], "post %d", n)
		}
		assert.Equal(t, 58, x.served, "none twice")
	})
}

func TestTheBudgetOfAMonth(t *testing.T) {
	sourcetest.AtNow(t, func(t *testing.T) {
		x := &service{newest: 100}
		site := &sourcetest.Site{Answer: x.Get}
		s := spec("examplelab")
		s.Budget = 15
		made := sourcetest.New(t, s, site)
		cursor := json.RawMessage(fmt.Sprintf(`{"month":"2026-11","posts":3,"asks":{"search (from:examplelab) -is:retweet -is:reply":{"since":"%d"}}}`, base+50))
		batch, err := made.Poll(t.Context(), cursor)
		require.NoError(t, err)
		assert.Equal(t, 20, x.served, "a page is ten at least")
		batch, err = made.Poll(t.Context(), batch.Cursor)
		require.NoError(t, err)
		assert.True(t, batch.NotModified)
		assert.Equal(t, 20, x.served)
		assert.Contains(t, batch.Note, "23 of the 15 posts for 2026-11 are used; the next are read next month")
		assert.Equal(t, 10*24*time.Hour+12*time.Hour, batch.Wait)

		time.Sleep(11 * 24 * time.Hour)
		batch, err = made.Poll(t.Context(), batch.Cursor)
		require.NoError(t, err)
		assert.NotEmpty(t, batch.Posts)
		assert.Contains(t, batch.Note, "2026-12")
	})
}

func TestSearchesArePackedAndBounded(t *testing.T) {
	sourcetest.AtNow(t, func(t *testing.T) {
		var accounts []string
		for i := range 60 {
			accounts = append(accounts, fmt.Sprintf("account_%06d", i))
		}
		site := sourcetest.Always(`{"meta":{"result_count":0}}`)
		s := spec(accounts...)
		s.Query = "#moth lang:en"
		_, err := sourcetest.New(t, s, site).Poll(t.Context(), nil)
		require.NoError(t, err)
		var asked []string
		for _, r := range site.Asked {
			u, err := url.Parse(r.URL)
			require.NoError(t, err)
			q := u.Query().Get("query")
			assert.LessOrEqual(t, len(q), 512)
			assert.Equal(t, "2026-11-19T12:00:00Z", u.Query().Get("start_time"))
			assert.Equal(t, "Bearer app-token", r.Header.Get("Authorization"))
			asked = append(asked, q)
		}
		assert.Len(t, asked, 4)
		assert.Equal(t, "#moth lang:en", asked[0])
		assert.True(t, strings.HasPrefix(asked[1], "(from:account_000000 OR from:account_000001"))
		assert.True(t, strings.HasSuffix(asked[1], ") -is:retweet -is:reply"))
		for _, a := range accounts {
			assert.Contains(t, strings.Join(asked, " "), "from:"+a)
		}
	})
}

func TestASearchOfMoreThanAWeekAgoSaysWhatIsMissing(t *testing.T) {
	sourcetest.AtNow(t, func(t *testing.T) {
		site := sourcetest.Always(`{"meta":{"result_count":0}}`)
		batch, err := sourcetest.New(t, spec("examplelab"), site).Poll(t.Context(),
			json.RawMessage(`{"asks":{"search (from:examplelab) -is:retweet -is:reply":{"since":"1500000000000000000"}}}`))
		require.NoError(t, err)
		assert.Contains(t, batch.Note, "goes back seven days")
		assert.Contains(t, site.Asked[0].URL, "start_time=2026-11-13T12%3A10%3A00Z")
		assert.NotContains(t, site.Asked[0].URL, "since_id")
	})
}

func TestAnAccountMoreGoesOnFromTheOthers(t *testing.T) {
	site := sourcetest.Always(`{"meta":{"result_count":0}}`)
	since := strconv.FormatUint(uint64(time.Now().Add(-time.Hour).UnixMilli()-1288834974657)<<22, 10)
	_, err := sourcetest.New(t, spec("examplelab", "kim"), site).Poll(t.Context(), json.RawMessage(`{"asks":{"search (from:examplelab) -is:retweet -is:reply":{"since":"`+since+`"}}}`))
	require.NoError(t, err)
	assert.Contains(t, site.Asked[0].URL, "since_id="+since)
}

func TestTheNewNamesAreUsedWhereTheOldAreRefused(t *testing.T) {
	site := &sourcetest.Site{Answer: func(r fetch.Request) (*fetch.Response, error) {
		if strings.Contains(r.URL, "expansions=referenced_tweets") {
			return nil, &upstream.Error{Reason: upstream.BadInput, Status: http.StatusBadRequest, Body: []byte(`{"title":"Invalid Request","errors":[{"message":"invalid value 'referenced_tweets.id' at index 0: value must be one of: [author_id referenced_posts]","parameters":{"expansions":["referenced_tweets.id"]}}]}`)}
		}
		return &fetch.Response{Body: []byte(`{"data":[{"id":"5","text":"x"}],"meta":{"result_count":1}}`)}, nil
	}}
	made := sourcetest.New(t, spec("examplelab"), site)
	batch, err := made.Poll(t.Context(), nil)
	require.NoError(t, err)
	require.Len(t, batch.Posts, 1)
	_, err = made.Poll(t.Context(), batch.Cursor)
	require.NoError(t, err)
	assert.Len(t, site.Asked, 3, "the old name is tried once")
}

func TestRefusalsAreExplained(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		reason upstream.Reason
		says   string
	}{
		"access level":  {403, `{"title":"Client Forbidden","detail":"When authenticating requests to the X API v2 endpoints, you must use keys from an app in a Project.","reason":"client-not-enrolled","type":"https://api.twitter.com/2/problems/client-forbidden"}`, upstream.Auth, "the app's access level does not cover this call"},
		"a wrong token": {401, `{"title":"Unauthorized","type":"about:blank","status":401,"detail":"Unauthorized"}`, upstream.Auth, "make a new bearer token"},
		"no credit":     {402, `{"title":"CreditsDepleted","detail":"Your enrolled account does not have any credits to fulfill this request.","type":"https://api.x.com/2/problems/credits"}`, upstream.Auth, "credit or its monthly cap"},
		"the cap":       {429, `{"title":"UsageCapExceeded","detail":"Usage cap exceeded: Monthly product cap","type":"https://api.twitter.com/2/problems/usage-capped"}`, upstream.Auth, "credit or its monthly cap"},
		"too often":     {429, `{"title":"Too Many Requests","detail":"Too Many Requests","type":"about:blank"}`, upstream.RateLimited, "asked again after its window"},
		"a bad query":   {400, `{"title":"Invalid Request","detail":"One or more parameters to your request was invalid.","type":"https://api.twitter.com/2/problems/invalid-request"}`, upstream.BadInput, "check query and accounts"},
		"no document":   {503, `Service Unavailable`, upstream.Failure, "no good"},
	} {
		t.Run(name, func(t *testing.T) {
			site := &sourcetest.Site{Answer: func(fetch.Request) (*fetch.Response, error) {
				reason := map[int]upstream.Reason{400: upstream.BadInput, 401: upstream.Auth, 402: upstream.Auth, 403: upstream.Auth, 429: upstream.RateLimited, 503: upstream.Failure}[c.status]
				return nil, &upstream.Error{Service: "api.x.com", Reason: reason, Status: c.status, Message: "no good", Body: []byte(c.body), RetryAfter: time.Minute}
			}}
			_, err := sourcetest.New(t, spec("examplelab"), site).Poll(t.Context(), nil)
			require.ErrorIs(t, err, c.reason)
			assert.ErrorContains(t, err, c.says)
		})
	}
	t.Run("an account that is gone", func(t *testing.T) {
		gone := `{"errors":[{"value":"examplelab","detail":"Could not find user with usernames: [examplelab].","title":"Not Found Error","type":"https://api.twitter.com/2/problems/resource-not-found"}]}`
		_, err := sourcetest.New(t, spec("examplelab"), sourcetest.Always(gone)).Poll(t.Context(), nil)
		require.ErrorIs(t, err, upstream.NotFound)
		s := spec("examplelab")
		s.Timelines = true
		_, err = sourcetest.New(t, s, sourcetest.Always(gone)).Poll(t.Context(), nil)
		require.ErrorIs(t, err, upstream.NotFound)
		assert.ErrorContains(t, err, "X knows no account called examplelab")
	})
}

func TestFaults(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*source.Spec)
		says   string
	}{
		"no token":   {func(s *source.Spec) { s.Token = secret.Text{} }, "the bearer token of an app"},
		"nobody":     {func(s *source.Spec) { s.Accounts = nil }, "or a search under query"},
		"no name":    {func(s *source.Spec) { s.Accounts = []string{"@x OR y"} }, "without @"},
		"long query": {func(s *source.Spec) { s.Query = strings.Repeat("é", 513) }, "at most 512"},
	} {
		t.Run(name, func(t *testing.T) {
			s := spec("examplelab")
			c.change(&s)
			_, err := kinds.New(s, nil)
			assert.ErrorContains(t, err, c.says)
		})
	}
}

func TestTheTokenStaysSecret(t *testing.T) {
	sourcetest.Leaks(t, func(base string) source.Spec {
		s := spec("examplelab")
		s.URL = base
		return s
	})
}

func FuzzPoll(f *testing.F) {
	f.Add(sourcetest.File(f, "search.json"), `{"month":"2026-11"}`)
	f.Fuzz(func(t *testing.T, body, cursor string) {
		s := spec("examplelab")
		s.Reposts = true
		batch, err := sourcetest.New(t, s, sourcetest.Always(body)).Poll(t.Context(), json.RawMessage(cursor))
		sourcetest.Sound(t, batch, err)
	})
}
