package upstream

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/tidwall/gjson"
)

// Response is an answer, read whole.
type Response struct {
	Status int
	Header http.Header
	Body   []byte

	service string
	secrets []string
}

// JSON returns the body for gjson's paths. What is not JSON has no fields.
func (r *Response) JSON() gjson.Result { return parse(r.Body) }

func parse(text []byte) gjson.Result {
	if !gjson.ValidBytes(text) {
		return gjson.Result{}
	}
	return gjson.ParseBytes(text)
}

// Decode reads the body as JSON into v. Its error is an *Error of reason Failure.
func (r *Response) Decode(v any) error {
	err := json.Unmarshal(r.Body, v)
	if err == nil {
		return nil
	}
	return &Error{
		Service: r.service, Reason: Failure, Status: r.Status,
		Message: "its answer is not the JSON expected: " + Redact(err.Error(), r.secrets...),
		Next:    "check that its address leads to the API and not to a web page, and its version",
		Body:    head(r.Body, r.secrets),
		Err:     redacted(err, r.secrets),
	}
}

// Strange is an *Error of reason Failure for an answer that the service would
// not give, whatever its status says: something else is at its address.
func (r *Response) Strange(message string) error {
	return &Error{
		Service: r.service, Reason: Failure, Status: r.Status, Message: message,
		Next: "check the URL: is " + r.service + " what answers there?",
	}
}

// ReadBody reads a body to its end and closes it. More than limit bytes are an
// *Error of reason BadInput that wraps *http.MaxBytesError; a body that breaks
// off is one of reason Network.
func ReadBody(service string, body io.ReadCloser, limit int64, secrets ...string) ([]byte, *Error) {
	body = http.MaxBytesReader(nil, body, limit)
	defer func() { _ = body.Close() }()
	data, err := io.ReadAll(body)
	var tooLarge *http.MaxBytesError
	switch {
	case err == nil:
		return data, nil
	case errors.As(err, &tooLarge):
		return nil, &Error{
			Service: service, Reason: BadInput, Err: err,
			Message: fmt.Sprintf("answered more than %d bytes, which is the limit", limit),
			Next:    "ask for less, or raise the limit",
		}
	default:
		return nil, FromNetwork(service, err, secrets...)
	}
}
