package hashlookup

import (
	"testing"

	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
)

// The shapes of the answers are those of the samples at
// https://www.circl.lu/services/hashlookup/ and of the fields that
// draft-dulaunoy-hashlookup-format lists. The values are invented.
func TestCases(t *testing.T) { cortextest.Run(t, Analyzer) }

func TestBadInputAndServices(t *testing.T) { cortextest.Torture(t, Analyzer, nil) }
