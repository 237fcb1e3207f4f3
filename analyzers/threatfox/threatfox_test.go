package threatfox

import (
	"testing"

	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
)

// The shapes of the answers are those that https://threatfox.abuse.ch/api/
// documents for search_ioc and search_hash, with what its users report: an
// empty answer's data is a text, and the status of a hash refused is
// "illegl_hash". The values are invented.
func TestCases(t *testing.T) { cortextest.Run(t, Analyzer) }

func TestBadInputAndServices(t *testing.T) { cortextest.Torture(t, Analyzer, nil) }

func TestNoLeak(t *testing.T) { cortextest.Leaks(t, Analyzer, nil) }

func TestProbe(t *testing.T) {
	const asked = "https://threatfox-api.abuse.ch/api/v1/"
	cortextest.Probe(t, Analyzer, map[string]cortextest.Probed{
		"key taken":   {Exchanges: cortextest.Answers("POST", asked, 200, `{"query_status":"ok","data":{"1":{"ioc_type":"url"}}}`), Says: "abuse.ch takes the key"},
		"key refused": {Exchanges: cortextest.Answers("POST", asked, 200, `{"query_status":"unknown_auth_key"}`), Error: "check the Auth-Key"},
		"a page":      {Exchanges: cortextest.Answers("POST", asked, 200, `"<html>"`), Error: "not the JSON expected"},
		"no types":    {Exchanges: cortextest.Answers("POST", asked, 200, `{"query_status":"no_result"}`), Error: "does not know its own types"},
	})
}
