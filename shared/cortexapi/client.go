// Package cortexapi is a client of Cortex' REST API, for as much of it as
// Waggle needs: the workers of the key's organisation, and their jobs. It is
// for those who ask Cortex to work; package cortex is for the workers.
//
// Sources: https://docs.strangebee.com/cortex/api/api-guide/, and where that
// is silent the source of Cortex 4.1.0
// (https://github.com/TheHive-Project/Cortex, conf/routes and JobSrv).
package cortexapi

import (
	"context"
	"errors"
	"maps"
	"net/http"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// service is Cortex' name in errors.
const service = "Cortex"

// Options say where Cortex is and as whom to use it.
type Options struct {
	URL string // as a browser has it: https://cortex.example.com
	Key string // API key of a user with the roles read and analyze

	// HTTP carries proxy, certificates, time-outs and the like. Service,
	// BaseURL and the credentials are filled in.
	HTTP upstream.Options
}

// Client speaks to one Cortex in the name of one user. It is safe for use by
// several goroutines.
type Client struct{ http *upstream.Client }

// New makes a client. It asks Cortex nothing yet. The error says which option
// is wrong.
func New(o Options) (*Client, error) {
	switch {
	case o.URL == "":
		return nil, invalid("no address", "set Cortex' URL")
	case o.Key == "":
		return nil, invalid("no API key", "set the key of a user of Cortex with the roles read and analyze")
	}
	u := o.HTTP
	u.Service, u.BaseURL, u.Header = service, o.URL, http.Header{}
	maps.Copy(u.Header, o.HTTP.Header)
	u.Header.Set("Authorization", "Bearer "+o.Key)
	hc, err := upstream.New(u)
	if err != nil {
		return nil, err
	}
	return &Client{hc}, nil
}

// User is whom the key belongs to.
type User struct {
	Login        string
	Organisation string
	Roles        []string // read, analyze, orgadmin, superadmin
}

// User asks whom the key belongs to. A key that Cortex does not take is an
// error of reason upstream.Auth.
func (c *Client) User(ctx context.Context) (User, error) {
	answer, err := c.do(ctx, upstream.Request{Path: "/api/user/current"})
	if err != nil {
		return User{}, err
	}
	r := answer.JSON()
	u := User{Login: r.Get("id").String(), Organisation: r.Get("organization").String(), Roles: texts(r.Get("roles"))}
	if u.Login == "" {
		return User{}, answer.Strange("the answer names no user")
	}
	return u, nil
}

// Version asks which version Cortex is ("4.1.0-1"). It takes no key.
func (c *Client) Version(ctx context.Context) (string, error) {
	answer, err := c.do(ctx, upstream.Request{Path: "/api/status"})
	if err != nil {
		return "", err
	}
	version := answer.JSON().Get("versions.Cortex").String()
	if version == "" {
		return "", answer.Strange("the answer names no version of Cortex")
	}
	return version, nil
}

// do sends a request, and says what to do about a refusal where Cortex' way of
// refusing needs it. Cortex' own words are the message:
// {"type":"AuthorizationError","message":"Insufficient rights to perform this action"}.
func (c *Client) do(ctx context.Context, r upstream.Request) (*upstream.Response, error) {
	answer, err := c.http.Do(ctx, r)
	var e *upstream.Error
	if !errors.As(err, &e) {
		return answer, err
	}
	told := *e
	switch told.Status {
	case http.StatusUnauthorized:
		told.Next = "check the API key; a locked user's key is refused as well"
	case http.StatusForbidden:
		told.Next = "give the key's user the roles read and analyze; a superadmin may not run analyzers"
	case http.StatusTooManyRequests:
		told.Next = "wait until the analyzer's rate limit in Cortex allows more, or raise it there"
	}
	return nil, &told
}

// list asks for a list of objects.
func (c *Client) list(ctx context.Context, r upstream.Request) ([]gjson.Result, error) {
	answer, err := c.do(ctx, r)
	if err != nil {
		return nil, err
	}
	rows := answer.JSON()
	if !rows.IsArray() {
		return nil, answer.Strange("the answer is no list")
	}
	return rows.Array(), nil
}

// texts reads a list of strings.
func texts(r gjson.Result) []string {
	var out []string
	for _, t := range r.Array() {
		out = append(out, t.String())
	}
	return out
}

// invalid is the error for what cannot be sent at all.
func invalid(message, next string) error {
	return &upstream.Error{Service: service, Reason: upstream.BadInput, Message: message, Next: next}
}
