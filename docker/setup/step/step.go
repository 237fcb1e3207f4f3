// Package step carries out what a set-up is made of: steps that look whether a
// thing is there, and make it if it is not. So a set-up can be repeated, and
// can say beforehand what it would do.
package step

import (
	"context"
	"errors"
	"fmt"
)

// State is what became of a step.
type State string

// The states.
const (
	Done  State = "done"      // it was not there, and now it is
	There State = "was there" // nothing was done
	Would State = "would do"  // a dry run, and it is not there
	Could State = "COULD NOT" // it is not there; Row.Text says why and how to do it by hand
	Left  State = "left out"  // nobody asked for it
	Well  State = "works"     // of a check: it does what it is for
	Waits State = "waits"     // a server does not answer yet
)

// ErrWaits is the error of a step that cannot look yet, because it needs what
// an earlier step makes. In a dry run that is no failure.
var ErrWaits = errors.New("it needs what an earlier step makes")

// LeftOut is the error of a step that nobody asked for: its text says what to set
// for it to be done.
type LeftOut string

// Error gives the text.
func (l LeftOut) Error() string { return string(l) }

// Step is one thing that has to be there.
type Step struct {
	Name string // "user waggle-feeder@example.local"
	Hand string // how a person does it, for when it fails

	// Look tells what is lacking, in words ("no such user"), and nothing if all
	// is there. It changes nothing at the server.
	Look func(context.Context) (lacks string, err error)
	// Make makes what is lacking. It is called only after Look told of something.
	Make func(context.Context) error

	// Then gives the steps that are known only once this one is done; optional.
	Then func(context.Context) ([]Step, error)
}

// Group are the steps at one server, in their order.
type Group struct {
	Server string // "TheHive"
	// Reach waits until the server answers; nil = there is nothing to wait for.
	// If it cannot be reached, none of the steps is tried.
	Reach func(context.Context) error
	Hand  string // what to do if it cannot be reached
	Steps []Step
	// More gives the steps that depend on what has been reached, and follow Steps;
	// optional. It is called once the server answers.
	More func() []Step
	// Off says why the server is left out; empty = it is not.
	Off string
}

// Row is what became of one step, as the table shows it.
type Row struct {
	Server, Step string
	State        State
	Text         string
}

// Run carries groups out, one step after another, and tells of each when it is
// over. A step that fails does not end the run: what needs it fails by itself.
// A dry run looks, and makes nothing.
func Run(ctx context.Context, groups []Group, dry bool, tell func(Row)) {
	for _, g := range groups {
		r := runner{server: g.Server, dry: dry, tell: tell}
		if g.Off != "" {
			r.row("", Left, g.Off)
			continue
		}
		if g.Reach != nil {
			if err := g.Reach(ctx); err != nil {
				r.failed("reach it", err, g.Hand)
				continue
			}
		}
		r.all(ctx, g.Steps)
		if g.More != nil {
			r.all(ctx, g.More())
		}
	}
}

type runner struct {
	server string
	dry    bool
	tell   func(Row)
}

func (r runner) all(ctx context.Context, steps []Step) {
	for _, s := range steps {
		if !r.one(ctx, s) || s.Then == nil {
			continue
		}
		more, err := s.Then(ctx)
		switch {
		case errors.Is(err, ErrWaits) && r.dry:
		case err != nil:
			r.failed(s.Name, err, s.Hand)
		default:
			r.all(ctx, more)
		}
	}
}

// one carries a step out, and tells whether the thing is there now.
func (r runner) one(ctx context.Context, s Step) bool {
	var left LeftOut
	lacks, err := s.Look(ctx)
	switch {
	case errors.Is(err, ErrWaits) && r.dry:
		r.row(s.Name, Would, "after the steps above")
		return false
	case errors.As(err, &left):
		r.row(s.Name, Left, left.Error())
		return false
	case err != nil:
		r.failed(s.Name, err, s.Hand)
		return false
	case lacks == "":
		r.row(s.Name, There, "")
		return true
	case r.dry:
		r.row(s.Name, Would, lacks)
		return false
	}
	if err := s.Make(ctx); err != nil {
		r.failed(s.Name, err, s.Hand)
		return false
	}
	r.row(s.Name, Done, lacks)
	return true
}

func (r runner) failed(name string, err error, hand string) {
	text := err.Error()
	if hand != "" {
		text = fmt.Sprintf("%s. By hand: %s", text, hand)
	}
	r.row(name, Could, text)
}

func (r runner) row(name string, state State, text string) {
	r.tell(Row{Server: r.server, Step: name, State: state, Text: text})
}
