package cortex

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	bundle "github.com/waggle-cti/waggle"
	"github.com/waggle-cti/waggle/docker/setup/step"
	"github.com/waggle-cti/waggle/feeder/secret"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// What a worker is enabled with. Only the top-level jobTimeout counts in Cortex;
// one of the configuration is ignored.
const (
	timeoutMinutes = 5  // of a job; a worker is done in seconds, an event of 10,000 attributes takes MISP 20 s
	cacheMinutes   = 60 // how long an analyzer's report stands for the same question
	maxMarking     = 2  // amber: the highest TLP and PAP that are sent
)

// ours is the pattern of the workers that are enabled.
const ours = "Waggle_*"

// Workers are the steps for the analyzers and responders: a scan of the catalogs,
// and then a step for each worker that they name. known gives the values that
// this set-up has itself: by item, or by worker and item ("Waggle_MISP.url"); nil
// stands for one that an earlier step has yet to make.
func (s *Server) Workers(known func() (map[string]any, error)) []step.Step {
	return []step.Step{{
		Name: "catalogs", Hand: "as orgadmin: Organization, Analyzers, Refresh analyzers",
		Look: func(ctx context.Context) (string, error) {
			lacking, err := s.lacking(ctx)
			if err != nil || len(lacking) == 0 {
				return "", err
			}
			return fmt.Sprintf("%d of our workers are not in them", len(lacking)), nil
		},
		Make: func(ctx context.Context) error {
			return s.post(ctx, s.setupKey, "/api/analyzerdefinition/scan", map[string]any{}) // scans both kinds
		},
		Then: func(ctx context.Context) ([]step.Step, error) {
			all, err := s.definitions(ctx)
			if err != nil {
				return nil, err
			}
			values, err := known()
			if err != nil {
				return nil, err
			}
			var out []step.Step
			for _, d := range all {
				out = append(out, s.worker(d, values))
			}
			return append(out, s.complete()), nil
		},
	}}
}

func (s *Server) setupKey() (secret.Text, error) { return s.ring.Get(setupKey) }

// definition is a worker of the catalogs.
type definition struct {
	kind, id, name, base string
	items                []gjson.Result
}

// complete tells of workers that no scan finds.
func (s *Server) complete() step.Step {
	return step.Step{
		Name: "catalogs are complete", Hand: "in Cortex' application.conf: analyzer.urls and responder.urls, a catalog each",
		Look: func(ctx context.Context) (string, error) {
			lacking, err := s.lacking(ctx)
			if err == nil && len(lacking) > 0 {
				err = errors.New("they lack " + strings.Join(lacking, ", "))
			}
			return "", err
		},
	}
}

// lacking are the workers that this version of ours ships and Cortex does not know.
func (s *Server) lacking(ctx context.Context) ([]string, error) {
	held, err := s.definitions(ctx)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, kind := range []string{"analyzers", "responders"} {
		for _, r := range gjson.GetBytes(bundle.Catalog(), kind).Array() {
			id := strings.ReplaceAll(r.Get("name").String()+"_"+r.Get("version").String(), ".", "_")
			if !slices.ContainsFunc(held, func(d definition) bool { return d.id == id }) {
				out = append(out, id)
			}
		}
	}
	return out, nil
}

// definitions gives our workers that Cortex has in its catalogs.
func (s *Server) definitions(ctx context.Context) ([]definition, error) {
	var out []definition
	for _, kind := range []string{"analyzer", "responder"} {
		rows, err := s.list(ctx, "/api/"+kind+"definition")
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			d := definition{kind, r.Get("id").String(), r.Get("name").String(), r.Get("baseConfig").String(), r.Get("configurationItems").Array()}
			if is, _ := path.Match(ours, d.name); is {
				out = append(out, d)
			}
		}
	}
	return out, nil
}

// list gives all rows; without "range" there are ten.
func (s *Server) list(ctx context.Context, path string) ([]gjson.Result, error) {
	answer, err := s.as(ctx, s.setupKey, upstream.Request{Path: path, Query: url.Values{"range": {"all"}}})
	if err != nil {
		return nil, err
	}
	if !answer.JSON().IsArray() {
		return nil, answer.Strange("the answer is no list")
	}
	return answer.JSON().Array(), nil
}

