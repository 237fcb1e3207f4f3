package misp_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/waggle-cti/waggle/shared/misp"
)

func TestThreatOf(t *testing.T) {
	for severity, want := range map[int]string{-1: "undefined", 0: "undefined", 1: "low", 2: "medium", 3: "high", 4: "high"} {
		assert.Equal(t, want, misp.ThreatOf(severity).String(), "severity %d", severity)
	}
	assert.Empty(t, misp.ThreatLevel(0).String())
}
