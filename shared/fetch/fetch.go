// Package fetch is the HTTP client for addresses that strangers chose: links in
// posts, feeds, pages. It reads public addresses only, whatever a name resolves
// to and wherever a redirect leads, within limits of time, size and redirects,
// and asks politely: conditional requests (RFC 9110 section 13), freshness
// (RFC 9111) and Retry-After are handed to the caller.
//
// Services that Waggle has an account with are called through package upstream.
package fetch

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-resty/resty/v2"

	"github.com/waggle-cti/waggle/shared/upstream"
)

const (
	defaultTimeout      = 30 * time.Second
	defaultMaxBody      = 16 << 20
	defaultMaxRedirects = 10
	defaultAccept       = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	maxURL              = 8 << 10 // bytes; RFC 9110 section 4.1 asks for at least 8000
)

// Options limit what is fetched, and how.
type Options struct {
	UserAgent    string         // default: upstream.UserAgent()
	Timeout      time.Duration  // for a fetch as a whole, redirects and body included; default 30 s
	MaxBody      int64          // bytes of a body, packed and unpacked; default 16 MiB
	MaxRedirects int            // default 10, none if negative
	Allow        []netip.Prefix // non-public networks that may be read nevertheless
	AllowKey     string         // what the configuration calls Allow, for errors; empty where it has none
	Proxy        upstream.Proxy // its own address need not be public
	AfterRefusal string         // what to do where a site answers 401 or 403, for errors; the default is the feeder's
	CACerts      [][]byte       // PEM texts, of authorities to trust beside those of upstream.Roots

	Transport http.RoundTripper // replaces the network, and so Allow, Proxy and CACerts; for tests
}

// Client fetches. It is safe for concurrent use, keeps connections and no cookies.
type Client struct {
	options Options
	http    *resty.Client
	secrets []string // of the proxy
}

// New returns a client, or an *upstream.Error when the proxy or the CA
// certificates cannot be used.
func New(o Options) (*Client, error) {
	o.UserAgent = cmp.Or(o.UserAgent, upstream.UserAgent())
	o.AfterRefusal = cmp.Or(o.AfterRefusal, "the site wants a login or turns automated readers away: use its feed, or leave it out")
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.MaxBody <= 0 {
		o.MaxBody = defaultMaxBody
	}
	if o.MaxRedirects == 0 {
		o.MaxRedirects = defaultMaxRedirects
	}
	if o.Transport == nil {
		guard, err := newGuard(o)
		if err != nil {
			return nil, err
		}
		o.Transport = guard
	}
	client := upstream.NewResty(o.Transport, redirects(max(0, o.MaxRedirects)))
	return &Client{options: o, http: client, secrets: o.Proxy.Secrets()}, nil
}

// Request is one GET.
type Request struct {
	URL          string      // http or https, without user and password
	ETag         string      // of the last answer: sent as If-None-Match
	LastModified string      // of the last answer, as it was: sent as If-Modified-Since
	Accept       string      // media types; default: pages first, anything else too
	Header       http.Header // kept from hosts that a redirect leads to
	MaxBody      int64       // default: the client's
	Secrets      []string    // never shown in an error, beside what is secret by its name
}

// Response is an answer with a status of 2xx or 304.
type Response struct {
	URL         string // after redirects
	Status      int
	NotModified bool // 304: what the request's ETag and LastModified stand for is still current
	Header      http.Header
	Body        []byte // unpacked; its charset is as sent
	ContentType string // as sent, parameters included

	// ETag and LastModified are for the next request; after a 304 that does not
	// repeat them they are the request's.
	ETag         string
	LastModified string

	MaxAge     time.Duration // how long the answer stays fresh; 0 if it did not say
	RetryAfter time.Duration // how long the site asks to wait before the next fetch; 0 if it did not say
}

