package upstream

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"golang.org/x/crypto/x509roots/fallback/bundle"
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

// Roots returns a new pool of the system's CA certificates, or of the embedded
// Mozilla ones where the system has none (an image made from scratch), to which
// the certificates of each PEM text are added.
func Roots(pems ...[]byte) (*x509.CertPool, error) {
	pool, err := x509.SystemCertPool()
	if err != nil || pool.Equal(x509.NewCertPool()) {
		if pool, err = embeddedRoots(); err != nil {
			return nil, err
		}
	}
	for _, pem := range pems {
		if !pool.AppendCertsFromPEM(pem) {
			return nil, &Error{
				Service: "CA certificates", Reason: BadInput,
				Message: "no certificate could be read in the given text",
				Next:    "give the certificates themselves in PEM form (-----BEGIN CERTIFICATE-----), not a path",
			}
		}
	}
	return pool, nil
}

func embeddedRoots() (*x509.CertPool, error) {
	pool := x509.NewCertPool()
	for root := range bundle.Roots() {
		certificate, err := x509.ParseCertificate(root.Certificate)
		if err != nil {
			return nil, fmt.Errorf("embedded CA certificates: %w", err)
		}
		if root.Constraint == nil {
			pool.AddCert(certificate)
		} else {
			pool.AddCertWithConstraint(certificate, root.Constraint)
		}
	}
	return pool, nil
}

// NewTransport returns a transport with the given proxies and CA certificates
// (nil: those of Roots), and limits on connections that sit idle.
func NewTransport(proxy Proxy, roots *x509.CertPool) (*http.Transport, error) {
	proxies, err := proxy.Resolve()
	if err != nil {
		return nil, err
	}
	if roots == nil {
		if roots, err = Roots(); err != nil {
			return nil, err
		}
	}
	choose := proxies.ProxyFunc()
	return &http.Transport{
		Proxy:                  func(r *http.Request) (*url.URL, error) { return choose(r.URL) },
		DialContext:            (&net.Dialer{Timeout: 15 * time.Second}).DialContext,
		TLSClientConfig:        &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    15 * time.Second,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           32,
		MaxIdleConnsPerHost:    4,
		IdleConnTimeout:        60 * time.Second,
		MaxResponseHeaderBytes: 256 << 10,
		OnProxyConnectResponse: refuseConnect,
	}, nil
}
