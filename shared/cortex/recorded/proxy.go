package recorded

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"time"
)

// Proxy stands for the Internet before a worker that runs as a process of its
// own: an HTTP proxy on the loopback that ends TLS itself, as the inspecting
// proxies of companies do.
type Proxy struct {
	URL string
	PEM []byte // the authority to trust

	server    *httptest.Server
	network   http.RoundTripper
	authority *x509.Certificate
	key       *ecdsa.PrivateKey
}

// NewProxy starts a proxy with an authority of its own that answers by network.
func NewProxy(network http.RoundTripper) (*Proxy, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test authority"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	authority, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	p := &Proxy{
		network: network, authority: authority, key: key,
		PEM: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
	}
	p.server = httptest.NewServer(p)
	p.URL = p.server.URL
	return p, nil
}

// Close ends the proxy, after the requests under way.
func (p *Proxy) Close() { p.server.Close() }

// Into gives a worker's configuration the proxy and its authority, as an admin
// who sets both for a worker does.
func (p *Proxy) Into(config map[string]any) {
	config["proxy_http"], config["proxy_https"] = p.URL, p.URL
	config["proxy"] = map[string]any{"http": p.URL, "https": p.URL}
	config["cacerts"] = string(p.PEM)
}

// ServeHTTP answers a request to a proxy (RFC 9110 section 9.3.6 for CONNECT).
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	defer conn.Close()
	if r.Method != http.MethodConnect {
		p.answer(conn, r)
		return
	}
	if _, err := conn.Write([]byte("HTTP/1.1 200 OK\r\n\r\n")); err != nil {
		return
	}
	inside := tls.Server(conn, &tls.Config{GetCertificate: p.certificate})
	defer inside.Close()
	request, err := http.ReadRequest(bufio.NewReader(inside))
	if err != nil {
		return // the worker does not trust the proxy, and says so in its report
	}
	request.URL = &url.URL{Scheme: "https", Host: request.Host, Path: request.URL.Path, RawPath: request.URL.RawPath, RawQuery: request.URL.RawQuery}
	p.answer(inside, request.WithContext(r.Context()))
}

// answer answers one request and ends the connection; without an answer it
// just ends it.
func (p *Proxy) answer(conn net.Conn, request *http.Request) {
	response, err := p.network.RoundTrip(request)
	if err != nil {
		return
	}
	response.Close = true
	var out bytes.Buffer
	if response.Write(&out) == nil {
		_, _ = conn.Write(out.Bytes()) // a worker that left early has no use for it
	}
}

// certificate makes a certificate for the host that the worker wants.
func (p *Proxy) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: hello.ServerName}, DNSNames: []string{hello.ServerName},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, p.authority, &p.key.PublicKey, p.key)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: p.key}, nil
}
