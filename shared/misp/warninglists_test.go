package misp_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/captured"
	"github.com/waggle-cti/waggle/shared/misp"
	"github.com/waggle-cti/waggle/shared/misp/misptest"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// answering is a MISP that knows these paths alone.
func answering(t *testing.T, pages map[string]string) *misp.Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page, ok := pages[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, err := w.Write([]byte(page))
		assert.NoError(t, err)
	}))
	t.Cleanup(server.Close)
	c, err := misp.New(misp.Options{URL: server.URL, Key: "a-key-of-nobody"})
	require.NoError(t, err)
	return c
}

// TestEnabledWarninglists asks the fake MISP, as a user without any rights.
func TestEnabledWarninglists(t *testing.T) {
	rented := misp.Warninglist{ID: "8", Name: "Rented", Type: "cidr", Category: "known", Version: 20260811, Attributes: []string{"ip-src", "domain|ip"}, Entries: []string{"198.51.100.0/24"}}
	plain := misp.Warninglist{ID: "9", Name: "Plain", Entries: []string{"shop.example"}}
	server := misptest.Start(t, misptest.Options{Warninglists: []misptest.Warninglist{
		{Warninglist: misp.Warninglist{ID: "7", Name: "Off", Entries: []string{"x.example"}}, Disabled: true},
		{Warninglist: rented}, {Warninglist: plain},
	}})
	plain.Type, plain.Category, plain.Attributes = "string", "false_positive", []string{"ALL"}
	for _, key := range []string{misptest.ReadOnlyKey, misptest.Key} {
		lists, err := client(t, server.URL, key).Warninglists(t.Context())
		require.NoError(t, err)
		assert.Equal(t, []misp.Warninglist{plain, rented}, lists, "the newest first")
	}
	_, err := client(t, server.URL, "no-such-key").Warninglists(t.Context())
	require.ErrorIs(t, err, upstream.Auth)
	assert.NotContains(t, err.Error(), "no-such-key")
}

func TestWarninglists(t *testing.T) {
	index := `{"Warninglists":[{"Warninglist":{"id":"7","name":"Off","enabled":false}},{"Warninglist":{"id":"8","name":"Rented","enabled":true}}]}`
	view := `{"Warninglist":{"id":"8","name":"Rented","type":"cidr","version":"20260811","enabled":true,"category":"known",
		"WarninglistEntry":[{"id":"1","value":"198.51.100.0/24","comment":null},{"id":"2","value":" 203.0.113.7 ","comment":"x"}],
		"WarninglistType":[{"id":"3","type":"ip-src"},{"id":"4","type":"domain|ip"}]}}`
	for _, test := range []struct {
		name  string
		pages map[string]string
		want  []misp.Warninglist
		err   error
	}{
		{"one enabled", map[string]string{"/warninglists/index": index, "/warninglists/view/8": view},
			[]misp.Warninglist{{ID: "8", Name: "Rented", Type: "cidr", Category: "known", Version: 20260811, Attributes: []string{"ip-src", "domain|ip"}, Entries: []string{"198.51.100.0/24", "203.0.113.7"}}}, nil},
		{"none at all", map[string]string{"/warninglists/index": `{"Warninglists":[]}`}, nil, nil},
		{"something else answers", map[string]string{"/warninglists/index": `<html>`}, nil, upstream.Failure},
		{"something else answers for the list", map[string]string{"/warninglists/index": index, "/warninglists/view/8": `{}`}, nil, upstream.Failure},
		{"gone meanwhile", map[string]string{"/warninglists/index": index}, nil, upstream.NotFound},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := answering(t, test.pages).Warninglists(t.Context())
			assert.Equal(t, test.want, got)
			if test.err != nil {
				assert.ErrorIs(t, err, test.err)
				assert.NotContains(t, err.Error(), "a-key-of-nobody")
			} else {
				assert.NoError(t, err)
			}
		})
	}
}

// TestWarninglistsOfTheRealOne reads what a running MISP said.
func TestWarninglistsOfTheRealOne(t *testing.T) {
	index, view := captured.Load(t, "misp", "warninglists_index_user"), captured.Load(t, "misp", "warninglist_view")
	text := func(e captured.Exchange) string {
		raw, err := json.Marshal(e.Answer)
		require.NoError(t, err)
		return string(raw)
	}
	id := view.Path[strings.LastIndexByte(view.Path, '/')+1:]
	pages := map[string]string{index.Path: strings.ReplaceAll(text(index), `"enabled":true`, `"enabled":false`), view.Path: text(view)}
	none, err := answering(t, pages).Warninglists(t.Context())
	require.NoError(t, err)
	assert.Empty(t, none, "all are off")

	pages[index.Path] = `{"Warninglists":[{"Warninglist":{"id":"` + id + `","enabled":true}}]}`
	lists, err := answering(t, pages).Warninglists(t.Context())
	require.NoError(t, err)
	require.Len(t, lists, 1)
	assert.Equal(t, "string", lists[0].Type)
	assert.Len(t, lists[0].Entries, strings.Count(text(view), `"comment"`), "each entry has a comment")
	assert.Contains(t, lists[0].Attributes, "filename|sha256")
}
