package dns

import (
	"testing"

	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
)

// The answers are records as zone files have them (RFC 1035 section 5), which the
// test's name server puts into messages. The values are invented.
func TestCases(t *testing.T) { cortextest.Run(t, Analyzer) }

func TestBadInputAndServices(t *testing.T) { cortextest.Torture(t, Analyzer, nil) }
