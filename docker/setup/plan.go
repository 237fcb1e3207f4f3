package main

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"time"

	"github.com/waggle-cti/waggle/docker/setup/config"
	"github.com/waggle-cti/waggle/docker/setup/cortex"
	"github.com/waggle-cti/waggle/docker/setup/feeder"
	"github.com/waggle-cti/waggle/docker/setup/keyring"
	"github.com/waggle-cti/waggle/docker/setup/misp"
	"github.com/waggle-cti/waggle/docker/setup/step"
	"github.com/waggle-cti/waggle/docker/setup/thehive"
	files "github.com/waggle-cti/waggle/docker/thehive"
)

// every is how often a server is asked while it starts.
const every = 3 * time.Second

// plan gives all steps in the order in which each finds what it needs: users and
// keys everywhere, then what uses them.
func plan(s *config.Settings, ring *keyring.Ring, w waiting) ([]step.Group, error) {
	own := feeder.New(s, ring)
	hive, err := hiveGroups(s, ring, w)
	if err != nil {
		return nil, err
	}
	people, workers, err := cortexGroups(s, ring, w)
	if err != nil {
		return nil, err
	}
	sharing, err := mispGroup(s, ring, w)
	if err != nil {
		return nil, err
	}
	return []step.Group{
		{Server: "feeder", Off: offUnless(s.Feeder, "FEEDER_URL"), Steps: own.Tokens()},
		hive[0], people, sharing, workers, hive[1],
		{Server: "feeder", Off: offUnless(s.Feeder, "FEEDER_URL"), Steps: own.Steps()},
	}, nil
}

// offUnless says why a server is left out, if it is.
func offUnless(server config.Server, setting string) string {
	if server.Used() {
		return ""
	}
	return setting + " is " + config.None
}

// waiting is how servers that are starting are waited for.
type waiting struct {
	atMost time.Duration  // for each
	tell   func(step.Row) // hears at once, and from time to time, what is waited for
}

// telling is how often a wait is told of.
const telling = 15 * time.Second

// reach waits for a server, once for all of its groups.
func (w waiting) reach(server string, ask func(context.Context) error, final func(error) bool) func(context.Context) error {
	asked, result := false, error(nil)
	return func(ctx context.Context) error {
		if asked {
			return result
		}
		asked = true
		var refused error
		var told time.Time
		result = step.Await(ctx, every, w.atMost, func(ctx context.Context) error {
			if refused = ask(ctx); refused != nil && final(refused) {
				return nil // to wait longer changes nothing
			}
			if refused != nil && time.Since(told) >= telling {
				told = time.Now()
				w.tell(step.Row{Server: server, State: step.Waits, Step: "reach it", Text: refused.Error()})
			}
			return refused
		})
		if refused != nil && result == nil {
			result = refused
		}
		return result
	}
}

// hiveGroups are TheHive's own things, and its connections with the others.
func hiveGroups(s *config.Settings, ring *keyring.Ring, w waiting) (groups [2]step.Group, err error) {
	group := step.Group{Server: "TheHive", Off: offUnless(s.TheHive, "THEHIVE_URL"), Hand: "docker compose ps, docker compose logs thehive; or check THEHIVE_URL"}
	if group.Off != "" {
		return [2]step.Group{group, {Server: "TheHive", Off: group.Off}}, nil
	}
	server, err := thehive.New(s, ring)
	if err != nil {
		return groups, err
	}
	group.Reach = w.reach(group.Server, server.Reach, thehive.Final)
	given, err := hiveFiles(s)
	if err != nil {
		return groups, err
	}
	connections := group
	group.More = func() []step.Step {
		return slices.Concat(server.People(), server.Things(), given.steps(server))
	}
	connections.More = func() (steps []step.Step) {
		if s.Cortex.Used() {
			steps = append(steps, server.Cortex(cortex.TheHiveKey))
		}
		if s.MISP.Used() {
			steps = append(steps, server.MISP(misp.TheHiveKey))
		}
		if s.Feeder.Used() {
			steps = append(steps, server.Webhook()...)
		}
		return steps
	}
	return [2]step.Group{group, connections}, nil
}

// given is what TheHive is given as files.
type given struct {
	templates  []thehive.CaseTemplate
	dashboards map[string][]thehive.Dashboard // by folder
	packed     []byte                         // the zip of report templates
	reports    map[string]string              // what is in it, by worker
	noReports  string                         // why there are none
}

