package iocs

import (
	"testing"

	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
)

func TestCases(t *testing.T) { cortextest.Run(t, Analyzer) }

func TestBadInput(t *testing.T) { cortextest.Torture(t, Analyzer, nil) }
