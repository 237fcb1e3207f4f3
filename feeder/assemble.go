package main

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/waggle-cti/waggle/feeder/alert"
	"github.com/waggle-cti/waggle/feeder/config"
	"github.com/waggle-cti/waggle/feeder/enrich"
	"github.com/waggle-cti/waggle/feeder/lists"
	"github.com/waggle-cti/waggle/feeder/pipeline"
	"github.com/waggle-cti/waggle/feeder/reading"
	"github.com/waggle-cti/waggle/feeder/robots"
	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/feeder/source/kinds"
	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/triage"
	"github.com/waggle-cti/waggle/feeder/verdict"
	"github.com/waggle-cti/waggle/shared/cortexapi"
	"github.com/waggle-cti/waggle/shared/fetch"
	"github.com/waggle-cti/waggle/shared/thehive"
)

// newReader makes a client for the addresses that sources and articles name.
func newReader(c *config.Config, o fetch.Options) (*fetch.Client, error) {
	o.Allow, o.AllowKey = c.AllowNetworks, config.NetworksKey
	return fetch.New(o)
}

// assemble makes the pipeline that a configuration asks for. hive is nil where
// no TheHive is configured.
func assemble(c *config.Config, data *store.Store, hive *thehive.Client, known *lists.Current, learner *triage.Learner, metrics *pipeline.Metrics, log *slog.Logger) (*pipeline.Pipeline, error) {
	web, err := newReader(c, fetch.Options{})
	if err != nil {
		return nil, err
	}
	feeds, err := feedsOf(c.Sources, web)
	if err != nil {
		return nil, err
	}
	actor, err := newActor(c, hive)
	if err != nil {
		return nil, err
	}
	o := pipeline.Options{
		Store: data, Feeds: feeds, Judge: newJudge(c, learner.Shift, log),
		Reader: reading.New(reading.Options{Client: web, Robots: robots.New(web), Known: known.Known, Note: known.Note}),
		Since:  c.Since, Window: c.Window, Pause: c.Pause, Keep: time.Duration(c.KeepDays) * 24 * time.Hour, Metrics: metrics, Log: log,
		Weigher: verdict.New(c.Verdicts, known.Known), Rules: c.Rules.Possible(actor.Can), Actor: actor, UpdateEvery: c.MISP.UpdateEvery,
	}
	if c.Cortex.Used() {
		client, err := newCortex(c)
		if err != nil {
			return nil, err
		}
		asking := enrich.Options{Settings: c.Cortex.Settings, Known: known.Known}
		if hive != nil {
			asking.TheHive = hive
		}
		if o.Enricher, err = enrich.New(client, asking); err != nil {
			return nil, err
		}
	}
	if hive != nil {
		o.Raiser = alert.New(hive, alert.Options{Daily: c.Needs.MaxAlerts, LeaveCases: !c.TheHive.AddToCases})
	}
	return pipeline.New(o)
}

func feedsOf(specs []source.Spec, web source.Getter) ([]pipeline.Feed, error) {
	feeds := make([]pipeline.Feed, len(specs))
	for i, spec := range specs {
		s, err := kinds.New(spec, web)
		if err != nil {
			return nil, fmt.Errorf("source %s: %w", spec.Name, err)
		}
		feeds[i] = pipeline.Feed{Spec: spec, Source: s}
	}
	return feeds, nil
}

// theHive makes the client of the configured TheHive, nil without one.
func theHive(c *config.Config) (*thehive.Client, error) {
	if !c.TheHive.Used() {
		return nil, nil
	}
	return thehive.New(thehive.Options{URL: c.TheHive.URL, Key: c.TheHive.Key.Reveal(), Organisation: c.TheHive.Organisation})
}

// newCortex makes the client of the configured Cortex.
func newCortex(c *config.Config) (*cortexapi.Client, error) {
	return cortexapi.New(cortexapi.Options{URL: c.Cortex.URL, Key: c.Cortex.Key.Reveal()})
}
