package upstream

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"iter"
	"net"
	"net/url"
	"os"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// TLS returns how to meet servers of any name: with the authorities of Roots.
func TLS(pems ...[]byte) (*tls.Config, error) {
	roots, err := Roots(pems...)
	if err != nil {
		return nil, err
	}
	return &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, nil
}

// Roots returns a new pool of the system's CA certificates, or of the embedded
// Mozilla ones where the system has none (an image made from scratch), to which
// the certificates of each PEM text are added.
func Roots(pems ...[]byte) (*x509.CertPool, error) {
	pool, err := x509.SystemCertPool()
	if err != nil || pool.Equal(x509.NewCertPool()) {
		pool = x509.NewCertPool()
		if err := addEmbedded(pool, func([]byte) bool { return true }); err != nil {
			return nil, err
		}
	}
	for _, text := range pems {
		if !pool.AppendCertsFromPEM(text) {
			return nil, noCertificate()
		}
	}
	return pool, nil
}

func noCertificate() *Error {
	return &Error{
		Service: "CA certificates", Reason: BadInput,
		Message: "no certificate could be read in the given text",
		Next:    "give the certificates themselves in PEM form (-----BEGIN CERTIFICATE-----), not a path",
	}
}

// addEmbedded adds those of Mozilla's certificates that are wanted.
func addEmbedded(pool *x509.CertPool, wanted func(der []byte) bool) error {
	for root := range bundle.Roots() {
		if !wanted(root.Certificate) {
			continue
		}
		certificate, err := x509.ParseCertificate(root.Certificate)
		if err != nil {
			return fmt.Errorf("embedded CA certificates: %w", err)
		}
		if root.Constraint == nil {
			pool.AddCert(certificate)
		} else {
			pool.AddCertWithConstraint(certificate, root.Constraint)
		}
	}
	return nil
}

// trust verifies a server's certificate by the authorities of Roots, and by the
// rules of crypto/x509, but reads only those authorities that the server names.
// Reading all that a system trusts takes longer than everything else a job
// does. It widens what it reads step by step: a chain that holds with some of
// the authorities holds with all of them.
type trust struct {
	pems  [][]byte
	files []string // the first that can be read is the system's
}

// systemFiles are where crypto/x509 looks for the system's certificates on Linux.
// https://pkg.go.dev/crypto/x509#SystemCertPool
func systemFiles() []string {
	if file := os.Getenv("SSL_CERT_FILE"); file != "" {
		return []string{file}
	}
	return []string{
		"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
		"/etc/pki/tls/cacert.pem", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/cert.pem",
	}
}

// newTrust checks that each text holds a certificate, as Roots does.
func newTrust(pems [][]byte) (*trust, error) {
	for _, text := range pems {
		if !x509.NewCertPool().AppendCertsFromPEM(text) {
			return nil, noCertificate()
		}
	}
	return &trust{pems: pems, files: systemFiles()}, nil
}

// config verifies by t in place of the client's own verification, which wants
// all authorities before it meets the server. It is for hosts with a name: of an
// address crypto/tls doesn't tell to which host the connection was to be.
func (t *trust) config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: true, VerifyConnection: t.verify} //nolint:gosec // t.verify does it
}

// verify is a tls.Config's VerifyConnection; its errors are those of the
// client's own verification.
func (t *trust) verify(state tls.ConnectionState) error {
	if len(state.PeerCertificates) == 0 || state.ServerName == "" {
		return errors.New("tls: no certificate, or no name to verify it by")
	}
	wanted := issuers(state.PeerCertificates)
	var refused error
	for _, pool := range []func(wanted func([]byte) bool) (*x509.CertPool, error){t.given, t.system, t.all} {
		roots, err := pool(wanted)
		if err != nil {
			return err
		}
		if refused = verify(state, roots); refused == nil {
			return nil
		}
	}
	return &tls.CertificateVerificationError{UnverifiedCertificates: state.PeerCertificates, Err: refused}
}

func verify(state tls.ConnectionState, roots *x509.CertPool) error {
	between := x509.NewCertPool()
	for _, certificate := range state.PeerCertificates[1:] {
		between.AddCert(certificate)
	}
	_, err := state.PeerCertificates[0].Verify(x509.VerifyOptions{DNSName: state.ServerName, Roots: roots, Intermediates: between})
	return err
}

// issuers says of a certificate whether a chain may end in it: whether it
// carries the name of an issuer, or of one of the certificates themselves.
func issuers(chain []*x509.Certificate) func(der []byte) bool {
	return func(der []byte) bool {
		name := subject(der)
		return slices.ContainsFunc(chain, func(c *x509.Certificate) bool {
			return bytes.Equal(name, c.RawIssuer) || bytes.Equal(name, c.RawSubject)
		})
	}
}

// subject is the DER of a certificate's subject; nil if it is none (RFC 5280
// section 4.1).
func subject(der []byte) []byte {
	input := cryptobyte.String(der)
	var certificate, body, name cryptobyte.String
	if !input.ReadASN1(&certificate, asn1.SEQUENCE) || !certificate.ReadASN1(&body, asn1.SEQUENCE) ||
		!body.SkipOptionalASN1(asn1.Tag(0).Constructed().ContextSpecific()) || // version
		!body.SkipASN1(asn1.INTEGER) || // serial number
		!body.SkipASN1(asn1.SEQUENCE) || // signature's algorithm
		!body.SkipASN1(asn1.SEQUENCE) || // issuer
		!body.SkipASN1(asn1.SEQUENCE) || // validity
		!body.ReadASN1Element(&name, asn1.SEQUENCE) {
		return nil
	}
	return name
}

// given are the authorities of the PEM texts.
func (t *trust) given(wanted func([]byte) bool) (*x509.CertPool, error) {
	pool := x509.NewCertPool()
	for _, text := range t.pems {
		addPEM(pool, text, wanted)
	}
	return pool, nil
}

// system are those of the system's file too.
func (t *trust) system(wanted func([]byte) bool) (*x509.CertPool, error) {
	pool, err := t.given(wanted)
	for _, file := range t.files {
		if text, err := os.ReadFile(file); err == nil {
			addPEM(pool, text, wanted)
			break
		}
	}
	return pool, err
}

// all are those of Roots; of Mozilla's, which are not in a file, the wanted.
func (t *trust) all(wanted func([]byte) bool) (*x509.CertPool, error) {
	if pool, err := x509.SystemCertPool(); err == nil && !pool.Equal(x509.NewCertPool()) {
		return Roots(t.pems...)
	}
	pool, err := t.given(wanted)
	if err == nil {
		err = addEmbedded(pool, wanted)
	}
	return pool, err
}

// addPEM adds the wanted certificates of a PEM text; what can't be read is left
// out, as x509.CertPool does.
func addPEM(pool *x509.CertPool, text []byte, wanted func([]byte) bool) {
	for der := range certificates(text) {
		if !wanted(der) {
			continue
		}
		if certificate, err := x509.ParseCertificate(der); err == nil {
			pool.AddCert(certificate)
		}
	}
}

// certificates are the DER of each certificate in a PEM text.
func certificates(text []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for {
			var block *pem.Block
			if block, text = pem.Decode(text); block == nil {
				return
			}
			if block.Type == "CERTIFICATE" && len(block.Headers) == 0 && !yield(block.Bytes) {
				return
			}
		}
	}
}

// named tells whether each host that is to show a certificate has a name, and
// is no bare address.
func named(urls ...*url.URL) bool {
	return !slices.ContainsFunc(urls, func(u *url.URL) bool { return u.Scheme == "https" && net.ParseIP(u.Hostname()) != nil })
}
