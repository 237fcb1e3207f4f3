package upstream

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// Reason is why a call failed, coarse enough to act upon. It is an error, so
// errors.Is(err, upstream.RateLimited) asks for it.
type Reason string

// The reasons.
const (
	Auth        Reason = "auth"         // the key, the account's rights or its plan do not allow the call
	RateLimited Reason = "rate limited" // too many calls; Error.RetryAfter says when to come back, if the service did
	NotFound    Reason = "not found"    // the service has nothing under this name
	BadInput    Reason = "bad input"    // the request itself is refused; repeating it changes nothing
	Failure     Reason = "upstream"     // the service answered, and what it answered is its own failure
	Network     Reason = "network"      // no answer: name, connection, certificate, time limit
)

// Error returns the reason in words.
func (r Reason) Error() string { return string(r) }

// Error is a failed call to a service. No text of it holds a secret the
// client knows of.
type Error struct {
	Service string // the service's name, as a person knows it
	Reason  Reason
	Status  int    // HTTP status; 0 when there was no answer
	Message string // what happened
	Next    string // what the reader can do about it

	// RetryAfter is how long the service asked to wait; 0 when it did not say.
	RetryAfter time.Duration

	// Body is the start of the answer, at most 64 KiB.
	Body []byte

	// Err is the cause, where there is one below HTTP.
	Err error
}

// Error returns one sentence: service, reason, status, what happened, what to do.
func (e *Error) Error() string {
	head := string(e.Reason)
	if e.Status != 0 {
		head += " (" + strconv.Itoa(e.Status) + ")"
	}
	parts := make([]string, 0, 4)
	for _, part := range []string{e.Service, head, e.Message, e.Next} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ": ")
}

// Is reports whether target is the error's Reason.
func (e *Error) Is(target error) bool {
	reason, ok := target.(Reason)
	return ok && reason == e.Reason
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// ReasonOf returns the reason of the first *Error in err's chain, and "" when
// there is none.
func ReasonOf(err error) Reason {
	var e *Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return ""
}

// Temporary reports whether the same call may succeed later, unchanged.
func Temporary(err error) bool {
	switch ReasonOf(err) {
	case RateLimited, Failure, Network:
		return true
	default:
		return false
	}
}
