package abusech_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/abusech"
	"github.com/waggle-cti/waggle/shared/upstream"
)

const key = "inventedAuthKey0123456789"

// ask puts a question to a service that answers with a status and a body.
func ask(t *testing.T, status int, body string) (upstream.Fields, bool, error) {
	t.Helper()
	return client(t, status, body).Ask(t.Context(), question())
}

func question() upstream.Request {
	return upstream.Request{Path: "/v1/host/", Form: map[string][]string{"host": {"bad-host.net"}}}
}

// client is a client of a service that answers with a status and a body.
func client(t *testing.T, status int, body string) *abusech.Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "POST /v1/host/", r.Method+" "+r.URL.Path)
		assert.Equal(t, key, r.Header.Get("Auth-Key"))
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	o := abusech.Options{Service: "URLhaus", URL: server.URL, Key: key, Takes: "host names"}
	u := o.Upstream()
	u.Retries = -1
	hc, err := upstream.New(u)
	require.NoError(t, err)
	return abusech.Over(hc, o)
}

func TestAsk(t *testing.T) {
	answer, found, err := ask(t, 200, `{"query_status":"ok","threat":"malware_download"}`)
	require.NoError(t, err)
	assert.True(t, found)
	assert.Equal(t, "malware_download", answer.Text("threat"))

	for _, status := range []string{"no_results", "no_result", "hash_not_found"} {
		_, found, err = ask(t, 200, `{"query_status":"`+status+`","data":"nothing is known"}`)
		require.NoError(t, err, status)
		assert.False(t, found, status)
	}
}

func TestAskList(t *testing.T) {
	list, err := client(t, 200, `{"query_status":"ok","data":[{"ioc":"a"},{"ioc":"b"}]}`).AskList(t.Context(), question())
	require.NoError(t, err)
	require.Len(t, list, 2)
	assert.Equal(t, "b", list[1].Text("ioc"))

	list, err = client(t, 200, `{"query_status":"no_result","data":"nothing is known"}`).AskList(t.Context(), question())
	require.NoError(t, err)
	assert.Empty(t, list)

	for _, body := range []string{`{"query_status":"ok","data":"nothing"}`, `{"query_status":"ok","data":[]}`, `{"query_status":"ok"}`} {
		_, err = client(t, 200, body).AskList(t.Context(), question())
		require.ErrorIs(t, err, upstream.Failure, "known, and nothing about it: %s", body)
	}
	_, err = client(t, 401, `{}`).AskList(t.Context(), question())
	assert.ErrorIs(t, err, upstream.Auth)
}

func TestAskRefused(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		reason upstream.Reason
		says   string
	}{
		"key unknown":      {200, `{"query_status":"unknown_auth_key"}`, upstream.Auth, "check the Auth-Key"},
		"key refused":      {401, `{"query_status":"unauthorized"}`, upstream.Auth, "401"},
		"value refused":    {200, `{"query_status":"invalid_host"}`, upstream.BadInput, "URLhaus takes host names"},
		"hash refused":     {200, `{"query_status":"illegal_hash"}`, upstream.BadInput, "URLhaus takes host names"},
		"ThreatFox' typo":  {200, `{"query_status":"illegl_hash"}`, upstream.BadInput, "URLhaus takes host names"},
		"another status":   {200, `{"query_status":"http_post_expected"}`, upstream.Failure, "http_post_expected"},
		"status a list":    {200, `{"query_status":["ok"]}`, upstream.Failure, "not the JSON expected"},
		"HTML":             {200, `<html>Sign in</html>`, upstream.Failure, "not the JSON expected"},
		"the key told":     {200, `{"query_status":"no such key: ` + key + `"}`, upstream.Failure, "no such key"},
		"down":             {503, `{}`, upstream.Failure, "503"},
		"too many of ours": {429, `{}`, upstream.RateLimited, "429"},
	} {
		t.Run(name, func(t *testing.T) {
			_, found, err := ask(t, c.status, c.body)
			assert.False(t, found)
			require.ErrorContains(t, err, c.says)
			assert.ErrorIs(t, err, c.reason)
			assert.ErrorContains(t, err, "URLhaus")
			assert.NotContains(t, err.Error(), key)
		})
	}
}
