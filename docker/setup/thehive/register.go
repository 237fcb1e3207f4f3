package thehive

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/docker/setup/step"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// row is an element of a list.
type row = gjson.Result

// entryName is what this set-up calls its entry in each of TheHive's lists.
const entryName = "waggle"

// register is a list in TheHive's configuration: of servers of Cortex, of MISP,
// of webhooks.
type register struct {
	path  string
	list  string // the field that holds the list
	unset bool   // a path that is not there is a list that nobody has set yet
	hand  string // how a person adds an entry
	// body is what is sent: the list, and what must come with it of what TheHive
	// holds.
	body func(held row, list []any) map[string]any
	// mayChange tells whether the list may be sent with those others in it; nil =
	// it may.
	mayChange func(others []row) error
	// verify looks afterwards whether TheHive has taken it, where nothing public
	// says that it does.
	verify bool
}

// aloneOnly refuses to change a list that others have entries in: TheHive 4.1 does
// not show all of what it holds of a MISP server, so their entries could not be
// written back without losing some of them.
func aloneOnly(others []row) error {
	if len(others) == 0 {
		return nil
	}
	return fmt.Errorf("TheHive has %d other MISP servers, and changing the list through its API would lose their filters", len(others))
}

// entry is a step that puts our entry into a list of TheHive's configuration.
// Those that others made stay. An entry is the same if the key and the address
// are; the rest an administrator may have changed.
func (s *Server) entry(r *register, name string, want func() (map[string]any, error)) step.Step {
	var held row
	look := func(ctx context.Context) (string, error) {
		entry, err := want()
		if err != nil {
			return "", err
		}
		if held, err = s.held(ctx, r); err != nil {
			return "", err
		}
		ours := named(held.Get(r.list).Array(), "name", entryName)
		if len(ours) == 0 {
			return "no such entry", nil
		}
		if same(ours[0], entry) {
			return "", nil
		}
		return "its address or key is another", nil
	}
	return step.Step{
		Name: name, Hand: r.hand, Look: look,
		Make: func(ctx context.Context) error {
			entry, err := want()
			if err != nil {
				return err
			}
			others := slices.DeleteFunc(held.Get(r.list).Array(), func(o row) bool { return o.Get("name").String() == entryName })
			if r.mayChange != nil {
				if err := r.mayChange(others); err != nil {
					return err
				}
			}
			_, err = s.admin(ctx, upstream.Request{Method: http.MethodPut, Path: r.path, JSON: r.body(held, with(others, entry)), Repeatable: true})
			if err != nil || !r.verify {
				return err
			}
			lacks, err := look(ctx)
			if err == nil && lacks != "" {
				err = fmt.Errorf("TheHive said yes, and now: %s", lacks)
			}
			return err
		},
	}
}

// held asks for what TheHive holds.
func (s *Server) held(ctx context.Context, r *register) (row, error) {
	answer, err := s.admin(ctx, upstream.Request{Path: r.path})
	if r.unset && upstream.ReasonOf(err) == upstream.NotFound {
		return row{}, nil
	}
	if err != nil {
		return row{}, err
	}
	return answer.JSON(), nil
}

func same(held row, want map[string]any) bool {
	auth, _ := want["auth"].(map[string]any)
	key, _ := auth["key"].(string)
	return held.Get("url").String() == want["url"] && held.Get("auth.key").String() == key
}

// with is a list as TheHive takes it: what was there, and one more.
func with(held []row, more map[string]any) []any {
	list := make([]any, 0, len(held)+1)
	for _, r := range held {
		list = append(list, r.Value())
	}
	return append(list, more)
}
