// Command responders holds every responder; see shared/cortex for how one is
// started.
package main

import (
	"github.com/waggle-cti/waggle/responders/blocklist"
	"github.com/waggle-cti/waggle/responders/mail"
	"github.com/waggle-cti/waggle/responders/mispevent"
	"github.com/waggle-cti/waggle/responders/mispsighting"
	"github.com/waggle-cti/waggle/responders/notify"
	"github.com/waggle-cti/waggle/responders/unblock"
	"github.com/waggle-cti/waggle/shared/cortex"
)

func main() { cortex.Main("responders", workers()) }

// workers is the list. A new responder goes here and into its own folder.
func workers() []*cortex.Worker {
	return []*cortex.Worker{
		blocklist.Responder,
		mail.Responder,
		mispevent.Responder,
		mispsighting.Responder,
		notify.Responder,
		unblock.Responder,
	}
}
