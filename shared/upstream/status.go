package upstream

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/tidwall/gjson"
)

const (
	maxErrorBody = 64 << 10 // of an answer kept in an Error
	maxSecret    = 8 << 10  // in any encoding
	maxExcerpt   = 200      // runes of an answer quoted in a message
)

// FromStatus makes the error of an answer whose status is a failure, per
// RFC 9110 section 15. The texts are redacted by value of secrets.
func FromStatus(service string, status int, header http.Header, body []byte, secrets ...string) *Error {
	e := &Error{
		Service:    service,
		Reason:     reasonOfStatus(status, header),
		Status:     status,
		RetryAfter: RetryAfter(header),
		Body:       head(body, secrets),
	}
	// Quoted texts are shortened after they are redacted: half a secret is one.
	e.Message = clip(Redact(describe(status, header, e.Body), secrets...))
	e.Next = nextOfStatus(e, header, secrets)
	return e
}

// head is the start of a body as an Error keeps it. Only a little more than that
// is read, for a hostile body may be long; what a cut may have left of a secret
// lies in the last maxSecret bytes and goes.
func head(body []byte, secrets []string) []byte {
	const look = maxErrorBody + maxSecret
	clean := Redact(string(body[:min(len(body), look)]), secrets...)
	if len(body) > look {
		clean = clean[:max(0, len(clean)-maxSecret)]
	}
	return []byte(clean[:min(len(clean), maxErrorBody)])
}

// reasonOfStatus sorts a status. A redirect to a login page is how web
// applications (MISP, for one) say that the key is missing or wrong.
func reasonOfStatus(status int, header http.Header) Reason {
	switch {
	case status >= 300 && status < 400 && toLogin(header):
		return Auth
	case status == http.StatusUnauthorized, status == http.StatusForbidden,
		status == http.StatusPaymentRequired, status == http.StatusProxyAuthRequired:
		return Auth
	case status == http.StatusNotFound, status == http.StatusGone:
		return NotFound
	case status == http.StatusTooManyRequests:
		return RateLimited
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly:
		return Failure
	case status >= 400 && status < 500:
		return BadInput
	default:
		return Failure
	}
}

func toLogin(header http.Header) bool {
	return strings.Contains(strings.ToLower(header.Get("Location")), "login")
}

func nextOfStatus(e *Error, header http.Header, secrets []string) string {
	switch {
	case e.Status == http.StatusPaymentRequired:
		return "check the account's plan or credit"
	case e.Status == http.StatusProxyAuthRequired:
		return "check the proxy's user name and password"
	case (e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden) && !slices.ContainsFunc(secrets, func(s string) bool { return s != "" }):
		return "no key was sent: check whether it wants one, or blocks this network's address"
	case e.Reason == Auth:
		return "check the key and what its account may do"
	case e.Status >= 300 && e.Status < 400:
		return "set the service's address to where it moved: " + Redact(location(header), secrets...)
	case e.Reason == RateLimited && e.RetryAfter > 0:
		return "wait " + e.RetryAfter.Round(time.Second).String() + ", or use an account with a higher limit"
	case e.Reason == RateLimited:
		return "wait some minutes, or use an account with a higher limit"
	case e.Reason == NotFound:
		return "check the value, and the service's address if nothing is ever found"
	case e.Reason == BadInput:
		return "check the value that was sent; the same request will be refused again"
	default:
		return "try again later; if it lasts, look at the service's status page or log"
	}
}

// location is a redirect's target without its query, which may carry a token.
func location(header http.Header) string {
	u, err := url.Parse(header.Get("Location"))
	if err != nil || u.String() == "" {
		return "(no usable Location)"
	}
	u.RawQuery, u.Fragment, u.User = "", "", nil
	return u.String()
}

// describe says in words what an answer said: its own message if it has one.
func describe(status int, header http.Header, body []byte) string {
	if status >= 300 && status < 400 {
		return "redirects to " + location(header)
	}
	if text := excerpt(header.Get("Content-Type"), body); text != "" {
		return text
	}
	return strings.ToLower(http.StatusText(status))
}

// excerpt is the sentence an error answer carries: a message field of JSON, or
// the start of plain text. Pages are not quoted.
func excerpt(contentType string, body []byte) string {
	if gjson.ValidBytes(body) {
		return messageField(gjson.ParseBytes(body))
	}
	if strings.Contains(contentType, "html") || strings.HasPrefix(strings.TrimSpace(string(body)), "<") {
		return ""
	}
	return string(body)
}

// messageField looks where APIs put their error sentence.
func messageField(doc gjson.Result) string {
	if doc.Type == gjson.String {
		return doc.String()
	}
	for _, path := range []string{"message", "error.message", "error", "errors.0.message", "errors.0.detail", "errors.0", "detail.0.msg", "detail", "errorMessage", "query_status"} {
		if v := doc.Get(path); v.Type == gjson.String && v.String() != "" {
			return v.String()
		}
	}
	return ""
}

// clip makes one short printable line of text.
func clip(text string) string {
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r)
	}), " ")
	if runes := []rune(text); len(runes) > maxExcerpt {
		return string(runes[:maxExcerpt]) + "…"
	}
	return text
}
