// Package abusech asks the services of abuse.ch, which share an account and a
// way of answering: the verdict stands in the body as query_status, whatever the
// HTTP status says.
//
// APIs: https://urlhaus-api.abuse.ch/, https://threatfox.abuse.ch/api/,
// https://bazaar.abuse.ch/api/; https://auth.abuse.ch/ for the key.
package abusech

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// Account is the part of a worker's configuration that the services share.
type Account struct {
	Key string `cortex:"key" required:"true" secret:"true" description:"abuse.ch Auth-Key, free at https://auth.abuse.ch"`
}

// Options name a service and whose account to use.
type Options struct {
	Service string // as errors name it: "URLhaus"
	URL     string // of its API: "https://urlhaus-api.abuse.ch"
	Key     string // Auth-Key
	Takes   string // what it can be asked for, to say so when it refuses a value
}

// Upstream gives the options of the HTTP client that o needs.
func (o Options) Upstream() upstream.Options {
	return upstream.Options{Service: o.Service, BaseURL: o.URL, Secrets: []string{o.Key}, Header: http.Header{"Auth-Key": {o.Key}}}
}

// Client asks one service.
type Client struct {
	http    *upstream.Client
	options Options
}

// Over makes a client that uses an HTTP client made with o.Upstream.
func Over(hc *upstream.Client, o Options) *Client { return &Client{http: hc, options: o} }

// Ask sends a question, by POST, and gives the answer and whether the service
// knows what it was asked for.
func (c *Client) Ask(ctx context.Context, r upstream.Request) (answer upstream.Fields, found bool, err error) {
	r.Method, r.Repeatable = http.MethodPost, true // it changes nothing
	response, err := c.http.Do(ctx, r)
	if err != nil {
		return answer, false, err
	}
	answer = response.Fields()
	switch status := answer.Text("query_status"); status {
	case "ok":
		return answer, true, nil
	case "no_results", "no_result", "hash_not_found": // URLhaus, ThreatFox, MalwareBazaar
		return answer, false, nil
	default:
		return answer, false, c.refusal(response.Status, status)
	}
}

// AskList sends a question whose answer is a list, as ThreatFox and
// MalwareBazaar have it in "data", and gives the list: empty if the service does
// not know what it was asked for.
func (c *Client) AskList(ctx context.Context, r upstream.Request) ([]upstream.Fields, error) {
	answer, found, err := c.Ask(ctx, r)
	if err != nil || !found {
		return nil, err
	}
	list := answer.List("data")
	if len(list) == 0 {
		return nil, c.refusal(http.StatusOK, "")
	}
	return list, nil
}

// refusal is the error for a query_status that is no answer.
func (c *Client) refusal(httpStatus int, status string) error {
	e := &upstream.Error{Service: c.options.Service, Reason: upstream.Failure, Status: httpStatus,
		Message: fmt.Sprintf("it answered query_status %.64q", upstream.Redact(status, c.options.Key))}
	switch {
	case status == "":
		e.Message, e.Next = "its answer is not the JSON expected", "try again later; a proxy may have answered in its place"
	case strings.Contains(status, "auth_key"):
		e.Reason, e.Next = upstream.Auth, "check the Auth-Key at https://auth.abuse.ch"
	case strings.HasPrefix(status, "invalid_"), strings.HasPrefix(status, "illegal_"), strings.HasPrefix(status, "illegl_"): // the last is theirs
		e.Reason, e.Next = upstream.BadInput, "check the observable: "+c.options.Service+" takes "+c.options.Takes
	default:
		e.Next = "try again later; see " + c.options.URL
	}
	return e
}
