package internetdb

import (
	"testing"

	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
)

// The shapes of the answers are those that https://internetdb.shodan.io/docs
// gives: an object of lists, {"detail": text} with status 404, and {"detail":
// list} with status 422. The values are invented.
func TestCases(t *testing.T) { cortextest.Run(t, Analyzer) }

func TestBadInputAndServices(t *testing.T) { cortextest.Torture(t, Analyzer, nil) }
