package thehive_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
)

// serve serves a handler until the test ends, and gives its address.
func serve(t *testing.T, handle http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handle)
	t.Cleanup(server.Close)
	return server.URL
}

// post sends a request that the client would not, and gives the answer.
func post(t *testing.T, url, body string) []byte {
	t.Helper()
	request, err := http.NewRequest(http.MethodPost, url, strings.NewReader(body))
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+thehivetest.Key)
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer answer.Body.Close()
	told, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.Less(t, answer.StatusCode, 300, "%s", told)
	return told
}

// TestNoErrorTellsTheKey: whatever a server sends back, the key is in no error.
func TestNoErrorTellsTheKey(t *testing.T) {
	const key = "s3cr3t+key/of=thehive"
	for name, answer := range map[string]func(w http.ResponseWriter, r *http.Request){
		"echo of the headers": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = fmt.Fprintf(w, `{"type":"BadRequest","message":%q}`, r.Header.Get("Authorization"))
		},
		"echo in base64": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusForbidden)
			_, _ = fmt.Fprintf(w, `{"type":"E","message":%q}`, base64.StdEncoding.EncodeToString([]byte(key)))
		},
		"redirect with it": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://u:"+"s3cr3t+key"+"@elsewhere.example.com/?key="+key, http.StatusFound)
		},
		"cut off": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"no JSON": func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, key) },
		"server's failure": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = fmt.Fprint(w, key)
		},
	} {
		t.Run(name, func(t *testing.T) {
			url := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/api/status" {
					_, _ = fmt.Fprint(w, `{"versions":{"TheHive":"4.1.24"}}`)
					return
				}
				answer(w, r)
			})
			c := client(t, url, func(o *thehive.Options) { o.Key = key })
			a := story()
			a.Observables = nil
			_, created := c.CreateAlert(context.Background(), a)
			_, read := c.Alert(context.Background(), "~1")
			_, promoted := c.Promote(context.Background(), "~1", "")
			_, offered := c.Responders(context.Background(), thehive.KindAlert, "~1")
			_, begun := c.StartRun(context.Background(), thehive.Responder{ID: "r"}, thehive.KindAlert, "~1")
			tagged := c.UpdateCase(context.Background(), "~1", thehive.CasePatch{Tags: []string{"a"}})
			_, _, _, added := c.AddCaseObservables(context.Background(), "~1", story().Observables)
			changed := c.UpdateObservable(context.Background(), "~1", thehive.ObservablePatch{Tags: []string{"a"}})
			_, found := c.AlertsOfSource(context.Background(), "Example Blog")
			deleted := c.DeleteAlert(context.Background(), "~1")
			for _, err := range []error{created, read, promoted, offered, begun, tagged, added, changed, found, deleted} {
				if err == nil {
					continue // an answer that reads as an empty alert
				}
				for _, form := range []string{"%v", "%+v", "%#v"} {
					text := fmt.Sprintf(form, err)
					assert.NotContains(t, text, key)
					assert.NotContains(t, text, "s3cr3t")
					assert.NotContains(t, text, base64.StdEncoding.EncodeToString([]byte(key)))
				}
			}
			require.Error(t, created)
		})
	}
}
