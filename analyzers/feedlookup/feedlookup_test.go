package feedlookup

import (
	"testing"

	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
)

// The answers are shaped as the feeder's, of which feeder/lookup_test.go holds
// the analyzer against a real one; the values are invented.
func TestCases(t *testing.T) { cortextest.Run(t, Analyzer) }

func TestBadInputAndServices(t *testing.T) { cortextest.Torture(t, Analyzer, nil) }

func TestNoLeak(t *testing.T) { cortextest.Leaks(t, Analyzer, nil) }

func TestProbe(t *testing.T) {
	const asked = "https://service.example.com/api/v1/sources"
	cortextest.Probe(t, Analyzer, map[string]cortextest.Probed{
		"token taken":   {Exchanges: cortextest.Answers("GET", asked, 200, `{"sources":[{"name":"a"},{"name":"b"}]}`), Says: "takes the token; it follows 2 sources"},
		"token refused": {Exchanges: cortextest.Answers("GET", asked, 401, `{"error":"Send the token."}`), Error: "WAGGLE_PAGE_TOKEN"},
		"another page":  {Exchanges: cortextest.Answers("GET", asked, 200, `{"feeds":[]}`), Error: "tells of no sources"},
	})
}
