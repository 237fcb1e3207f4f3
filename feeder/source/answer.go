package source

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/waggle-cti/waggle/feeder/secret"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/fetch"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// Unreadable is the error for an answer that is not the thing a kind reads
// ("a feed", "a list of posts"): it says what came instead. The cause says what is
// wrong with it; it must hold no secret.
func Unreadable(spec Spec, answer *fetch.Response, thing string, cause error) error {
	e := &upstream.Error{
		Service: spec.Name, Reason: upstream.Failure, Status: answer.Status,
		Message: "the answer is not " + thing + ": " + cause.Error(),
		Next:    "open " + spec.Shown() + " in a browser: it may have moved, or be broken",
		Err:     cause,
	}
	if err := Challenged(spec, answer); err != nil {
		return err
	}
	if page, ok := pageOf(answer.Body, answer.ContentType); ok {
		e.Message = "the answer is a web page, not " + thing + page.titled()
		e.Next = "open " + spec.Shown() + " in a browser and look for the address of its feed; `feeder sources discover` finds most"
	}
	return e
}

// Challenged is the error for a page by which a site looks whether its reader is
// a person; nil for any other answer.
func Challenged(spec Spec, answer *fetch.Response) error {
	page, ok := pageOf(answer.Body, answer.ContentType)
	if !ok || !page.challenge {
		return nil
	}
	return &upstream.Error{
		Service: spec.Name, Reason: upstream.Failure, Status: answer.Status,
		Message: "the site answers with a check for robots" + page.titled(),
		Next:    "the site turns automated readers away: ask it for an address meant for feed readers, or leave the source out",
	}
}

// Careful makes a getter keep a token out of its errors, for services that want
// it in the address, where its name does not tell that it is a secret.
func Careful(getter Getter, token secret.Text) Getter {
	if getter == nil || !token.Set() {
		return getter
	}
	return &careful{getter, token}
}

type careful struct {
	Getter
	token secret.Text
}

// Get implements Getter.
func (c *careful) Get(ctx context.Context, r fetch.Request) (*fetch.Response, error) {
	r.Secrets = append(r.Secrets, c.token.Reveal())
	return c.Getter.Get(ctx, r)
}

// ReadJSON reads an answer into a struct, or says what came instead of the
// thing that was asked for.
func ReadJSON(spec Spec, answer *fetch.Response, thing string, into any) error {
	if err := json.Unmarshal(answer.Body, into); err != nil {
		return Unreadable(spec, answer, thing, err)
	}
	return nil
}

// Newest sorts posts, newest first, and keeps n of them at most. left counts
// the others.
func Newest(posts []waggle.Post, n int) (kept []waggle.Post, left int) {
	slices.SortStableFunc(posts, func(a, b waggle.Post) int { return b.When().Compare(a.When()) })
	if len(posts) <= n {
		return posts, 0
	}
	return posts[:n], len(posts) - n
}
