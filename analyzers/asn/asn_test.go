package asn

import (
	"testing"

	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
	"github.com/waggle-cti/waggle/shared/cortex/recorded"
)

// The answers have the shape that https://www.team-cymru.com/ip-asn-mapping shows
// for DNS. Systems, networks and names are invented, of RFC 5398 and RFC 5737.
func TestCases(t *testing.T) { cortextest.Run(t, Analyzer) }

func TestBadInputAndServices(t *testing.T) { cortextest.Torture(t, Analyzer, nil) }

func TestProbe(t *testing.T) {
	row := recorded.Lookup{Name: "AS23028.asn.cymru.com", Type: "TXT", Records: []string{`AS23028.asn.cymru.com. 60 IN TXT "23028 | US | arin | 2002-01-04 | EXAMPLE, US"`}}
	cortextest.Probe(t, Analyzer, map[string]cortextest.Probed{
		"known":      {Config: map[string]any{"resolver": cortextest.StartNameserver(t, row)}, Says: "the resolver asks Team Cymru"},
		"unknown":    {Config: map[string]any{"resolver": cortextest.StartNameserver(t)}, Error: "knows nothing of it"},
		"wrong list": {Config: map[string]any{"malicious_systems": []any{"Example"}}, Error: "take numbers of autonomous systems"},
	})
}
