package dns

import (
	"testing"

	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
	"github.com/waggle-cti/waggle/shared/cortex/recorded"
)

// The answers are records as zone files have them (RFC 1035 section 5), which the
// test's name server puts into messages. The values are invented.
func TestCases(t *testing.T) { cortextest.Run(t, Analyzer) }

func TestBadInputAndServices(t *testing.T) { cortextest.Torture(t, Analyzer, nil) }

func TestProbe(t *testing.T) {
	root := recorded.Lookup{Name: "", Type: "NS", Records: []string{". 60 IN NS ns.example."}}
	cortextest.Probe(t, Analyzer, map[string]cortextest.Probed{
		"answered": {Config: map[string]any{"resolver": cortextest.StartNameserver(t, root)}, Says: "the resolver answers"},
		"nothing":  {Config: map[string]any{"resolver": cortextest.StartNameserver(t)}, Error: "does not know the root's name servers"},
	})
}
