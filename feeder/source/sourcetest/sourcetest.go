// Package sourcetest helps to test kinds of sources: a site to ask, golden
// files, and the checks that hold for whatever any kind gives.
package sourcetest

import (
	"context"
	"encoding/json"
	"flag"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/secret"
	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/feeder/source/kinds"
	"github.com/waggle-cti/waggle/shared/fetch"
	"github.com/waggle-cti/waggle/shared/upstream"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Secret is the token of the sources that Leaks asks with.
const Secret = "t0ken-that-n0body-may-see"

// Site answers as Answer says and remembers what it was asked.
type Site struct {
	Answer func(fetch.Request) (*fetch.Response, error)
	Asked  []fetch.Request
}

// Get implements source.Getter. An answer without status has 200, one without
// URL that of the request.
func (s *Site) Get(_ context.Context, r fetch.Request) (*fetch.Response, error) {
	s.Asked = append(s.Asked, r)
	given, err := s.Answer(r)
	if err != nil {
		return nil, err
	}
	answer := *given
	if answer.Status == 0 {
		answer.Status = http.StatusOK
	}
	if answer.URL == "" {
		answer.URL = r.URL
	}
	return &answer, nil
}

// URLs are the addresses asked for, in order.
func (s *Site) URLs() []string {
	var out []string
	for _, r := range s.Asked {
		out = append(out, r.URL)
	}
	return out
}

// Pages answers with texts by address; any other address is not found.
func Pages(pages map[string]string) *Site {
	return &Site{Answer: func(r fetch.Request) (*fetch.Response, error) {
		text, ok := pages[r.URL]
		if !ok {
			return nil, &upstream.Error{Service: "site", Reason: upstream.NotFound, Status: http.StatusNotFound, Message: r.URL}
		}
		return &fetch.Response{Body: []byte(text)}, nil
	}}
}

// Always answers every request with a text.
func Always(text string) *Site {
	return &Site{Answer: func(fetch.Request) (*fetch.Response, error) { return &fetch.Response{Body: []byte(text)}, nil }}
}

// Spec is a description with the defaults filled.
func Spec(kind, url string) source.Spec {
	return kinds.Complete(source.Spec{
		Name: "lab", Kind: kind, URL: url, Every: time.Hour, Article: source.ArticleAuto, TLP: 2, PAP: 2, Key: source.KeyGUID,
	})
}

// New makes the source that a description asks for.
func New(t testing.TB, spec source.Spec, getter source.Getter) source.Source {
	t.Helper()
	s, err := kinds.New(spec, getter)
	require.NoError(t, err)
	return s
}

// Now is the time of tests run by AtNow.
func Now() time.Time { return time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC) }

// AtNow runs a test whose clock shows Now.
func AtNow(t *testing.T, run func(*testing.T)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(Now()))
		run(t)
	})
}

// File is a text of testdata.
func File(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	return string(text)
}

// Golden compares a value with the JSON in testdata, or writes that with
// -update.
func Golden(t *testing.T, name string, got any) {
	t.Helper()
	text, err := json.MarshalIndent(got, "", "  ")
	require.NoError(t, err)
	if *update {
		require.NoError(t, os.WriteFile("testdata/"+name, append(text, '\n'), 0o644))
	}
	assert.Equal(t, strings.TrimSpace(File(t, name)), string(text))
}

// Sound checks what holds for any answer to a poll, also to a hostile site: the
// error has a reason, posts have what the store needs.
func Sound(t *testing.T, batch source.Batch, err error) {
	t.Helper()
	if err != nil {
		assert.NotEmpty(t, upstream.ReasonOf(err), "%v", err)
		return
	}
	for _, p := range batch.Posts {
		assert.NotEmpty(t, p.ID)
		assert.LessOrEqual(t, len(p.ID), 500)
		assert.LessOrEqual(t, len(p.Title), source.MaxTitle)
		assert.LessOrEqual(t, len(p.Links), source.MaxLinks)
		assert.LessOrEqual(t, len(p.Categories), source.MaxLinks)
		assert.Contains(t, []string{"text/html", "text/plain"}, p.ContentType)
		assert.False(t, p.Fetched.IsZero())
		for _, l := range append([]string{p.URL}, p.Links...) {
			assert.True(t, l == "" || strings.HasPrefix(l, "http://") || strings.HasPrefix(l, "https://"), l)
		}
		assert.True(t, strings.ToValidUTF8(p.Title+p.Content+p.Author, "") == p.Title+p.Content+p.Author, "text is UTF-8")
	}
	if batch.Cursor != nil {
		assert.True(t, json.Valid(batch.Cursor))
	}
}

// Leaks polls a source that has Secret for its token, over the wire, of a
// service that refuses in every way and repeats what it was sent. The secret
// must not be in the error, nor in a batch.
func Leaks(t *testing.T, describe func(base string) source.Spec) {
	t.Helper()
	for _, status := range []int{200, 301, 400, 401, 403, 404, 429, 500} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if status == http.StatusMovedPermanently {
				w.Header().Set("Location", "http://127.0.0.1:1/"+r.URL.RawQuery)
			}
			w.WriteHeader(status)
			_ = json.NewEncoder(w).Encode(map[string]string{"title": "no", "detail": r.URL.String() + " " + r.Header.Get("Authorization")})
		}))
		client, err := fetch.New(fetch.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
		require.NoError(t, err)
		spec := describe(server.URL)
		spec.Token = secret.New(Secret)
		batch, err := New(t, spec, client).Poll(t.Context(), nil)
		server.Close()
		said, marshalled := json.Marshal([]any{batch, spec})
		require.NoError(t, marshalled)
		if err != nil {
			said = append(said, err.Error()...)
			if e := (*upstream.Error)(nil); assert.ErrorAs(t, err, &e, "status %d", status) {
				said = append(said, e.Body...)
			}
		}
		assert.NotContains(t, string(said), Secret, "status %d", status)
		assert.NotContains(t, spec.Shown(), Secret)
	}
}
