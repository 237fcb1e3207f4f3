package upstream

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"
)

// Version is what the Go tool stamped into the binary: a tag, or a commit;
// "(devel)" outside a repository.
func Version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

// UserAgent is what Waggle calls itself, with the version it was built as.
func UserAgent() string {
	version, tagged := strings.CutPrefix(Version(), "v")
	if !tagged {
		version = "dev"
	}
	return "Waggle/" + version + " (+https://github.com/waggle-cti/waggle)"
}

// NewTransport returns a transport with the given proxies, that meets servers as
// config says, and limits on connections that sit idle.
func NewTransport(proxy Proxy, config *tls.Config) (*http.Transport, error) {
	proxies, err := proxy.Resolve()
	if err != nil {
		return nil, err
	}
	choose := proxies.ProxyFunc()
	return &http.Transport{
		Proxy:                  func(r *http.Request) (*url.URL, error) { return choose(r.URL) },
		DialContext:            (&net.Dialer{Timeout: 15 * time.Second}).DialContext,
		TLSClientConfig:        config,
		TLSHandshakeTimeout:    15 * time.Second,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           32,
		MaxIdleConnsPerHost:    4,
		IdleConnTimeout:        60 * time.Second,
		MaxResponseHeaderBytes: 256 << 10,
		OnProxyConnectResponse: refuseConnect,
	}, nil
}
