package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/waggle-cti/waggle/feeder/blocks"
	"github.com/waggle-cti/waggle/feeder/config"
	"github.com/waggle-cti/waggle/feeder/respond"
	"github.com/waggle-cti/waggle/shared/cortexapi"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// checkBlocks says who may write and read the block lists.
func checkBlocks(c *config.Config) check {
	keys := blocks.Keys{Write: c.Blocks.Token, Read: c.Blocks.ListsToken}
	said := "responders may write, devices may read"
	switch {
	case !keys.Write.Set() && !keys.Read.Set():
		said = "not set up: WAGGLE_BLOCKS_TOKEN lets responders write, WAGGLE_LISTS_TOKEN devices read"
	case !keys.Write.Set():
		said = "devices may read, and nobody may write: set WAGGLE_BLOCKS_TOKEN here and in the responders"
	case !keys.Read.Set():
		said = "responders may write, and nobody may read: set WAGGLE_LISTS_TOKEN for firewalls and DNS filters"
	}
	return check{name: "block lists", said: said, err: keys.Check()}
}

// askResponders looks whether what rules of the profile have run is there to be
// run: in Cortex, and through TheHive.
func askResponders(ctx context.Context, c *config.Config) (string, error) {
	client, err := newCortex(c)
	if err != nil {
		return "", err
	}
	enabled, err := client.Responders(ctx)
	if err != nil {
		return "", err
	}
	var found []string
	var wrong []error
	for _, need := range c.Rules.Responders() {
		at := slices.IndexFunc(enabled, func(w cortexapi.Worker) bool { return need.Is(w.Name) || need.Is(w.Definition) })
		switch {
		case at >= 0 && slices.Contains(enabled[at].DataTypes, respond.AlertType):
			found = append(found, enabled[at].Name)
		case at >= 0:
			wrong = append(wrong, fmt.Errorf("%s takes no %s, so it cannot be run on alerts: enable its newest version in Cortex", enabled[at].Name, respond.AlertType))
		case need.Mail && c.Mail.Host != "":
			found = append(found, "mail in the place of "+need.Name)
		default:
			wrong = append(wrong, fmt.Errorf("rules run %s, and Cortex has not enabled it: enable it under Organization, Responders, in the organisation of the key, or take %q out of the rules", need.Name, need.Action))
		}
	}
	if err := errors.Join(append(wrong, connectorOf(ctx, c, client))...); err != nil {
		return "", errors.New(strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	if len(found) == 0 {
		return "rules of the profile run none", nil
	}
	return "enabled: " + strings.Join(found, ", "), nil
}

// connectorOf says what is wrong with TheHive's way to Cortex.
func connectorOf(ctx context.Context, c *config.Config, client *cortexapi.Client) error {
	hive, err := theHive(c)
	if err != nil {
		return err
	}
	offered, err := hive.Analyzers(ctx)
	if upstream.ReasonOf(err) == upstream.NotFound {
		return errors.New("TheHive has no connector to Cortex: configure Cortex there, see its documentation on Cortex servers")
	}
	if err != nil || len(offered) > 0 {
		return err
	}
	analyzers, err := client.Analyzers(ctx)
	if err == nil && len(analyzers) > 0 {
		err = errors.New("TheHive's connector reaches no Cortex: look at its list of Cortex servers and at the key there")
	}
	return err
}