// Get fetches r.URL and follows its redirects. Errors are *upstream.Error with
// the URL's host as Service. Their reason is BadInput for what is refused here
// (address, scheme, size, redirects) and would be refused again.
func (c *Client) Get(ctx context.Context, r Request) (*Response, error) {
	target, err := parse(r.URL)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.options.Timeout)
	defer cancel()

	host, secrets := target.Host, slices.Concat(c.secrets, r.Secrets, upstream.Secrets(r.Header, target.Query()))
	request := c.http.R().SetContext(ctx).SetDoNotParseResponse(true)
	request.Header = c.header(r)
	answer, err := request.Get(target.String())
	if reason, ok := errors.AsType[refusal](err); ok {
		return nil, refuse(host, reason)
	}
	if err != nil {
		return nil, upstream.FromNetwork(host, err, secrets...)
	}
	return c.read(host, answer.RawResponse, r, secrets)
}

// parse reads a URL and refuses what is not worth a connection.
func parse(address string) (*url.URL, error) {
	if len(address) > maxURL {
		return nil, refuse("fetch", refused("the address is longer than 8 KiB"))
	}
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Hostname() == "" {
		return nil, refuse("fetch", refused("this is not a http or https URL with a host"))
	}
	return u, nil
}

func refuse(host string, r refusal) error {
	return &upstream.Error{Service: host, Reason: upstream.BadInput, Message: r.why, Next: r.next}
}

func (c *Client) header(r Request) http.Header {
	header := http.Header{}
	for name, values := range r.Header {
		header[http.CanonicalHeaderKey(name)] = values
	}
	header.Set("User-Agent", c.options.UserAgent)
	header.Set("Accept", cmp.Or(r.Accept, header.Get("Accept"), defaultAccept))
	header.Set("Accept-Encoding", acceptEncoding)
	if r.ETag != "" {
		header.Set("If-None-Match", r.ETag)
	}
	if r.LastModified != "" {
		header.Set("If-Modified-Since", r.LastModified)
	}
	return header
}

// read reads an answer to its end, unpacks it and judges its status.
func (c *Client) read(host string, answer *http.Response, r Request, secrets []string) (*Response, error) {
	limit := c.options.MaxBody
	if r.MaxBody > 0 {
		limit = r.MaxBody
	}
	body, failure := upstream.ReadBody(host, answer.Body, limit, secrets...)
	if failure == nil {
		body, failure = unpack(host, body, answer.Header.Get("Content-Encoding"), limit)
	}
	if failure != nil {
		if failure.Reason != upstream.Network {
			failure.Status = answer.StatusCode
		}
		return nil, failure
	}
	unchanged := answer.StatusCode == http.StatusNotModified
	if answer.StatusCode/100 != 2 && !unchanged {
		return nil, c.statusError(host, answer, body, secrets)
	}
	response := &Response{
		URL:          answer.Request.URL.String(),
		Status:       answer.StatusCode,
		NotModified:  unchanged,
		Header:       answer.Header,
		Body:         body,
		ContentType:  answer.Header.Get("Content-Type"),
		ETag:         answer.Header.Get("ETag"),
		LastModified: answer.Header.Get("Last-Modified"),
		MaxAge:       maxAge(answer.Header, time.Now()),
		RetryAfter:   pause(answer.Header, time.Now()),
	}
	if unchanged {
		response.ETag = cmp.Or(response.ETag, r.ETag)
		response.LastModified = cmp.Or(response.LastModified, r.LastModified)
	}
	return response, nil
}

// statusError says what a status means for somebody who only reads.
func (c *Client) statusError(host string, answer *http.Response, body []byte, secrets []string) error {
	e := upstream.FromStatus(host, answer.StatusCode, answer.Header, body, secrets...)
	switch e.Reason {
	case upstream.RateLimited:
		if e.RetryAfter == 0 {
			e.RetryAfter = rateReset(answer.Header, time.Now())
		}
	case upstream.Auth:
		e.Next = c.options.AfterRefusal
	case upstream.NotFound:
		e.Next = "check whether the page or feed has moved"
	case upstream.BadInput:
		e.Next = "open the address in a browser to see what it expects"
	}
	return e
}
