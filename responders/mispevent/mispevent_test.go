package mispevent

import (
	"testing"

	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
)

// The objects are shaped as TheHive 4.1 hands them to Cortex, the answers as
// those of TheHive 4.1 and MISP 2.5; the values are invented.
func TestCases(t *testing.T) { cortextest.Run(t, Responder) }

func TestBadInputAndServices(t *testing.T) { cortextest.Torture(t, Responder, nil) }

func TestNoLeak(t *testing.T) { cortextest.Leaks(t, Responder, nil) }

func TestProbe(t *testing.T) {
	hive := cortextest.Answers("GET", "https://service.example.com/api/v1/user/current", 200, `{"login":"waggle@example.com","organisation":"acme"}`)
	cortextest.Probe(t, Responder, map[string]cortextest.Probed{
		"both take their keys": {Says: "TheHive takes the key of waggle@example.com, MISP 2.5.1 its own",
			Exchanges: append(hive, cortextest.Answers("GET", "https://service.example.com/servers/getVersion", 200, `{"version":"2.5.1"}`)...)},
		"TheHive refuses": {Error: "AuthenticationError",
			Exchanges: cortextest.Answers("GET", "https://service.example.com/api/v1/user/current", 401, `{"type":"AuthenticationError","message":"AuthenticationError"}`)},
		"MISP refuses": {Error: "Authentication failed",
			Exchanges: append(hive, cortextest.Answers("GET", "https://service.example.com/servers/getVersion", 403, `{"message":"Authentication failed."}`)...)},
	})
}
