package cortex

import (
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// networkJob is a job with the network of a configuration.
func networkJob(t *testing.T, c standard, env map[string]string) *Job {
	t.Helper()
	job := testJob(t, Analyzer, "ip")
	require.NoError(t, os.Mkdir(job.folder.input(""), 0o755))
	job.network = newNetwork(c, job.folder, Surroundings{Getenv: func(name string) string { return env[name] }})
	return job
}

// Cortex hands authorities over in three ways, of which none is Go's.
func TestAuthorities(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(`{"agent":"` + r.UserAgent() + `"}`))
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // it tells of clients that don't trust it
	server.StartTLS()
	defer server.Close()
	authority := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	bundle := filepath.Join(t.TempDir(), "bundle.pem")
	require.NoError(t, os.WriteFile(bundle, []byte(authority), 0o644))

	for name, c := range map[string]struct {
		config standard
		env    map[string]string
		file   string // input/cacerts
		says   string // "" if the server is trusted
	}{
		"in the configuration":     {config: standard{CACerts: authority}},
		"in the input folder":      {file: authority},
		"in the environment":       {env: map[string]string{"REQUESTS_CA_BUNDLE": bundle}},
		"nowhere":                  {says: "certificate"},
		"in a bundle that is gone": {env: map[string]string{"REQUESTS_CA_BUNDLE": bundle + ".none"}, says: "certificate"},
		"as a path":                {config: standard{CACerts: bundle}, says: "not a path"},
		"as something else":        {file: "no certificate", says: "no certificate could be read"},
	} {
		t.Run(name, func(t *testing.T) {
			job := networkJob(t, c.config, c.env)
			if c.file != "" {
				require.NoError(t, os.WriteFile(job.folder.input("cacerts"), []byte(c.file), 0o644))
			}
			client, err := job.Upstream(upstream.Options{Service: "Test", BaseURL: server.URL, Retries: -1})
			if err == nil {
				var answer *upstream.Response
				if answer, err = client.Do(t.Context(), upstream.Request{}); err == nil {
					assert.Equal(t, "Waggle_Test/1.0 (+https://github.com/waggle-cti/waggle)", answer.JSON().Get("agent").String())
				}
			}
			if c.says == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.says)
		})
	}
}

func TestProxy(t *testing.T) {
	var through []string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		through = append(through, r.URL.String()+" "+r.Header.Get("Proxy-Authorization"))
	}))
	defer proxy.Close()
	address := strings.Replace(proxy.URL, "http://", "http://user:proxypass@", 1)
	job := networkJob(t, standard{ProxyHTTP: address, ProxyHTTPS: "http://other.example.com"}, nil)
	assert.Equal(t, upstream.Proxy{HTTP: address, HTTPS: "http://other.example.com"}, job.network.proxy)
	assert.Equal(t, []string{"proxypass"}, job.network.passwords())
	client, err := job.Upstream(upstream.Options{Service: "Test", BaseURL: "http://service.example.com"})
	require.NoError(t, err)
	_, err = client.Do(t.Context(), upstream.Request{Path: "/a"})
	require.NoError(t, err)
	assert.Equal(t, []string{"http://service.example.com/a Basic dXNlcjpwcm94eXBhc3M="}, through)
}

func TestUpstreamHides(t *testing.T) {
	job := networkJob(t, standard{}, nil)
	job.Hide("configured")
	job.Hide("abc") // too short to be told from other text
	_, err := job.Upstream(upstream.Options{
		Service: "Test", BaseURL: "https://service.example.com", Header: http.Header{"Authorization": {"Bearer of-the-header"}}, Secrets: []string{"given"},
	})
	require.NoError(t, err)
	assert.Subset(t, job.hidden(), []string{"configured", "of-the-header", "given"})
	assert.NotContains(t, job.hidden(), "abc")
}

type testOptions struct{ url, key string }

func (o testOptions) Upstream() upstream.Options {
	return upstream.Options{Service: "Test", BaseURL: o.url, Secrets: []string{o.key}}
}

func TestConnect(t *testing.T) {
	job := networkJob(t, standard{}, nil)
	over := func(hc *upstream.Client, o testOptions) string {
		assert.NotNil(t, hc)
		return "client of " + o.url
	}
	client, err := Connect(job, over, testOptions{"https://service.example.com", "key-of-service"})
	require.NoError(t, err)
	assert.Equal(t, "client of https://service.example.com", client)
	assert.Contains(t, job.hidden(), "key-of-service")

	client, err = Connect(job, over, testOptions{"::", "key-of-service"})
	assert.ErrorIs(t, err, upstream.BadInput)
	assert.Empty(t, client)
}
