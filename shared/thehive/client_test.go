package thehive_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// versions are the TheHives that every test of writing is run against.
func versions() map[string]string {
	return map[string]string{"TheHive 4.1": "4.1.24-1", "TheHive 5": "5.7.3-1"}
}

// onEach runs a test against each of them, as the feeder.
func onEach(t *testing.T, test func(t *testing.T, server *thehivetest.Server, c *thehive.Client)) {
	for name, version := range versions() {
		t.Run(name, func(t *testing.T) {
			server := thehivetest.Start(t, thehivetest.Options{Version: version})
			test(t, server, client(t, server.URL))
		})
	}
}

// raised makes the alert of story.
func raised(t *testing.T, c *thehive.Client) thehive.CreatedAlert {
	t.Helper()
	made, err := c.CreateAlert(context.Background(), story())
	require.NoError(t, err)
	return made
}

// client makes one that gives up on a lost alert quickly.
func client(t *testing.T, url string, change ...func(*thehive.Options)) *thehive.Client {
	t.Helper()
	o := thehive.Options{URL: url, Key: thehivetest.Key, Settle: 4 * time.Millisecond, HTTP: upstream.Options{Retries: -1}}
	for _, c := range change {
		c(&o)
	}
	c, err := thehive.New(o)
	require.NoError(t, err)
	return c
}

func TestNewNamesWhatIsMissing(t *testing.T) {
	for name, o := range map[string]thehive.Options{
		"no URL":  {Key: "k"},
		"no key":  {URL: "https://thehive.example.com"},
		"bad URL": {URL: "::", Key: "k"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := thehive.New(o)
			require.Error(t, err)
			assert.Equal(t, upstream.BadInput, upstream.ReasonOf(err))
			assert.Contains(t, err.Error(), "TheHive")
		})
	}
}

func TestVersion(t *testing.T) {
	for name, test := range map[string]struct {
		paths  map[string]string
		want   thehive.Version
		reason upstream.Reason
	}{
		"4.1":            {map[string]string{"/api/status": `{"versions":{"TheHive":"4.1.24-1"}}`}, thehive.Version{Text: "4.1.24-1", Major: 4}, ""},
		"5":              {map[string]string{"/api/status": `{"versions":{"TheHive":"5.7.3-1"}}`}, thehive.Version{Text: "5.7.3-1", Major: 5}, ""},
		"5 by the other": {map[string]string{"/api/v1/status/public": `{"version":"5.7.3"}`}, thehive.Version{Text: "5.7.3", Major: 5}, ""},
		"3":              {map[string]string{"/api/status": `{"versions":{"TheHive":"3.5.2"}}`}, thehive.Version{}, upstream.BadInput},
		"not TheHive":    {map[string]string{"/api/status": `{"ok":true}`}, thehive.Version{}, upstream.Failure},
		"nothing there":  {nil, thehive.Version{}, upstream.NotFound},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, ok := test.paths[r.URL.Path]
				if !ok {
					w.WriteHeader(http.StatusNotFound)
				}
				_, _ = w.Write([]byte(body))
			}))
			defer server.Close()
			v, err := client(t, server.URL).Version(context.Background())
			assert.Equal(t, test.want, v)
			assert.Equal(t, test.reason, upstream.ReasonOf(err))
		})
	}
}

func TestVersionIsAskedOnce(t *testing.T) {
	server := thehivetest.Start(t, thehivetest.Options{})
	var failed atomic.Bool
	server.Fail(func(*http.Request) thehivetest.Fault {
		if failed.CompareAndSwap(false, true) {
			return thehivetest.Fault{Status: 500}
		}
		return thehivetest.Fault{}
	})
	c := client(t, server.URL)
	_, err := c.Version(context.Background())
	require.Error(t, err, "a failure is not remembered")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			v, err := c.Version(context.Background())
			assert.NoError(t, err)
			assert.Equal(t, 4, v.Major)
		})
	}
	wg.Wait()
	assert.Equal(t, 1, server.Count(http.MethodGet, "/api/status"))
}

func TestWhoMayNot(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*thehive.Options)
		status int
	}{
		"wrong key":          {func(o *thehive.Options) { o.Key = "no-such-key-at-all" }, 401},
		"reader":             {func(o *thehive.Options) { o.Key = thehivetest.ReaderKey }, 403},
		"admin":              {func(o *thehive.Options) { o.Key = thehivetest.AdminKey }, 403},
		"other organisation": {func(o *thehive.Options) { o.Organisation = "elsewhere" }, 403},
	} {
		t.Run(name, func(t *testing.T) {
			server := thehivetest.Start(t, thehivetest.Options{})
			_, err := client(t, server.URL, test.change).CreateAlert(context.Background(), story())
			var e *upstream.Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, upstream.Auth, e.Reason)
			assert.Equal(t, test.status, e.Status)
			assert.NotEmpty(t, e.Next)
			assert.Empty(t, server.Alerts())
		})
	}
}

func TestOrganisation(t *testing.T) {
	server := thehivetest.Start(t, thehivetest.Options{})
	c := client(t, server.URL, func(o *thehive.Options) { o.Organisation = thehivetest.Organisation })
	_, err := c.CreateAlert(context.Background(), story())
	require.NoError(t, err)
	assert.Len(t, server.Alerts(), 1)
}
