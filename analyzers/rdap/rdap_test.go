package rdap

import (
	"testing"

	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
)

// The shapes of the answers are those of RFC 9083 sections 5.3 to 5.5, with jCards
// of RFC 7095; IANA's lists are those of RFC 9224 section 3. The values are
// invented.
func TestCases(t *testing.T) { cortextest.Run(t, Analyzer) }

func TestBadInputAndServices(t *testing.T) { cortextest.Torture(t, Analyzer, nil) }
