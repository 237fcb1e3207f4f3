package misp

import (
	"errors"
	"net/http"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// Reason is why MISP refused, finer than upstream.Reason: MISP answers 403 to
// a wrong key, a missing permission, a bad value and a duplicate alike. It is
// in the chain of the error, so errors.Is(err, misp.Duplicate) asks for it.
type Reason string

// MISP's reasons.
const (
	BadKey     Reason = "the key is not accepted"
	Permission Reason = "the user may not do this"
	Validation Reason = "a field is not valid"
	Duplicate  Reason = "the event holds this attribute already"
	Exists     Reason = "an event with this UUID exists"
	Blocked    Reason = "the event's UUID is on the blocklist, as of deleted events"
)

// Error returns the reason in words.
func (r Reason) Error() string { return string(r) }

// verdict is what a refusal means: for whom handles it, and for whom reads it.
type verdict struct {
	reason upstream.Reason
	cause  Reason
	next   string
}

// explain gives a refusal its reason and one readable message.
func explain(err error) error {
	var e *upstream.Error
	if !errors.As(err, &e) || e.Status == 0 {
		return err
	}
	told := *e
	body := gjson.ParseBytes(e.Body)
	if problems := problems(body.Get("errors")); problems != "" {
		told.Message = clip(problems, 500)
	} else if message := body.Get("message").String(); message != "" {
		told.Message = clip(message, 500)
	}
	if v, ok := judge(e.Status, body); ok {
		told.Reason, told.Next = v.reason, v.next
		if v.cause != "" {
			told.Err = v.cause
		}
	}
	return &told
}

// judge reads what a status and its body mean. MISP's sentences are those of
// its version 2.5, in English whatever the user's language is.
func judge(status int, body gjson.Result) (verdict, bool) {
	message := body.Get("message").String()
	switch {
	case status >= 300 && status < 400:
		return verdict{upstream.Auth, BadKey, "check the URL and the key: MISP asks to log in"}, true
	case strings.HasPrefix(message, "Authentication failed"):
		return verdict{upstream.Auth, BadKey, "check the auth key; it may have expired"}, true
	case strings.Contains(message, "from your IP address"):
		return verdict{upstream.Auth, BadKey, "add this machine's address to those that the auth key allows"}, true
	case strings.HasPrefix(message, "You do not have permission"), strings.HasPrefix(message, "You are not authorised"),
		strings.HasPrefix(message, "No permission to attach"), strings.Contains(message, "can only be attached in a local scope"):
		return verdict{upstream.Auth, Permission, "give the key's user a role that may, and a key that is not read-only; another organisation's event is not ours to change"}, true
	case strings.HasPrefix(message, "Event already exists"):
		return verdict{upstream.BadInput, Exists, "edit it instead"}, true
	case strings.HasPrefix(message, "Event blocked"):
		return verdict{upstream.BadInput, Blocked, "an administrator of MISP can take it off the event blocklist"}, true
	case status == http.StatusMethodNotAllowed && message == "Invalid attribute":
		return verdict{upstream.NotFound, "", "check the attribute's id"}, true
	case status == http.StatusForbidden && problems(body.Get("errors")) != "":
		return judgeErrors(problems(body.Get("errors"))), true
	case status == http.StatusRequestEntityTooLarge:
		return verdict{upstream.BadInput, "", "raise the body size of MISP's web server"}, true
	}
	return verdict{}, false
}

// judgeErrors tells a duplicate and a missing right from a fault.
func judgeErrors(text string) verdict {
	switch {
	case strings.Contains(text, "A similar attribute already exists"):
		return verdict{upstream.BadInput, Duplicate, "leave it: it is there"}
	case strings.Contains(text, "insufficient privileges"), strings.Contains(text, "users of the host organisation"):
		return verdict{upstream.Auth, Permission, "have an administrator of MISP make the tag, or give the user's role the right to"}
	}
	return verdict{upstream.BadInput, Validation, "mend the value; the same will be refused again"}
}

// problems makes one line of MISP's errors, which may be a string, an object
// of lists {"value":["…"]}, or objects of those {"Event":{"info":["…"]}}.
func problems(errors gjson.Result) string {
	var out []string
	gather("", errors, &out)
	return strings.Join(out, "; ")
}

func gather(name string, r gjson.Result, out *[]string) {
	switch {
	case r.IsObject():
		r.ForEach(func(key, value gjson.Result) bool {
			gather(key.String(), value, out)
			return true
		})
	case r.IsArray():
		for _, one := range r.Array() {
			gather(name, one, out)
		}
	case r.String() != "" && name != "":
		*out = append(*out, name+": "+r.String())
	case r.String() != "":
		*out = append(*out, r.String())
	}
}
