// Package misp is a client of MISP's REST API, for as much of it as Waggle
// needs: events with their attributes, objects and tags, searches, sightings and
// warninglists.
//
// What it writes may be written again. Events, attributes and objects have
// UUIDs made of what they tell (EventUUID and the like), so a repetition finds
// the first writing; PutEvent sends only what MISP does not hold yet.
//
// MISP refuses much without a word, and says the same status for different
// things. PutEvent therefore compares what MISP holds with what was sent, and
// errors carry a Reason of MISP's own beside the one of package upstream.
//
// Sources: https://www.misp-project.org/openapi/ and
// https://www.misp-project.org/datamodels/. Where a running 2.5.1 does
// otherwise than its documentation says, the code follows the running one and
// says so.
package misp

import (
	"context"
	"maps"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/waggle-cti/waggle/shared/serial"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// service is MISP's name in errors.
const service = "MISP"

// Options say where MISP is and as whom to use it.
type Options struct {
	URL string // as a browser has it: https://misp.example.com
	Key string // of a user who may add events (role User or above)

	// HTTP carries proxy, certificates, time-outs and the like. Service,
	// BaseURL and the credentials are filled in.
	HTTP upstream.Options
}

// Upstream gives the options of the HTTP client that o needs, for those who
// make it themselves and hand it to Over.
func (o Options) Upstream() upstream.Options {
	u := o.HTTP
	u.Service, u.BaseURL, u.Header = service, o.URL, http.Header{}
	maps.Copy(u.Header, o.HTTP.Header)
	u.Header.Set("Authorization", o.Key)       // bare; with "Bearer" before it, it is refused
	u.Header.Set("Accept", "application/json") // without it MISP redirects to its login page
	if u.Timeout == 0 {
		u.Timeout = 2 * time.Minute // 10,000 attributes take MISP 20 s
	}
	if u.MaxBody == 0 {
		u.MaxBody = 64 << 20 // an event of 50,000 attributes
	}
	return u
}

// Client speaks to one MISP in the name of one user. It is safe for use by
// several goroutines; writes to one event go one after another, since MISP
// does not guard against two at once.
type Client struct {
	http  *upstream.Client
	key   string
	order serial.Keys
	quota atomic.Pointer[Quota]
}

// New makes a client. It asks MISP nothing yet. The error says which option is
// wrong.
func New(o Options) (*Client, error) {
	switch {
	case o.URL == "":
		return nil, invalid("no address", "set MISP's URL")
	case o.Key == "":
		return nil, invalid("no API key", "set the auth key of a user of MISP")
	}
	hc, err := upstream.New(o.Upstream())
	if err != nil {
		return nil, err
	}
	return Over(hc, o), nil
}

// Over makes a client that uses an HTTP client made with o.Upstream.
func Over(hc *upstream.Client, o Options) *Client { return &Client{http: hc, key: o.Key} }

// Version asks for MISP's version ("2.5.1"), which needs a key: it tells whether
// the address and the key are right.
func (c *Client) Version(ctx context.Context) (string, error) {
	answer, err := c.do(ctx, upstream.Request{Method: http.MethodGet, Path: "/servers/getVersion"})
	if err != nil {
		return "", err
	}
	version := answer.JSON().Get("version").String()
	if version == "" {
		return "", answer.Strange("the answer tells no version of MISP")
	}
	return version, nil
}

// do sends a request, and reads MISP's reason out of a refusal.
func (c *Client) do(ctx context.Context, r upstream.Request) (*upstream.Response, error) {
	answer, err := c.http.Do(ctx, r)
	if err != nil {
		return nil, explain(err)
	}
	c.note(answer.Header)
	return answer, nil
}

// post sends a JSON body to an address.
func (c *Client) post(ctx context.Context, path string, body any) (*upstream.Response, error) {
	return c.do(ctx, upstream.Request{Method: http.MethodPost, Path: path, JSON: body})
}

// quote makes words of MISP fit to be shown: short, and without the key should
// it be in them.
func (c *Client) quote(text string) string { return clip(upstream.Redact(text, c.key), 500) }

// invalid is the error for what cannot be sent at all.
func invalid(message, next string) error {
	return &upstream.Error{Service: service, Reason: upstream.BadInput, Message: message, Next: next}
}
