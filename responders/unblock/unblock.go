// Package unblock is the responder that takes an observable, or all those of a
// case or an alert, off the block lists again.
package unblock

import (
	"context"
	"net/http"

	"github.com/waggle-cti/waggle/shared/blocking"
	"github.com/waggle-cti/waggle/shared/cortex"
)

// Responder is the worker. To stop blocking tells the attacker nothing more, and
// nothing leaves the network: it takes every TLP and PAP.
var Responder = cortex.NewResponder(cortex.Definition{
	Name:        "Waggle_Unblock",
	Version:     "1.0",
	Description: "Takes an observable, or those of a case or an alert, off the block lists again",
	DataTypes:   blocking.DataTypes(),
	BaseConfig:  "blocklist",
	Service:     cortex.Service{Name: "Waggle feeder", Homepage: "https://github.com/waggle-cti/waggle/tree/main/feeder#block-lists"},
	MaxTLP:      new(cortex.MaxTLP),
	MaxPAP:      new(cortex.MaxPAP),
}, run, probe)

// Config is what the admin sets.
type Config struct{ blocking.Account }

func run(ctx context.Context, job *cortex.Job, cfg Config) (cortex.Report, error) {
	return cfg.Run(ctx, job, blocking.Work{Method: http.MethodDelete})
}

func probe(ctx context.Context, job *cortex.Job, cfg Config) (string, error) {
	return cfg.Probe(ctx, job)
}
