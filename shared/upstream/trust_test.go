package upstream

import (
	"context"
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
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// issued is a certificate and its key.
type issued struct {
	*x509.Certificate
	key *ecdsa.PrivateKey
}

func (i issued) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: i.Raw})
}

// issue makes a certificate of a name, signed by another one or, without, by itself.
func issue(t *testing.T, name string, by *issued, change func(*x509.Certificate)) *issued {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	change(template)
	parent := &issued{template, key}
	if by != nil {
		parent = by
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent.Certificate, &key.PublicKey, parent.key)
	require.NoError(t, err)
	certificate, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return &issued{certificate, key}
}

func authority(c *x509.Certificate) {
	c.IsCA, c.BasicConstraintsValid, c.KeyUsage = true, true, x509.KeyUsageCertSign
}

func server(c *x509.Certificate) {
	c.DNSNames, c.ExtKeyUsage = []string{"service.example"}, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
}

// TestTrust holds what is verified by few authorities against what the
// standard library says with all of them.
func TestTrust(t *testing.T) {
	root, other := issue(t, "Root", nil, authority), issue(t, "Another root", nil, authority)
	between := issue(t, "Between", root, authority)
	leaf := issue(t, "service.example", between, server)
	namesake := issue(t, "Root", nil, authority)
	old := issue(t, "service.example", root, func(c *x509.Certificate) { server(c); c.NotAfter = time.Now().Add(-time.Minute) })
	client := issue(t, "service.example", root, func(c *x509.Certificate) {
		server(c)
		c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	})
	alone := issue(t, "service.example", nil, server)

	for name, tt := range map[string]struct {
		given, system []*issued
		chain         []*issued
		host          string
		trusted       bool
	}{
		"by a given authority":        {[]*issued{root}, nil, []*issued{leaf, between}, "service.example", true},
		"by the system's":             {nil, []*issued{root}, []*issued{leaf, between}, "service.example", true},
		"given one is another":        {[]*issued{other}, []*issued{root, other}, []*issued{leaf, between}, "service.example", true},
		"given one has its name":      {[]*issued{namesake}, []*issued{root}, []*issued{leaf, between}, "service.example", true},
		"only of its name":            {[]*issued{namesake}, nil, []*issued{leaf, between}, "service.example", false},
		"the one between is trusted":  {[]*issued{between}, nil, []*issued{leaf}, "service.example", true},
		"the certificate is trusted":  {[]*issued{leaf}, nil, []*issued{leaf}, "service.example", true},
		"signed by itself, trusted":   {[]*issued{alone}, nil, []*issued{alone}, "service.example", true},
		"signed by itself":            {nil, []*issued{root}, []*issued{alone}, "service.example", false},
		"link is missing":             {[]*issued{root}, nil, []*issued{leaf}, "service.example", false},
		"unknown":                     {nil, []*issued{other}, []*issued{leaf, between}, "service.example", false},
		"another's name":              {[]*issued{root}, nil, []*issued{leaf, between}, "other.example", false},
		"expired":                     {[]*issued{root}, nil, []*issued{old}, "service.example", false},
		"for clients, not servers":    {[]*issued{root}, nil, []*issued{client}, "service.example", false},
		"root sent along, not known":  {nil, []*issued{other}, []*issued{leaf, between, root}, "service.example", false},
		"no name to verify it by":     {[]*issued{root}, nil, []*issued{leaf, between}, "", false},
		"nothing shown":               {[]*issued{root}, nil, nil, "service.example", false},
		"an authority is no server's": {[]*issued{root}, nil, []*issued{root}, "service.example", false},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "system.pem")
			var system []byte
			for _, c := range tt.system {
				system = append(system, c.pem()...)
			}
			require.NoError(t, os.WriteFile(file, system, 0o600))
			pool, pems := x509.NewCertPool(), [][]byte{}
			for _, c := range slices.Concat(tt.given, tt.system) {
				pool.AddCert(c.Certificate)
			}
			for _, c := range tt.given {
				pems = append(pems, c.pem())
			}
			state := tls.ConnectionState{ServerName: tt.host}
			for _, c := range tt.chain {
				state.PeerCertificates = append(state.PeerCertificates, c.Certificate)
			}

			trust, err := newTrust(pems)
			require.NoError(t, err)
			trust.files = []string{filepath.Join(t.TempDir(), "absent.pem"), file}
			err = trust.verify(state)
			assert.Equal(t, tt.trusted, err == nil, err)
			if tt.host == "" || tt.chain == nil {
				return
			}
			standard := verify(state, pool)
			assert.Equal(t, tt.trusted, standard == nil, standard)
			if !tt.trusted {
				var refused *tls.CertificateVerificationError
				require.ErrorAs(t, err, &refused)
				assert.IsType(t, standard, refused.Err)
			}
		})
	}
}

