// Package blocklist is the responder that puts an observable, or the indicators
// of a case or an alert, on the lists that firewalls and DNS filters read from
// the feeder. The feeder refuses what must never be blocked, and says why.
//
// To block is to act on the attacker's means, which he may notice: PAP allows it
// up to GREEN (https://www.misp-project.org/taxonomies.html#_pap), and so does
// max_pap unless the admin raises it.
package blocklist

import (
	"context"
	"net/http"

	"github.com/waggle-cti/waggle/shared/blocking"
	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/thehive"
)

// Responder is the worker.
var Responder = cortex.NewResponder(cortex.Definition{
	Name:        "Waggle_Blocklist",
	Version:     "1.0",
	Description: "Puts an observable, or the IoCs of a case or an alert, on the block lists for firewalls and DNS filters",
	DataTypes:   blocking.DataTypes(),
	BaseConfig:  "blocklist",
	Service:     cortex.Service{Name: "Waggle feeder", Homepage: "https://github.com/waggle-cti/waggle/tree/main/feeder#block-lists"},
	MaxPAP:      new(1),
}, run, probe)

// Config is what the admin sets.
type Config struct {
	blocking.Account
	OfCase string `cortex:"of_case" default:"ioc" oneof:"ioc,all" description:"which observables of a case or an alert: ioc (flagged as IoC) or all"`
	Days   int    `cortex:"days" default:"0" description:"how many days a block lasts; 0: 30 for addresses, 90 for names and URLs, 365 for hashes"`
}

func run(ctx context.Context, job *cortex.Job, cfg Config) (cortex.Report, error) {
	return cfg.Run(ctx, job, blocking.Work{Method: http.MethodPost, Days: cfg.Days,
		Wants: func(o thehive.Observable) bool { return cfg.OfCase == "all" || o.IOC }})
}

func probe(ctx context.Context, job *cortex.Job, cfg Config) (string, error) {
	return cfg.Probe(ctx, job)
}
