package thehive

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/waggle-cti/waggle/docker/setup/step"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// edition is all in which the versions of TheHive differ when they are set up.
// Nothing else in this package knows which one it has before it.
type edition struct {
	// Where each kind of thing is.
	organisations, profiles, observableTypes, customFields, caseTemplates, dashboards kind

	dashboardFolder string // below docker/thehive

	// reports is below which path the templates of analyzers' reports are, and
	// reportsPage where a person imports them.
	reports, reportsPage string

	// The lists in TheHive's configuration; nil = its API has none.
	cortexes, misps, webhooks *register

	// handWebhook says how a person makes a webhook where there is no list.
	handWebhook string

	feederPermissions []string // what the feeder needs and no more
	setupPermissions  []string // what this program needs of its own user

	// licence looks whether TheHive may be used; nil = it needs no licence.
	licence func(*Server) step.Step

	// ownProfiles tells why there can be no profile but TheHive's own ones;
	// nil = there can.
	ownProfiles func(context.Context, *Server) error

	// The forms in which things are sent.
	field     func(CustomField) map[string]any
	dashboard func(Dashboard) map[string]any
	profile   func(name string, permissions []string) map[string]any
	misp      func(server map[string]any) map[string]any
	machine   func(user map[string]any) map[string]any // the account of a program
}

// kind is one kind of thing that TheHive holds.
type kind struct {
	all  upstream.Request // lists them
	path string           // a POST to it makes one, and a PATCH below it changes one
	name string           // the field that tells one from the others
	hand string           // how a person makes one
}

// rows lists all things of a kind.
func (k kind) rows(ctx context.Context, send sender) ([]row, error) {
	answer, err := send(ctx, k.all)
	if err != nil {
		return nil, err
	}
	rows := answer.JSON()
	if !rows.IsArray() {
		return nil, answer.Strange("the answer is no list")
	}
	return rows.Array(), nil
}

// named lists those of a kind that have a name.
func (k kind) named(ctx context.Context, send sender, name string) ([]row, error) {
	rows, err := k.rows(ctx, send)
	if err != nil {
		return nil, err
	}
	return named(rows, k.name, name), nil
}

// make makes one.
func (k kind) make(ctx context.Context, send sender, body any) error {
	_, err := send(ctx, upstream.Request{Method: http.MethodPost, Path: k.path, JSON: body})
	return err
}

// step is the step for one of a kind that is left as it is when it is there.
func (k kind) step(send sender, what, name string, body func() any) step.Step {
	return step.Step{
		Name: what + " " + name, Hand: k.hand,
		Look: func(ctx context.Context) (string, error) {
			found, err := k.named(ctx, send, name)
			if err != nil || len(found) > 0 {
				return "", err
			}
			return "no such " + what[strings.LastIndex(what, " ")+1:], nil
		},
		Make: func(ctx context.Context) error { return k.make(ctx, send, body()) },
	}
}

// named are the rows whose field has a value.
func named(rows []row, field, value string) []row {
	return slices.DeleteFunc(slices.Clone(rows), func(r row) bool { return r.Get(field).String() != value })
}
