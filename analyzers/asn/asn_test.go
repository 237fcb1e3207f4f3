package asn

import (
	"testing"

	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
)

// The answers have the shape that https://www.team-cymru.com/ip-asn-mapping shows
// for DNS. Systems, networks and names are invented, of RFC 5398 and RFC 5737.
func TestCases(t *testing.T) { cortextest.Run(t, Analyzer) }

func TestBadInputAndServices(t *testing.T) { cortextest.Torture(t, Analyzer, nil) }
