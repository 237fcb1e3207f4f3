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
