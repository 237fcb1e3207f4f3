package upstream

import (
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func quietTLS(t *testing.T) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "{}") }))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

func TestCertificates(t *testing.T) {
	server := quietTLS(t)
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	for name, tt := range map[string]struct {
		change func(*Options)
		next   string // what is to be done; "" where it is trusted
	}{
		"unknown CA":    {func(*Options) {}, "add the CA certificate that signed it"},
		"CA given":      {func(o *Options) { o.CACerts = [][]byte{ca} }, ""},
		"not looked at": {func(o *Options) { o.InsecureSkipVerify = true }, ""},
		"another's name": {func(o *Options) {
			o.CACerts, o.BaseURL = [][]byte{ca}, strings.Replace(o.BaseURL, "127.0.0.1", "localhost", 1)
		}, "use a name in its address that the certificate has"},
	} {
		t.Run(name, func(t *testing.T) {
			o := Options{Service: "Example", BaseURL: server.URL, Retries: -1}
			tt.change(&o)
			_, err := client(t, o).Do(t.Context(), Request{})
			if tt.next == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, Network)
			assert.Contains(t, err.Error(), "its certificate is not trusted: x509: ")
			assert.Contains(t, err.Error(), tt.next)
		})
	}
}

func TestAnExpiredCertificateMayBeTheClocksFault(t *testing.T) {
	assert.Contains(t, afterDistrust(x509.CertificateInvalidError{Reason: x509.Expired}), "clock")
	assert.Contains(t, afterDistrust(x509.CertificateInvalidError{Reason: x509.NotAuthorizedToSign}), "CA certificate")
}

func TestUserAgent(t *testing.T) {
	assert.Regexp(t, `^Waggle/\S+ \(\+https://github\.com/waggle-cti/waggle\)$`, UserAgent())
}

func TestProxy(t *testing.T) {
	var asked []string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.RequestURI+" "+r.Header.Get("Proxy-Authorization"))
		if r.Method == http.MethodConnect {
			w.WriteHeader(http.StatusProxyAuthRequired)
		}
	}))
	t.Cleanup(proxy.Close)
	with := strings.Replace(proxy.URL, "://", "://user:pass@", 1)
	for name, tt := range map[string]struct {
		base        string
		proxy       Proxy
		environment map[string]string
		asked       string
		reason      Reason
	}{
		"http by option":         {"http://service.example", Proxy{HTTP: proxy.URL}, nil, "GET http://service.example/ ", ""},
		"http, no scheme":        {"http://service.example", Proxy{HTTP: strings.TrimPrefix(proxy.URL, "http://")}, nil, "GET http://service.example/ ", ""},
		"http, with password":    {"http://service.example", Proxy{HTTP: with}, nil, "GET http://service.example/ Basic dXNlcjpwYXNz", ""},
		"http by environment":    {"http://service.example", Proxy{}, map[string]string{"HTTP_PROXY": proxy.URL}, "GET http://service.example/ ", ""},
		"option wins":            {"http://service.example", Proxy{HTTP: proxy.URL}, map[string]string{"HTTP_PROXY": "http://127.0.0.1:1"}, "GET http://service.example/ ", ""},
		"https, password wanted": {"https://service.example", Proxy{HTTPS: proxy.URL}, nil, "CONNECT service.example:443 ", Auth},
		"NO_PROXY":               {"http://service.invalid", Proxy{HTTP: proxy.URL}, map[string]string{"NO_PROXY": "service.invalid"}, "", Network},
	} {
		t.Run(name, func(t *testing.T) {
			for _, variable := range []string{"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"} {
				t.Setenv(variable, tt.environment[variable])
			}
			asked = nil
			c := client(t, Options{Service: "Example", BaseURL: tt.base, Proxy: tt.proxy, Retries: -1})
			_, err := c.Do(t.Context(), Request{})
			assert.Equal(t, tt.reason, ReasonOf(err), err)
			assert.Equal(t, tt.asked, strings.Join(asked, "\n"))
			if tt.reason == Auth {
				assert.Contains(t, err.Error(), "Example: auth (407): proxy authentication required: check the proxy's user name and password")
			}
		})
	}
}

func TestProxyRefusesHost(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	t.Cleanup(proxy.Close)
	c := client(t, Options{Service: "Example", BaseURL: "https://service.example", Proxy: Proxy{HTTPS: proxy.URL}, Retries: -1})
	e := failure(t, c, Request{})
	assert.Equal(t, "Example: network (403): the proxy would not connect to it: check that the proxy allows this host and port", e.Error())
}