// TestHandshake meets a server by name, as a client of a service does.
func TestHandshake(t *testing.T) {
	root := issue(t, "Root", nil, authority)
	leaf := issue(t, "service.example", root, server)
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{leaf.Raw}, PrivateKey: leaf.key}}})
	require.NoError(t, err)
	served := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })}
	go func() { _ = served.Serve(listener) }()
	t.Cleanup(func() { _ = served.Close() })
	for name, tt := range map[string]struct {
		base    string
		pems    [][]byte
		trusted bool
	}{
		"trusted":        {"https://service.example", [][]byte{root.pem()}, true},
		"dot at the end": {"https://service.example.", [][]byte{root.pem()}, true},
		"unknown":        {"https://service.example", nil, false},
		"another's name": {"https://other.example", [][]byte{root.pem()}, false},
		"address":        {"https://192.0.2.1", [][]byte{root.pem()}, false},
	} {
		t.Run(name, func(t *testing.T) {
			base, err := url.Parse(tt.base)
			require.NoError(t, err)
			transport, err := Options{CACerts: tt.pems}.transport(base)
			require.NoError(t, err)
			t.Cleanup(transport.CloseIdleConnections)
			assert.Equal(t, named(base), transport.TLSClientConfig.VerifyConnection != nil)
			var dialer net.Dialer
			transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
				return dialer.DialContext(ctx, network, listener.Addr().String())
			}
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, tt.base, nil)
			require.NoError(t, err)
			response, err := transport.RoundTrip(request)
			assert.Equal(t, tt.trusted, err == nil, err)
			if err == nil {
				require.NoError(t, response.Body.Close())
			}
		})
	}
}

// TestEmbedded reads each of Mozilla's certificates, and its subject alone.
func TestEmbedded(t *testing.T) {
	pool, n := x509.NewCertPool(), 0
	require.NoError(t, addEmbedded(pool, func(der []byte) bool {
		certificate, err := x509.ParseCertificate(der)
		require.NoError(t, err)
		assert.Equal(t, certificate.RawSubject, subject(der))
		n++
		return n%2 == 0
	}))
	assert.Greater(t, n, 100)
	some := x509.NewCertPool()
	for root := range bundle.Roots() {
		certificate, err := x509.ParseCertificate(root.Certificate)
		require.NoError(t, err)
		some.AddCert(certificate)
	}
	assert.False(t, pool.Equal(some), "those that were not wanted are in it")
	assert.False(t, pool.Equal(x509.NewCertPool()))
}

func TestSubjectOfGarbage(t *testing.T) {
	whole := issue(t, "Root", nil, authority).Raw
	for n := range len(whole) {
		assert.NotPanics(t, func() { subject(whole[:n]) })
	}
	assert.Nil(t, subject([]byte("garbage")))
}

func TestRoots(t *testing.T) {
	pool, err := Roots()
	require.NoError(t, err)
	assert.False(t, pool.Equal(x509.NewCertPool()))

	for name, take := range map[string]func(pem []byte) error{
		"all at once":   func(pem []byte) error { _, err := TLS(pem); return err },
		"as one is met": func(pem []byte) error { _, err := newTrust([][]byte{pem}); return err },
	} {
		t.Run(name, func(t *testing.T) {
			err := take([]byte("/etc/ssl/ca.pem"))
			require.ErrorIs(t, err, BadInput)
			assert.Contains(t, err.Error(), "not a path")
		})
	}
}