// worker is the step that enables a worker, or brings the values up to date that
// this set-up knows: what an administrator has changed beside them stays.
func (s *Server) worker(d definition, known map[string]any) step.Step {
	want := s.configuration(d, known)
	var held gjson.Result
	return step.Step{
		Name: d.kind + " " + d.id, Hand: "as orgadmin: Organization, " + strings.ToUpper(d.kind[:1]) + d.kind[1:] + "s, Enable",
		Look: func(ctx context.Context) (string, error) {
			rows, err := s.list(ctx, "/api/"+d.kind)
			if err != nil {
				return "", err
			}
			held = gjson.Result{}
			for _, r := range rows {
				if r.Get("workerDefinitionId").String() == d.id {
					held = r
				}
			}
			if !held.Exists() {
				return "not enabled", want.possible()
			}
			if stale := changed(held.Get("configuration"), want.own); len(stale) > 0 {
				return "other values of " + strings.Join(stale, ", "), nil
			}
			return "", nil
		},
		Make: func(ctx context.Context) error {
			if held.Exists() {
				return s.renew(ctx, d, held, want.own)
			}
			body := map[string]any{"name": d.id, "configuration": want.all, "jobTimeout": timeoutMinutes}
			if d.kind == "analyzer" {
				body["jobCache"] = cacheMinutes
			}
			return s.post(ctx, s.setupKey, "/api/organization/"+d.kind+"/"+url.PathEscape(d.id), body)
		},
	}
}

// renew sends the whole configuration: Cortex replaces it, and checks nothing.
func (s *Server) renew(ctx context.Context, d definition, held gjson.Result, own map[string]any) error {
	next, _ := held.Get("configuration").Value().(map[string]any)
	if next == nil {
		next = map[string]any{}
	}
	maps.Copy(next, own)
	_, err := s.as(ctx, s.setupKey, upstream.Request{Method: http.MethodPatch, Path: "/api/" + d.kind + "/" + url.PathEscape(held.Get("id").String()),
		JSON: map[string]any{"configuration": next}})
	return err
}

// changed are the items whose held value is another.
func changed(held gjson.Result, want map[string]any) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if fmt.Sprint(held.Get(name).Value()) != fmt.Sprint(want[name]) {
			out = append(out, name)
		}
	}
	return out
}

// configuration is what a worker is enabled with.
type configuration struct {
	all map[string]any // every item
	own map[string]any // those that this set-up knows better than the catalog

	lacking []string // names of the settings without which no job of the worker would run
	waits   bool     // an earlier step has not made a value yet
}

// possible is the error for a worker that cannot be enabled.
func (c configuration) possible() error {
	switch {
	case len(c.lacking) > 0:
		return step.LeftOut("to enable it, set " + strings.Join(c.lacking, " and "))
	case c.waits:
		return step.ErrWaits
	}
	return nil
}

// configuration gives every item its value: Cortex adds neither defaults of its
// forms nor shared configurations.
func (s *Server) configuration(d definition, known map[string]any) (c configuration) {
	c.own = map[string]any{}
	c.all = map[string]any{"check_tlp": true, "max_tlp": maxMarking, "check_pap": true, "max_pap": maxMarking}
	for _, item := range d.items {
		name := item.Get("name").String()
		setting := d.setting(name)
		value, ok := s.valueOf(item, s.settings.Value(setting))
		if !ok {
			value, ok = known[d.name+"."+name]
		}
		if !ok && !ambiguous(name) {
			value, ok = known[name]
		}
		switch {
		case ok && value == nil:
			c.waits = true
		case ok:
			c.all[name], c.own[name] = value, value
		case item.Get("defaultValue").Exists():
			c.all[name] = item.Get("defaultValue").Value()
		case item.Get("required").Bool():
			c.lacking = append(c.lacking, setting)
		}
	}
	return c
}

// ambiguous names items that mean another thing with each worker.
func ambiguous(item string) bool { return item == "key" || item == "url" }

// setting is the name that a worker's item has in the environment, as for a run
// from a terminal: WAGGLE_ABUSECH_KEY.
func (d definition) setting(item string) string {
	return "WAGGLE_" + strings.ToUpper(strings.TrimPrefix(d.base, "Waggle_")+"_"+item)
}

// valueOf reads a setting as the item's type.
func (s *Server) valueOf(item gjson.Result, text string) (any, bool) {
	if text == "" {
		return nil, false
	}
	if !item.Get("multi").Bool() {
		return typed(item.Get("type").String(), text)
	}
	list := []any{}
	for one := range strings.SplitSeq(text, ",") {
		value, ok := typed(item.Get("type").String(), strings.TrimSpace(one))
		if !ok {
			return nil, false
		}
		list = append(list, value)
	}
	return list, true
}

func typed(kind, text string) (any, bool) {
	switch kind {
	case "number":
		n, err := strconv.ParseFloat(text, 64)
		return n, err == nil
	case "boolean":
		b, err := strconv.ParseBool(text)
		return b, err == nil
	}
	return text, true
}
