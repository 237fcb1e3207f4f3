package upstream

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"syscall"
)

// FromNetwork makes the error of a call that got no usable answer. The request's
// URL, which net/http writes into its errors, is left out; the rest is redacted
// by value of secrets. errors.Is still sees the cause (context.Canceled, …).
func FromNetwork(service string, err error, secrets ...string) *Error {
	var known *Error
	if errors.As(err, &known) {
		e := *known
		e.Service = service
		return &e
	}
	err = withoutURL(err)
	e := &Error{Service: service, Reason: Network, Err: redacted(err, secrets)}
	e.Message, e.Next = explain(err)
	e.Message = Redact(e.Message, secrets...)
	return e
}

func withoutURL(err error) error {
	var withURL *url.Error
	for errors.As(err, &withURL) {
		err = withURL.Err
	}
	return err
}

// explain says what a network error means and what to do about it.
func explain(err error) (message, next string) {
	var (
		dns     *net.DNSError
		cert    *tls.CertificateVerificationError
		record  tls.RecordHeaderError
		timeout net.Error
	)
	switch {
	case errors.Is(err, context.Canceled):
		return "stopped before it answered", "start it again"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "no answer in time", "try again later, or raise the time limit; check firewall and proxy"
	case errors.As(err, &cert):
		return "its certificate is not trusted: " + cert.Err.Error(), afterDistrust(cert.Err)
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		return "does not speak TLS at this address", "use http:// in its address, or the port where it serves https"
	case errors.As(err, &dns):
		return "its name cannot be resolved: " + dns.Error(), "check the spelling of its address, and the DNS or proxy settings"
	case errors.Is(err, syscall.ECONNREFUSED):
		return err.Error(), "check that it is running, and its address, port and firewall"
	default:
		return err.Error(), "try again later; check the network and proxy settings"
	}
}

// afterDistrust says what to do about a certificate that crypto/x509 refuses.
func afterDistrust(err error) string {
	var (
		host    x509.HostnameError
		invalid x509.CertificateInvalidError
	)
	switch {
	case errors.As(err, &host):
		return "use a name in its address that the certificate has, or give it a certificate with that name"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "renew it; if it is valid, set this machine's clock"
	}
	return "add the CA certificate that signed it; behind an inspecting proxy that is the proxy's CA"
}

// cause carries an error whose text held a secret: the text is redacted, and
// the error itself can be asked for but no longer printed.
type cause struct {
	text string
	err  error
}

func (c cause) Error() string        { return c.text }
func (c cause) Is(target error) bool { return errors.Is(c.err, target) }

func redacted(err error, secrets []string) error {
	text := Redact(err.Error(), secrets...)
	if text == err.Error() {
		return err
	}
	return cause{text: text, err: err}
}
