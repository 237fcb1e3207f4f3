package robots_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/robots"
	"github.com/waggle-cti/waggle/shared/fetch"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// site answers every request with one robots.txt, or an error.
type site struct {
	text  string
	err   error
	asked []string
}

func (s *site) Get(_ context.Context, r fetch.Request) (*fetch.Response, error) {
	s.asked = append(s.asked, r.URL)
	if s.err != nil {
		return nil, s.err
	}
	return &fetch.Response{Status: 200, URL: r.URL, Body: []byte(s.text)}, nil
}

func TestAllowed(t *testing.T) {
	const rfc = "User-agent: *\nDisallow: *.gif$\nDisallow: /example/\nAllow: /publications/\n\nUser-agent: foobot\nDisallow: /\nAllow: /example/page.html\n"
	for name, c := range map[string]struct {
		text, path string
		want       bool
	}{
		"no rules":                   {"", "/a", true},
		"disallowed":                 {rfc, "/example/page.html", false},
		"not named":                  {rfc, "/other", true},
		"an ending":                  {rfc, "/a/b.gif", false},
		"more behind the ending":     {rfc, "/a/b.gif?x", true},
		"the longest rule":           {"User-agent: *\nDisallow: /a\nAllow: /a/b\n", "/a/b/c", true},
		"allow before disallow":      {"User-agent: *\nDisallow: /a\nAllow: /a\n", "/a", true},
		"for us":                     {"User-agent: *\nDisallow: /\n\nUser-agent: Waggle/2\nDisallow: /x\n", "/a", true},
		"for us, forbidden":          {"User-agent: *\nAllow: /\n\nUser-agent: waggle\nDisallow: /a\n", "/a", false},
		"two agents, one group":      {"User-agent: other\nUser-agent: waggle\nDisallow: /a\n", "/a", false},
		"two groups for us":          {"User-agent: waggle\nDisallow: /a\n\nUser-agent: x\nDisallow: /\n\nUser-agent: waggle\nDisallow: /b\n", "/b", false},
		"an empty disallow":          {"User-agent: *\nDisallow:\n", "/a", true},
		"comments and spaces":        {"\ufeffUser-agent : * # all\n  Disallow :/a # this\n", "/a", false},
		"with the query":             {"User-agent: *\nDisallow: /*?print=\n", "/a?print=1", false},
		"stars in a row":             {"User-agent: *\nDisallow: /a**b\n", "/a/x/b", false},
		"robots.txt itself":          {"User-agent: *\nDisallow: /\n", "/robots.txt", true},
		"rules before any agent":     {"Disallow: /\n", "/a", true},
		"a page instead of a file":   {"<!doctype html><p>User-agent: *", "/a", true},
		"the root without its slash": {"User-agent: *\nDisallow: /$\n", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := robots.New(&site{text: c.text}).Allowed(t.Context(), "https://lab.example.com"+c.path)
			require.NoError(t, err)
			assert.Equal(t, c.want, got)
		})
	}
}

func TestWithoutAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		reason  upstream.Reason
		allowed bool
		fails   bool
	}{
		"no robots.txt": {upstream.NotFound, true, false},
		"forbidden":     {upstream.Auth, true, false},
		"too long":      {upstream.BadInput, true, false},
		"broken":        {upstream.Failure, false, true},
		"unreachable":   {upstream.Network, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := robots.New(&site{err: &upstream.Error{Reason: c.reason}}).Allowed(t.Context(), "https://lab.example.com/a")
			assert.Equal(t, c.allowed, got)
			assert.Equal(t, c.fails, err != nil)
		})
	}
}

func TestASiteIsAskedOnceADay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &site{}
		c := robots.New(s)
		ask := func(address string) {
			_, err := c.Allowed(t.Context(), address)
			require.NoError(t, err)
		}
		ask("https://lab.example.com/a")
		ask("https://LAB.example.com/b")
		assert.Equal(t, []string{"https://lab.example.com/robots.txt"}, s.asked)
		ask("https://other.example.com:8443/b")
		time.Sleep(25 * time.Hour)
		ask("https://lab.example.com/a")
		assert.Len(t, s.asked, 3)
		assert.Equal(t, "https://other.example.com:8443/robots.txt", s.asked[1])
	})
}

func FuzzAllowed(f *testing.F) {
	f.Add("User-agent: *\nDisallow: /*a*b$\n", "/xaxb")
	f.Add("User-agent: waggle\nAllow: /"+strings.Repeat("*a", 1000), "/"+strings.Repeat("a", 1000))
	f.Fuzz(func(t *testing.T, text, path string) {
		if _, err := robots.New(&site{text: text}).Allowed(t.Context(), "https://lab.example.com/"+path); err != nil {
			t.Fatal(err)
		}
	})
}
