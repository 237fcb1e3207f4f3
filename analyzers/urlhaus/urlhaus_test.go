package urlhaus

import (
	"testing"

	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
)

// The shapes of the answers are those that https://urlhaus-api.abuse.ch/
// documents, with the variations that its users report: numbers as text or not,
// null or "" for nothing, and two spellings for the hashes. The values are
// invented.
func TestCases(t *testing.T) { cortextest.Run(t, Analyzer) }

func TestBadInputAndServices(t *testing.T) { cortextest.Torture(t, Analyzer, nil) }

func TestNoLeak(t *testing.T) { cortextest.Leaks(t, Analyzer, nil) }
