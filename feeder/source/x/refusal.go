package x

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// problem is how X says why it refuses.
// https://docs.x.com/x-api/fundamentals/response-codes-and-errors
type problem struct {
	Title  string `json:"title"`
	Detail string `json:"detail"`
	Type   string `json:"type"`
	Errors []struct {
		Message string `json:"message"` // which parameter, and why
	} `json:"errors"`
}

// said is the problem in X' words.
func (p problem) said() string {
	text := cmp.Or(p.Detail, p.Title)
	if len(p.Errors) > 0 && p.Errors[0].Message != "" {
		text = p.Errors[0].Message
	}
	return source.Cut(source.Line(text), 300)
}

// explained says what X' refusal means. The text of the refusal is kept.
func explained(err error) error {
	refused, ok := errors.AsType[*upstream.Error](err)
	if !ok {
		return err
	}
	var p problem
	// Answers that are no problem document are explained by their status alone.
	_ = json.Unmarshal(refused.Body, &p)
	e := *refused
	e.Service = "X"
	if said := p.said(); said != "" {
		e.Message = said
	}
	switch kind := p.Type[strings.LastIndexByte(p.Type, '/')+1:]; {
	case kind == "usage-capped" || kind == "credits" || e.Status == http.StatusPaymentRequired:
		e.Reason = upstream.Auth
		e.Next = "the app's credit or its monthly cap at X is used up: look at its usage and credit in X' developer console"
	case e.Status == http.StatusUnauthorized:
		e.Next = "X does not take the token: make a new bearer token for the app in X' developer console and put it into token_file"
	case e.Reason == upstream.Auth:
		e.Next = "the app's access level does not cover this call: in X' developer console put the app into a project, and see that it has credit or a plan that includes reading posts"
	case e.Reason == upstream.RateLimited:
		e.Next = "nothing to do: X is asked again after its window; follow with fewer timelines, or ask less often, if this comes often"
	case e.Reason == upstream.BadInput:
		e.Next = "check query and accounts: X does not understand them"
	}
	return &e
}

// renamed tells whether X refuses what is asked for of a post, perhaps because
// it goes by another name there.
func renamed(err error) bool {
	refused, ok := errors.AsType[*upstream.Error](err)
	if !ok || refused.Status != http.StatusBadRequest {
		return false
	}
	said := string(refused.Body)
	return strings.Contains(said, "expansions") || strings.Contains(said, ".fields")
}

// failure is the error of an answer that says with status 200 that there is
// nothing. Single posts that could not be given, deleted ones, are none.
func (a answer) failure(spec source.Spec) error {
	if len(a.Data) > 0 || a.Meta.Count != nil || len(a.Errors) == 0 {
		return nil
	}
	e := &upstream.Error{
		Service: spec.Name, Reason: upstream.NotFound, Status: http.StatusOK,
		Message: a.Errors[0].said(),
		Next:    "check accounts and query: the account may be gone, suspended or protected",
	}
	return e
}
