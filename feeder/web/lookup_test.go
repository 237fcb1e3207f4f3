package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/ioc"
)

func lookUp(t *testing.T, o Options, value string) lookup {
	t.Helper()
	w := ask(o, "/api/v1/lookup?value="+url.QueryEscape(value))
	require.Equal(t, http.StatusOK, w.Code, w.Body)
	var found lookup
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &found))
	return found
}

func TestLookup(t *testing.T) {
	store := filled()
	vpn := store.stories[0]
	for name, asked := range map[string]struct {
		value, normal string
		kind          ioc.Kind
		posts         []string // refs
		ofValue       *waggle.Verdict
		analyses      int
	}{
		"a URL with a verdict, disarmed": {value: "hxxps://cdn-update-4471[.]top/a/loader.bin", normal: "https://cdn-update-4471.top/a/loader.bin", kind: ioc.URL,
			posts: []string{vpn.Posts[1].Ref}, ofValue: vpn.Indicators[2].Verdict, analyses: 2},
		"a hash in two posts, in capitals": {value: "7D3F0A9BE1C24F6A8B5C0D1E2F30415263748596A7B8C9DAEBFC0D1E2F304152", normal: hash, kind: ioc.SHA256, posts: []string{vpn.Posts[0].Ref, vpn.Posts[1].Ref}},
		"a value without a verdict":        {value: "CVE-2026-90417", normal: "CVE-2026-90417", kind: ioc.CVE, posts: []string{vpn.Posts[0].Ref, vpn.Posts[1].Ref}},
		"what was never read":              {value: "198.51.100.9", normal: "198.51.100.9", kind: ioc.IP},
		"what is of no kind":               {value: "Bad Mutex & <b>", normal: "Bad Mutex & <b>"},
	} {
		t.Run(name, func(t *testing.T) {
			found := lookUp(t, Options{Store: store}, asked.value)
			assert.Equal(t, asked.normal, found.Value)
			assert.Equal(t, asked.kind, found.Kind)
			var refs []string
			for _, p := range found.Posts {
				refs = append(refs, p.Ref)
			}
			assert.Equal(t, asked.posts, refs)
			assert.Equal(t, len(asked.posts), found.Total)
			if len(asked.posts) == 0 {
				assert.Empty(t, found.Stories)
				assert.NotNil(t, found.Stories, "an empty list, and no null")
				assert.NotNil(t, found.Posts)
				return
			}
			require.Len(t, found.Stories, 1)
			assert.Equal(t, 1, found.Told)
			assert.Equal(t, vpn.ID, found.Stories[0].ID)
			assert.Equal(t, vpn.Verdict, found.Stories[0].Verdict)
			assert.Equal(t, asked.ofValue, found.Stories[0].OfValue)
			assert.Len(t, found.Stories[0].Analyses, asked.analyses)
			assert.Equal(t, "~40968", found.Stories[0].Alert)
		})
	}
}

func TestALookupListsSoManyAndCountsAll(t *testing.T) {
	store := filled()
	for n := range 150 {
		s := waggle.Story{ID: fmt.Sprint("story", n), Posts: []waggle.Member{{Ref: fmt.Sprint("post", n)}}}
		s.Indicators = []waggle.Indicator{inPosts(indicator(ioc.IP, "198.51.100.9"), s.Posts[0].Ref)}
		store.stories = append(store.stories, s)
	}
	found := lookUp(t, Options{Store: store}, "198.51.100.9")
	assert.Equal(t, 150, found.Total)
	assert.Len(t, found.Posts, mostReadings)
	assert.Equal(t, 150, found.Told)
	assert.Len(t, found.Stories, mostTelling)
}

func TestLookupRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		query string
		code  int
		says  string
	}{
		"no value":         {"", http.StatusBadRequest, "give the value"},
		"a blank value":    {"?value=%20", http.StatusBadRequest, "give the value"},
		"another filter":   {"?value=a.example&since=7d", http.StatusBadRequest, "since"},
		"a control sign":   {"?value=a%00b", http.StatusBadRequest, "plain text"},
		"a broken escape":  {"?value=%zz", http.StatusBadRequest, "well-formed"},
		"an endless value": {fmt.Sprintf("?value=%03000d", 1), http.StatusBadRequest, "longer than"},
	} {
		t.Run(name, func(t *testing.T) {
			w := ask(Options{Store: filled()}, "/api/v1/lookup"+c.query)
			assert.Equal(t, c.code, w.Code)
			assert.Contains(t, w.Body.String(), c.says)
		})
	}
	failing := filled()
	failing.err = errors.New("disk I/O error")
	w := ask(Options{Store: failing}, "/api/v1/lookup?value=a.example")
	assert.Equal(t, http.StatusInternalServerError, w.Code)
	assert.NotContains(t, w.Body.String(), "disk")
}
