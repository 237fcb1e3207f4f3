package main

import (
	"fmt"
	"log/slog"
	"net/netip"
	"time"

	"github.com/waggle-cti/waggle/feeder/address"
	"github.com/waggle-cti/waggle/feeder/blocks"
	"github.com/waggle-cti/waggle/feeder/config"
	"github.com/waggle-cti/waggle/feeder/lists"
	"github.com/waggle-cti/waggle/feeder/store"
)

// newBlocks makes what keeps and serves the block lists. Never on them are what
// the profile calls own, and the servers that the feeder works with.
func newBlocks(c *config.Config, data *store.Store, known *lists.Current, log *slog.Logger) (blocks.Server, error) {
	keys := blocks.Keys{Write: c.Blocks.Token, Read: c.Blocks.ListsToken}
	if err := keys.Check(); err != nil {
		return blocks.Server{}, err
	}
	domains, networks, err := blocks.Own(c.Needs.Own)
	if err != nil {
		return blocks.Server{}, fmt.Errorf("profile %s: own: %w", c.Needs.Name, err)
	}
	for _, server := range []config.Server{c.TheHive.Server, c.Cortex.Server, c.MISP.Server} {
		host := address.Host(server.URL)
		if ip, err := netip.ParseAddr(host); err == nil {
			networks = append(networks, netip.PrefixFrom(ip, ip.BitLen()))
		} else if host != "" {
			domains = append(domains, host)
		}
	}
	never := blocks.Never{Domains: domains, Networks: networks, Known: known.Known, Flagged: known.Note}
	return blocks.Server{Book: blocks.Book{Store: data, Never: never, Now: time.Now, Log: log}, Keys: keys}, nil
}
