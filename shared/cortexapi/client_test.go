package cortexapi_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/cortexapi"
	"github.com/waggle-cti/waggle/shared/cortexapi/cortexapitest"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// client is one with a server's key, and without tries that take time.
func client(t *testing.T, url, key string) *cortexapi.Client {
	t.Helper()
	c, err := cortexapi.New(cortexapi.Options{URL: url, Key: key, HTTP: upstream.Options{Retries: -1}})
	require.NoError(t, err)
	return c
}

func TestNewSaysWhatIsMissing(t *testing.T) {
	for name, o := range map[string]cortexapi.Options{
		"no address": {Key: "k"},
		"no key":     {URL: "https://cortex.example.com"},
		"no URL":     {URL: "cortex", Key: "k"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := cortexapi.New(o)
			require.ErrorIs(t, err, upstream.BadInput)
			assert.Contains(t, err.Error(), "Cortex")
		})
	}
}

func TestUserAndVersion(t *testing.T) {
	server := cortexapitest.Start(t, cortexapitest.Options{})
	user, err := client(t, server.URL, cortexapitest.Key).User(t.Context())
	require.NoError(t, err)
	assert.Equal(t, cortexapi.User{Login: "feeder", Organisation: "example", Roles: []string{"read", "analyze"}}, user)
	version, err := client(t, server.URL, "any").Version(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "4.1.0-1", version)
}

func TestWhoMayNot(t *testing.T) {
	server := cortexapitest.Start(t, cortexapitest.Options{Workers: []cortexapitest.Worker{example()}})
	for name, test := range map[string]struct {
		key    string
		status int
	}{
		"wrong key": {"no-such-key-at-all", 401},
		"reader":    {cortexapitest.ReaderKey, 403},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := client(t, server.URL, test.key).Analyze(t.Context(), exampleID(t, server), input())
			var e *upstream.Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, upstream.Auth, e.Reason)
			assert.Equal(t, test.status, e.Status)
			assert.Contains(t, e.Next, "key")
		})
	}
	assert.Empty(t, server.Jobs())
}

// TestSomethingElseAnswers is an address at which no Cortex is.
func TestSomethingElseAnswers(t *testing.T) {
	for name, body := range map[string]string{"page": "<html>Sign in</html>", "object": `{"ok":true}`, "list": `[]`} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, body) }))
			defer server.Close()
			c := client(t, server.URL, "key")
			_, version := c.Version(t.Context())
			_, user := c.User(t.Context())
			_, made := c.Analyze(t.Context(), "id", input())
			_, waited := c.WaitReport(t.Context(), "id", 0)
			errs := []error{version, user, made, waited}
			if name != "list" {
				_, listed := c.Analyzers(t.Context())
				_, found := c.FindJobs(t.Context(), "label")
				errs = append(errs, listed, found)
			}
			if name != "object" {
				_, told := c.Statuses(t.Context(), []string{"id"})
				errs = append(errs, told)
			}
			for _, err := range errs {
				assert.ErrorIs(t, err, upstream.Failure)
			}
		})
	}
}

// TestNoErrorTellsTheKey: whatever a server sends back, the key is in no error.
func TestNoErrorTellsTheKey(t *testing.T) {
	const key = "s3cr3t+key/of=cortex"
	for name, answer := range map[string]http.HandlerFunc{
		"echo of the header": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = fmt.Fprintf(w, `{"type":"BadRequest","message":%q}`, r.Header.Get("Authorization"))
		},
		"echo in base64": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusForbidden)
			_, _ = fmt.Fprintf(w, `{"type":"AuthorizationError","message":%q}`, base64.StdEncoding.EncodeToString([]byte(key)))
		},
		"redirect with it": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://u:s3cr3t+key@elsewhere.example.com/?key="+key, http.StatusFound)
		},
		"cut off": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"no JSON": func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, key) },
		"server's failure": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = fmt.Fprint(w, key)
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(answer)
			defer server.Close()
			c := client(t, server.URL, key)
			_, listed := c.Analyzers(t.Context())
			_, made := c.Analyze(t.Context(), "id", input())
			_, waited := c.WaitReport(t.Context(), "id", 0)
			for _, err := range []error{listed, made, waited} {
				require.Error(t, err)
				for _, form := range []string{"%v", "%+v", "%#v"} {
					text := fmt.Sprintf(form, err)
					assert.NotContains(t, text, "s3cr3t")
					assert.NotContains(t, text, base64.StdEncoding.EncodeToString([]byte(key)))
				}
			}
		})
	}
}
