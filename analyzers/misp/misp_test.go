package misp

import (
	"testing"

	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
)

// The shapes of the answers are those of MISP 2.5; the values are invented.
func TestCases(t *testing.T) { cortextest.Run(t, Analyzer) }

func TestBadInputAndServices(t *testing.T) { cortextest.Torture(t, Analyzer, nil) }

func TestNoLeak(t *testing.T) { cortextest.Leaks(t, Analyzer, nil) }

func TestProbe(t *testing.T) {
	const asked = "https://service.example.com/servers/getVersion"
	cortextest.Probe(t, Analyzer, map[string]cortextest.Probed{
		"key taken":   {Exchanges: cortextest.Answers("GET", asked, 200, `{"version":"2.5.1","perm_sync":true}`), Says: "MISP 2.5.1 takes the key"},
		"key refused": {Exchanges: cortextest.Answers("GET", asked, 403, `{"message":"Authentication failed."}`), Error: "Authentication failed"},
	})
}
