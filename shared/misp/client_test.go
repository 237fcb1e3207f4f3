package misp_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/misp"
	"github.com/waggle-cti/waggle/shared/misp/misptest"
	"github.com/waggle-cti/waggle/shared/upstream"
)

func client(t *testing.T, url string, key string) *misp.Client {
	t.Helper()
	c, err := misp.New(misp.Options{URL: url, Key: key, HTTP: upstream.Options{Retries: -1}})
	require.NoError(t, err)
	return c
}

func TestNewNamesWhatIsMissing(t *testing.T) {
	for name, o := range map[string]misp.Options{
		"no URL":  {Key: "k"},
		"no key":  {URL: "https://misp.example.com"},
		"bad URL": {URL: "::", Key: "k"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := misp.New(o)
			require.Error(t, err)
			assert.Equal(t, upstream.BadInput, upstream.ReasonOf(err))
			assert.Contains(t, err.Error(), "MISP")
		})
	}
}

func TestVersion(t *testing.T) {
	server := misptest.Start(t, misptest.Options{})
	v, err := client(t, server.URL, misptest.Key).Version(context.Background())
	require.NoError(t, err)
	assert.Equal(t, "2.5.1", v)
}

// TestReasons: MISP says 403 to nearly everything, and 404 to what exists.
func TestReasons(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		body   string
		reason upstream.Reason
		cause  error
		told   string
	}{
		"wrong key":             {403, `{"name":"Authentication failed. Please","message":"Authentication failed. Please make sure you pass the API key"}`, upstream.Auth, misp.BadKey, "Authentication failed"},
		"key of another place":  {403, `{"message":"It is not possible to use this Auth key from your IP address"}`, upstream.Auth, misp.BadKey, "IP address"},
		"no permission":         {403, `{"message":"You do not have permission to use this functionality."}`, upstream.Auth, misp.Permission, "permission"},
		"another's event":       {403, `{"message":"You are not authorised to do that."}`, upstream.Auth, misp.Permission, "not authorised"},
		"blocked":               {403, `{"message":"Event blocked by event blocklist."}`, upstream.BadInput, misp.Blocked, "blocklist"},
		"nested errors":         {403, `{"saved":false,"message":"Could not add Event","errors":{"Event":{"info":["valueNotEmpty"]}}}`, upstream.BadInput, misp.Validation, "info: valueNotEmpty"},
		"flat errors":           {403, `{"message":"Could not add Attribute","errors":{"value":["IP address has an invalid format."]}}`, upstream.BadInput, misp.Validation, "value: IP address has an invalid format."},
		"errors as text":        {403, `{"message":"Could not add Attribute","errors":"Attribute could not be saved as it trips over a warninglist"}`, upstream.BadInput, misp.Validation, "warninglist"},
		"duplicate":             {403, `{"message":"Could not add Attribute","errors":{"value":["A similar attribute already exists for this event."]}}`, upstream.BadInput, misp.Duplicate, "similar"},
		"tag not ours to make":  {403, `{"message":"Could not attachTagToObject Tag","errors":"Failed to attach 1 tags. Reasons: {\"0\":\"Tag not found and insufficient privileges to create it.\"}"}`, upstream.Auth, misp.Permission, "privileges"},
		"exists":                {404, `{"message":"Event already exists, if you would like to edit it, use the url in the location header."}`, upstream.BadInput, misp.Exists, "already exists"},
		"unknown":               {404, `{"message":"Invalid event"}`, upstream.NotFound, nil, "Invalid event"},
		"unknown attribute":     {405, `{"message":"Invalid attribute"}`, upstream.NotFound, nil, "Invalid attribute"},
		"no data":               {405, `{"message":"No valid event data received."}`, upstream.BadInput, nil, "No valid event data"},
		"too large, in HTML":    {413, `<html>`, upstream.BadInput, nil, ""},
		"database":              {500, `{"message":"An Internal Error Has Occurred."}`, upstream.Failure, nil, "Internal Error"},
		"redirect to the login": {302, ``, upstream.Auth, misp.BadKey, ""},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if test.status == http.StatusFound {
					w.Header().Set("Location", "/users/login")
				}
				w.WriteHeader(test.status)
				_, _ = w.Write([]byte(test.body))
			}))
			defer server.Close()
			_, err := client(t, server.URL, "key-of-somebody").Version(context.Background())
			var e *upstream.Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, test.status, e.Status)
			assert.Equal(t, "MISP", e.Service)
			assert.NotEmpty(t, e.Next)
			assert.Equal(t, test.reason, e.Reason)
			if test.cause != nil {
				assert.ErrorIs(t, err, test.cause)
			}
			assert.Contains(t, err.Error(), test.told)
		})
	}
}

func TestWhoMayNot(t *testing.T) {
	server := misptest.Start(t, misptest.Options{})
	for key, cause := range map[string]misp.Reason{"no-such-key": misp.BadKey, misptest.ReadOnlyKey: misp.Permission} {
		_, err := client(t, server.URL, key).PutEvent(context.Background(), loader())
		assert.ErrorIs(t, err, cause)
		assert.Equal(t, upstream.Auth, upstream.ReasonOf(err))
	}
	assert.Empty(t, server.Events())
}

func TestAnotherService(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"hello":1}`)) }))
	defer server.Close()
	c := client(t, server.URL, "key-of-somebody")
	_, version := c.Version(context.Background())
	_, put := c.PutEvent(context.Background(), loader())
	_, search := c.SearchAttributes(context.Background(), misp.Search{Values: []string{"x"}})
	for _, err := range []error{version, put, search} {
		assert.Equal(t, upstream.Failure, upstream.ReasonOf(err))
		assert.ErrorContains(t, err, "is MISP what answers there?")
	}
}

// TestNoErrorTellsTheKey: whatever a server sends back, the key is in no error.
func TestNoErrorTellsTheKey(t *testing.T) {
	const key = "s3cr3t+key/of=misp"
	for name, answer := range map[string]func(w http.ResponseWriter, r *http.Request){
		"echo of the headers": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusForbidden)
			_, _ = fmt.Fprintf(w, `{"message":%q,"errors":{"value":[%q]}}`, r.Header.Get("Authorization"), r.Header.Get("Authorization"))
		},
		"echo in base64": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusForbidden)
			_, _ = fmt.Fprintf(w, `{"message":%q}`, base64.StdEncoding.EncodeToString([]byte(key)))
		},
		"redirect with it": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://elsewhere.example.com/?key="+key, http.StatusFound)
		},
		"cut off":        func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"no JSON":        func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, key) },
		"failure in 200": func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprintf(w, `{"message":%q}`, key) },
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(answer))
			defer server.Close()
			c := client(t, server.URL, key)
			_, put := c.PutEvent(context.Background(), loader())
			_, search := c.SearchAttributes(context.Background(), misp.Search{Values: []string{"x"}})
			sighting := c.AddSighting(context.Background(), misp.Sighting{Value: "x"})
			for _, err := range []error{put, search, sighting} {
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
