// Package chat posts messages to the services that people read them in: a file
// for each service, and what they have in common.
package chat

import (
	"errors"
	"net/http"
	"strings"

	"github.com/waggle-cti/waggle/shared/notice"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// Message is what a channel gets.
type Message struct {
	Title, Body string
	Key         string // the same for each try to tell the same, 36 letters, digits and hyphens
	Notice      notice.Notice
}

// Service is how one service takes messages.
type Service struct {
	Kind, Title string
	hosts       []string                                // by which its address is known
	settings    []string                                // besides tlp and name
	required    []string                                // of the settings
	Limit       int                                     // of the body, in bytes
	Repeats     bool                                    // the service itself drops what it got before
	Escape      func(string) string                     // makes a stranger's text stand for itself
	Request     func(Channel, Message) upstream.Request // how a message is posted
	Took        func(*upstream.Response) bool           // whether its answer is one of its own
}

// services are all of them.
func services() []Service {
	return []Service{slack(), discord(), teams(), mattermost(), telegram(), matrix(), ntfy(), gotify(), webhook()}
}

// serviceOf finds a service by its name, or by the host of an address.
func serviceOf(kind, host string) (Service, error) {
	var kinds []string
	for _, s := range services() {
		kinds = append(kinds, s.Kind)
		if kind == s.Kind {
			return s, nil
		}
		for _, known := range s.hosts {
			if kind == "" && (strings.EqualFold(host, known) || known[0] == '.' && strings.HasSuffix(strings.ToLower(host), known)) {
				return s, nil
			}
		}
	}
	return Service{}, errors.New("what service is it? write one of " + strings.Join(kinds, "+, ") + "+ before https://")
}

func text(want string) func(*upstream.Response) bool {
	return func(r *upstream.Response) bool { return strings.TrimSpace(string(r.Body)) == want }
}

func field(name string) func(*upstream.Response) bool {
	return func(r *upstream.Response) bool {
		v := r.JSON().Get(name).String() // "" for null
		return v != "" && v != "false"
	}
}

// anything takes services whose answer is empty or changes.
func anything(*upstream.Response) bool { return true }

func same(s string) string { return s }

// object is a JSON object.
type object = map[string]any

func (c Channel) post(body object) upstream.Request {
	return upstream.Request{Method: http.MethodPost, Path: c.path(), Query: c.address.Query(), JSON: body}
}

// lines is a message as one text.
func (m Message) lines() string { return m.Title + "\n" + m.Body }

func bearer(c Channel) http.Header {
	h := http.Header{}
	if token := c.options.Get("token"); token != "" {
		h.Set("Authorization", "Bearer "+token)
	}
	return h
}

// priority gives a severity as a number from 2, in steps.
func priority(severity string, step int) int {
	for i, name := range []string{"low", "medium", "high", "critical"} {
		if name == severity {
			return 2 + i*step
		}
	}
	return 3
}
