package main

import (
	"context"

	"github.com/waggle-cti/waggle/feeder/config"
	"github.com/waggle-cti/waggle/feeder/mail"
	"github.com/waggle-cti/waggle/feeder/respond"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/misp"
	"github.com/waggle-cti/waggle/shared/thehive"
)

// newActor makes what carries out the rules' actions, with what is configured.
func newActor(c *config.Config, hive *thehive.Client) (*respond.Actor, error) {
	o := respond.Options{CaseTemplate: c.Rules.CaseTemplate}
	if hive != nil {
		o.TheHive = hive
	}
	if c.MISP.Used() {
		client, err := misp.New(misp.Options{URL: c.MISP.URL, Key: c.MISP.Key.Reveal()})
		if err != nil {
			return nil, err
		}
		o.MISP = client
	}
	if c.Mail.Host != "" {
		server := mailServer(c.Mail)
		if err := server.Check(); err != nil {
			return nil, err
		}
		o.Mail = func(ctx context.Context, s waggle.Story) error { return mail.Tell(ctx, server, s) }
	}
	return respond.New(o), nil
}