// hiveFiles reads them.
func hiveFiles(s *config.Settings) (g given, err error) {
	if g.templates, err = files.Read[thehive.CaseTemplate]("case-templates"); err != nil {
		return g, err
	}
	g.dashboards = map[string][]thehive.Dashboard{}
	for _, folder := range thehive.DashboardFolders() {
		if g.dashboards[folder], err = files.Read[thehive.Dashboard](folder); err != nil {
			return g, err
		}
	}
	g.packed, err = os.ReadFile(s.Templates)
	if errors.Is(err, fs.ErrNotExist) {
		g.noReports = "there is no " + s.Templates + ": `make templates` makes it, SETUP_TEMPLATES names it"
		return g, nil
	}
	if err != nil {
		return g, fmt.Errorf("SETUP_TEMPLATES: %w", err)
	}
	if g.reports, err = reports(g.packed); err != nil {
		return g, fmt.Errorf("SETUP_TEMPLATES: %s: %w", s.Templates, err)
	}
	return g, nil
}

// steps are the steps for them.
func (g given) steps(server *thehive.Server) []step.Step {
	long := server.Reports(g.reports, g.packed)
	if g.noReports != "" {
		long = []step.Step{leftOut("report templates", g.noReports)}
	}
	return slices.Concat(server.CaseTemplates(g.templates), long, server.Dashboards(g.dashboards))
}

func leftOut(name, why string) step.Step {
	return step.Step{Name: name, Look: func(context.Context) (string, error) { return "", step.LeftOut(why) }}
}

// maxTemplate bounds one report template, in bytes.
const maxTemplate = 1 << 20

// reports reads the templates of a zip: <worker>/long.html each.
func reports(packed []byte) (map[string]string, error) {
	archive, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, f := range archive.File {
		worker, name := path.Split(f.Name)
		if name != "long.html" || worker == "" {
			return nil, fmt.Errorf("%s is no <worker>/long.html, and TheHive would take it for one", f.Name)
		}
		content, err := f.Open()
		if err != nil {
			return nil, err
		}
		text, err := io.ReadAll(io.LimitReader(content, maxTemplate))
		if err != nil {
			return nil, err
		}
		out[path.Clean(worker)] = string(text)
	}
	return out, nil
}

// cortexGroups are Cortex' users, and its workers, which need the others' keys.
func cortexGroups(s *config.Settings, ring *keyring.Ring, w waiting) (people, workers step.Group, err error) {
	people = step.Group{Server: "Cortex", Off: offUnless(s.Cortex, "CORTEX_URL"), Hand: "docker compose ps, docker compose logs cortex; or check CORTEX_URL"}
	workers = people
	if people.Off != "" {
		return people, workers, nil
	}
	server, err := cortex.New(s, ring)
	if err != nil {
		return people, workers, err
	}
	people.Reach = w.reach(people.Server, server.Reach, func(error) bool { return false })
	workers.Reach = people.Reach
	people.Steps = server.People()
	workers.Steps = server.Workers(func() (map[string]any, error) { return known(s, ring) })
	return people, workers, nil
}

// known are the values of workers' configurations that this set-up has itself.
func known(s *config.Settings, ring *keyring.Ring) (map[string]any, error) {
	out := map[string]any{}
	for _, part := range []struct {
		server   config.Server
		key      string
		url      string
		intoURL  []string
		intoKeys []string
	}{
		{s.TheHive, thehive.ResponderKey, s.TheHive.Inside, []string{"thehive_url"}, []string{"thehive_key"}},
		{s.MISP, misp.CortexKey, s.MISP.Inside, []string{"misp_url", "Waggle_MISP.url"}, []string{"misp_key", "Waggle_MISP.key"}},
		{s.Feeder, feeder.BlocksToken, s.Feeder.Inside, []string{"feeder_url"}, []string{"feeder_token"}},
	} {
		if !part.server.Used() {
			continue
		}
		key, err := ring.Get(part.key)
		if err != nil {
			return nil, err
		}
		for _, name := range part.intoURL {
			out[name] = part.url
		}
		for _, name := range part.intoKeys {
			out[name] = nil
			if key.Set() {
				out[name] = key.Reveal()
			}
		}
	}
	if s.TheHive.Used() {
		out["thehive_organisation"] = s.Organisation
	}
	if s.MISP.AnyCertificate {
		for _, worker := range []string{"Waggle_MISP", "Waggle_MISPEvent", "Waggle_MISPSighting"} {
			out[worker+".verify_tls"] = false
		}
	}
	return out, nil
}

func mispGroup(s *config.Settings, ring *keyring.Ring, w waiting) (step.Group, error) {
	group := step.Group{Server: "MISP", Off: offUnless(s.MISP, "MISP_URL"), Hand: "docker compose ps, docker compose logs misp; or check MISP_URL"}
	if group.Off != "" {
		return group, nil
	}
	server, err := misp.New(s, ring)
	if err != nil {
		return group, err
	}
	group.Reach = w.reach(group.Server, server.Reach, server.Final)
	if !s.MISP.Key.Set() {
		group.Reach = func(context.Context) error { return errors.New("MISP_ADMIN_KEY is not set") }
		group.Hand = "Administration, List Auth Keys, of a site admin; put the key into MISP_ADMIN_KEY, or MISP_URL=none to go without MISP"
	}
	group.Steps = append(server.People(), server.Content()...)
	return group, nil
}
