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
