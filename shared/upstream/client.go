// Package upstream is the HTTP client for services that have a name and often
// a key: TheHive, MISP, URLhaus and the like. It honours proxy and CA settings,
// limits time and size, tries again where that is safe and the service allows
// it, and gives every failure a reason, a sentence and a next step. No secret
// leaves it in an error.
//
// Addresses that strangers chose are read with package fetch instead.
package upstream

import (
	"context"
	"crypto/tls"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-resty/resty/v2"
)

// Defaults of Options.
const (
	defaultTimeout = 30 * time.Second
	defaultMaxBody = 32 << 20
	defaultRetries = 2
)

// Options say how to reach a service.
type Options struct {
	Service string      // its name, as a person knows it; begins every error
	BaseURL string      // http or https; a path in it is kept in front of each request's
	Header  http.Header // sent with every request
	Secrets []string    // values that appear in no error; Header's and BaseURL's own are added

	Proxy              Proxy
	CACerts            [][]byte // PEM texts, of authorities to trust beside those of Roots
	InsecureSkipVerify bool     // accept any certificate; for a test, never for the Internet

	UserAgent string        // default: UserAgent()
	Timeout   time.Duration // for one try, its body included; default 30 s
	MaxBody   int64         // bytes of an answer after decompression; default 32 MiB

	// Retries is the number of further tries, default 2, none if negative. Only
	// what Retry says is tried again, and only for GET, HEAD and requests marked
	// Repeatable.
	Retries int

	Transport http.RoundTripper // replaces the network, and so Proxy, CACerts and InsecureSkipVerify; for tests
}

// Client calls one service. It is safe for concurrent use.
type Client struct {
	options Options
	base    *url.URL
	http    *resty.Client
	secrets []string
}

// New returns a client, or an *Error of reason BadInput when the address, the
// proxy or the CA certificates cannot be used.
func New(o Options) (*Client, error) {
	base, err := url.Parse(strings.TrimSpace(o.BaseURL))
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, &Error{
			Service: o.Service, Reason: BadInput,
			Message: "its address is not a http or https URL",
			Next:    "write it as https://host[:port][/path]",
		}
	}
	if o.UserAgent == "" {
		o.UserAgent = UserAgent()
	}
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.MaxBody <= 0 {
		o.MaxBody = defaultMaxBody
	}
	if o.Retries == 0 {
		o.Retries = defaultRetries
	}
	if o.Transport == nil {
		transport, err := o.transport(base)
		if err != nil {
			return nil, FromNetwork(o.Service, err, o.Secrets...)
		}
		o.Transport = transport
	}
	return &Client{options: o, base: base, http: NewResty(o.Transport, stay), secrets: knownSecrets(o, base)}, nil
}

// transport makes the network by which the service at base is reached.
func (o Options) transport(base *url.URL) (*http.Transport, error) {
	config, err := o.tls(base)
	if err != nil {
		return nil, err
	}
	return NewTransport(o.Proxy, config)
}

func (o Options) tls(base *url.URL) (*tls.Config, error) {
	if o.InsecureSkipVerify {
		return &tls.Config{InsecureSkipVerify: true}, nil //nolint:gosec // the admin's choice
	}
	proxies, err := o.Proxy.URLs()
	if err != nil {
		return nil, err
	}
	if !named(append(proxies, base)...) {
		return TLS(o.CACerts...)
	}
	t, err := newTrust(o.CACerts)
	if err != nil {
		return nil, err
	}
	return t.config(), nil
}

// stay is the rule for redirects: none is followed. With an API one is a mistake
// in the address or a login page, and to another host the key must not go.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// NewResty returns a resty client that logs nothing, with a rule for redirects
// as http.Client has it.
func NewResty(transport http.RoundTripper, redirect func(*http.Request, []*http.Request) error) *resty.Client {
	return resty.NewWithClient(&http.Client{Transport: transport, CheckRedirect: redirect}).
		SetLogger(silent{}).SetDisableWarn(true)
}

// silent drops resty's log lines: they hold URLs.
type silent struct{}

func (silent) Errorf(string, ...any) {}
func (silent) Warnf(string, ...any)  {}
func (silent) Debugf(string, ...any) {}

func knownSecrets(o Options, base *url.URL) []string {
	return slices.Concat(o.Secrets, Secrets(o.Header, base.Query()), userSecrets(base), o.Proxy.Secrets())
}

// Do sends a request and returns the answer, which has a status of 2xx or one
// that r.Accept lists. Every other outcome is an *Error. Redirects are not
// followed.
func (c *Client) Do(ctx context.Context, r Request) (*Response, error) {
	tries := 1
	if r.Repeatable || r.method() == http.MethodGet || r.method() == http.MethodHead {
		tries += max(0, c.options.Retries)
	}
	return Retry(ctx, tries, func() (*Response, error) { return c.try(ctx, r) })
}

// try sends a request once.
func (c *Client) try(ctx context.Context, r Request) (*Response, error) {
	secrets := slices.Concat(c.secrets, Secrets(r.Header, r.Query), Secrets(nil, r.Form))
	address, err := c.address(r.Path)
	if err != nil {
		return nil, err
	}
	limit := c.options.Timeout
	if r.Timeout > 0 {
		limit = r.Timeout
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()

	request := c.http.R().SetContext(ctx).SetDoNotParseResponse(true)
	request.Header = c.header(r.Header)
	request.QueryParam = r.Query
	if err := r.setBody(request); err != nil {
		return nil, c.unencodable(err, secrets)
	}
	answer, err := request.Execute(r.method(), address)
	if err != nil {
		return nil, FromNetwork(c.options.Service, err, secrets...)
	}
	return c.read(answer.RawResponse, r.Accept, secrets)
}

// read reads an answer to its end and judges its status.
func (c *Client) read(answer *http.Response, accept []int, secrets []string) (*Response, error) {
	body, err := ReadBody(c.options.Service, answer.Body, c.options.MaxBody, secrets...)
	if err != nil {
		if err.Reason != Network {
			err.Status = answer.StatusCode
		}
		return nil, err
	}
	if answer.StatusCode/100 != 2 && !slices.Contains(accept, answer.StatusCode) {
		return nil, FromStatus(c.options.Service, answer.StatusCode, answer.Header, body, secrets...)
	}
	return &Response{Status: answer.StatusCode, Header: answer.Header, Body: body, service: c.options.Service, secrets: secrets}, nil
}
