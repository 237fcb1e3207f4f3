package virustotal

import (
	"testing"

	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
)

// The shapes of the answers are those of the objects and errors that
// https://docs.virustotal.com/reference/files, …/urls-object,
// …/domains-object, …/ip-object, …/errors and …/get-user-overall-quotas
// describe. The values are invented.
func TestCases(t *testing.T) { cortextest.Run(t, Analyzer) }

func TestBadInputAndServices(t *testing.T) {
	cortextest.Torture(t, Analyzer, map[string]any{"user": "a_user"})
}

func TestNoLeak(t *testing.T) { cortextest.Leaks(t, Analyzer, map[string]any{"user": "a_user"}) }
