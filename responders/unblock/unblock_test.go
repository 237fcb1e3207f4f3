package unblock

import (
	"slices"
	"testing"

	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
)

// The objects are shaped as TheHive 4.1 hands them to Cortex, the answers as the
// feeder's; the values are invented.
func TestCases(t *testing.T) { cortextest.Run(t, Responder) }

func TestBadInputAndServices(t *testing.T) { cortextest.Torture(t, Responder, nil) }

func TestNoLeak(t *testing.T) { cortextest.Leaks(t, Responder, nil) }

func TestProbe(t *testing.T) {
	hive := cortextest.Answers("GET", "https://service.example.com/api/v1/user/current", 200, `{"login":"waggle@example.com","organisation":"acme"}`)
	cortextest.Probe(t, Responder, map[string]cortextest.Probed{
		"both answer": {Says: "TheHive takes the key of waggle@example.com; the feeder is well, and its token was not tried",
			Exchanges: append(hive, cortextest.Answers("GET", "https://service.example.com/healthz", 200, `{}`)...)},
		"the feeder is not well": {Error: "feeder: upstream (503)",
			Exchanges: append(hive, slices.Repeat(cortextest.Answers("GET", "https://service.example.com/healthz", 503, `{}`), 3)...)},
	})
}
