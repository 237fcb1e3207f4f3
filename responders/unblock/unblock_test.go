package unblock

import (
	"testing"

	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
)

// The objects are shaped as TheHive 4.1 hands them to Cortex, the answers as the
// feeder's; the values are invented.
func TestCases(t *testing.T) { cortextest.Run(t, Responder) }

func TestBadInputAndServices(t *testing.T) { cortextest.Torture(t, Responder, nil) }

func TestNoLeak(t *testing.T) { cortextest.Leaks(t, Responder, nil) }
