// Package thehive is a client of TheHive's REST API, for as much of it as
// Waggle needs: alerts and their observables, cases and theirs.
//
// It speaks to TheHive 4.1 and 5, and finds out by itself which one it has
// before it. Everything that it writes may be written again: a second alert of
// the same type, source and reference is not made, an observable that is there
// stays one.
//
// Sources: https://docs.strangebee.com/thehive/api-docs/ (TheHive 5) and
// https://docs.thehive-project.org/thehive/api/ (TheHive 4). Where a running
// 4.1.24 does otherwise than its documentation says, the code follows the
// running one and says so.
package thehive

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/serial"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// service is TheHive's name in errors.
const service = "TheHive"

// Options say where TheHive is and as whom to use it.
type Options struct {
	URL          string // as a browser has it: https://thehive.example.com
	Key          string // API key of a user with the permission manageAlert
	Organisation string // of the user's several; empty = the user's default

	// Settle is how long to look for an alert after a create whose outcome is
	// unknown, before giving up; 0 = 2 s. TheHive goes on with a request whose
	// client has left.
	Settle time.Duration

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
	u.Header.Set("Authorization", "Bearer "+o.Key)
	u.Header.Set("Accept", "application/json")
	if o.Organisation != "" {
		u.Header.Set("X-Organisation", o.Organisation)
	}
	if u.Timeout == 0 {
		u.Timeout = time.Minute // an alert of 200 observables takes TheHive 4.1 seconds
	}
	return u
}

// Client speaks to one TheHive in the name of one user. It is safe for use by
// several goroutines; what they write about one alert goes one after another.
type Client struct {
	http   *upstream.Client
	key    string
	settle time.Duration
	order  serial.Keys

	mu      sync.Mutex // guards what follows
	version Version
	types   map[string]bool
	lacking map[string]time.Time // custom fields that TheHive has not, and when it said so
}

// New makes a client. It asks TheHive nothing yet. The error says which option
// is wrong.
func New(o Options) (*Client, error) {
	switch {
	case o.URL == "":
		return nil, invalid("no address", "set TheHive's URL")
	case o.Key == "":
		return nil, invalid("no API key", "set the key of a user of TheHive that may manage alerts")
	}
	hc, err := upstream.New(o.Upstream())
	if err != nil {
		return nil, err
	}
	return Over(hc, o), nil
}

// Over makes a client that uses an HTTP client made with o.Upstream.
func Over(hc *upstream.Client, o Options) *Client {
	return &Client{http: hc, key: o.Key, settle: cmp.Or(o.Settle, 2*time.Second)}
}

// do sends a request whose answer is JSON or nothing. Another answer is not
// TheHive's, whatever its status: a proxy's page to log in at comes with 200, and
// would pass for a write that was done.
func (c *Client) do(ctx context.Context, r upstream.Request) (*upstream.Response, error) {
	answer, err := c.load(ctx, r)
	if err == nil && len(answer.Body) > 0 && !answer.JSON().Exists() {
		return nil, answer.Strange("the answer is no JSON")
	}
	return answer, err
}

// load sends a request, and makes TheHive's own words out of a refusal.
func (c *Client) load(ctx context.Context, r upstream.Request) (*upstream.Response, error) {
	answer, err := c.http.Do(ctx, r)
	if err != nil {
		return nil, explain(err)
	}
	return answer, nil
}

// entity gives the alert or case that an answer holds.
func entity(answer *upstream.Response) (gjson.Result, error) {
	r := answer.JSON()
	if r.Get("_id").String() == "" {
		return gjson.Result{}, answer.Strange("the answer holds nothing with an id")
	}
	return r, nil
}

// made counts the entities in a list.
func made(list gjson.Result) (n int, ok bool) {
	rows := list.Array()
	return len(rows), list.IsArray() && !slices.ContainsFunc(rows, func(r gjson.Result) bool { return r.Get("_id").String() == "" })
}

// explain says what to do about a refusal, where TheHive's way of refusing
// needs it. TheHive's own words are the message:
// {"type":"AuthenticationError","message":"Authentication failure"}.
func explain(err error) error {
	var e *upstream.Error
	if !errors.As(err, &e) {
		return err
	}
	told := *e
	switch told.Status {
	case http.StatusUnauthorized:
		told.Next = "check the API key; a locked user's key is refused as well"
	case http.StatusForbidden:
		told.Next = "check that the key's user has the permission needed (manageAlert for alerts) and the organisation's name"
	case http.StatusRequestEntityTooLarge:
		told.Next = "raise play.http.parser.maxMemoryBuffer in TheHive's application.conf"
	}
	return &told
}

// refusal gives TheHive's type and message of an error, empty when it is none
// of TheHive's own.
func refusal(err error) (kind, message string) {
	var e *upstream.Error
	if !errors.As(err, &e) {
		return "", ""
	}
	body := gjson.ParseBytes(e.Body)
	return body.Get("type").String(), body.Get("message").String()
}

// invalid is the error for what cannot be sent at all.
func invalid(message, next string) error {
	return &upstream.Error{Service: service, Reason: upstream.BadInput, Message: message, Next: next}
}
