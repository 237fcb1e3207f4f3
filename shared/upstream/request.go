package upstream

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-resty/resty/v2"
)

// Request is one call. At most one of JSON, Form and Multipart is sent: the
// first that is set. GET and HEAD carry none.
type Request struct {
	Method string // default GET
	Path   string // below the base URL; values in it escaped by url.PathEscape
	Query  url.Values
	Header http.Header // in addition to the client's, and before it

	JSON      any // anything encoding/json takes; < > & are sent as they are
	Form      url.Values
	Multipart []Part

	Accept     []int         // statuses besides 2xx that are an answer and no error
	Repeatable bool          // sending it twice does no harm, so it may be tried again
	Timeout    time.Duration // for one try; default: the client's
}

// Part is one part of a multipart/form-data body, RFC 7578.
type Part struct {
	Name        string // of the form field
	Filename    string // empty for a plain value
	ContentType string // default application/octet-stream with a Filename, text/plain without
	Data        []byte
}

func (r Request) method() string { return cmp.Or(r.Method, http.MethodGet) }

// setBody gives the request its body, in memory so that it can be sent again.
func (r Request) setBody(request *resty.Request) error {
	switch {
	case r.JSON != nil:
		body, err := encode(r.JSON)
		if err != nil {
			return err
		}
		request.SetHeader("Content-Type", "application/json").SetBody(body)
	case r.Form != nil:
		request.SetFormDataFromValues(r.Form)
	case r.Multipart != nil:
		for _, part := range r.Multipart {
			request.SetMultipartField(part.Name, part.Filename, part.contentType(), bytes.NewReader(part.Data))
		}
	}
	return nil
}

// encode writes JSON as it is, with no escapes for HTML.
func encode(v any) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(v)
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), err
}

func (p Part) contentType() string {
	fallback := "text/plain; charset=utf-8"
	if p.Filename != "" {
		fallback = "application/octet-stream"
	}
	return cmp.Or(p.ContentType, fallback)
}

// header joins what the client and the request send; the request's wins.
func (c *Client) header(own http.Header) http.Header {
	header := http.Header{"User-Agent": {c.options.UserAgent}, "Accept": {"application/json"}}
	for _, more := range []http.Header{c.options.Header, own} {
		for name, values := range maps.All(more) {
			header[http.CanonicalHeaderKey(name)] = values
		}
	}
	return header
}

// address is the request's URL. A path cannot lead to another host.
func (c *Client) address(path string) (string, error) {
	base := *c.base
	base.RawQuery, base.Fragment = "", ""
	address := strings.TrimRight(base.String(), "/") + "/" + strings.TrimLeft(path, "/")
	u, err := url.Parse(address)
	if err != nil {
		return "", &Error{
			Service: c.options.Service, Reason: BadInput,
			Message: "the request's path is not valid in a URL",
			Next:    "check the value that was looked up",
		}
	}
	query := c.base.Query()
	maps.Copy(query, u.Query())
	u.RawQuery = query.Encode()
	return u.String(), nil
}

func (c *Client) unencodable(err error, secrets []string) error {
	return &Error{
		Service: c.options.Service, Reason: BadInput,
		Message: "the request cannot be written as JSON: " + Redact(err.Error(), secrets...),
		Next:    "check the values that were sent",
		Err:     redacted(err, secrets),
	}
}
