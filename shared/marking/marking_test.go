package marking_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/waggle-cti/waggle/shared/marking"
)

func TestNames(t *testing.T) {
	for level, want := range map[int]string{-1: "red", 0: "clear", 1: "green", 2: "amber", 3: "amber+strict", marking.MaxTLP: "red", 5: "red"} {
		assert.Equal(t, want, marking.TLP(level), "TLP %d", level)
		assert.True(t, marking.IsTLP(want))
	}
	for level, want := range map[int]string{-1: "red", 0: "clear", 1: "green", 2: "amber", marking.MaxPAP: "red", 4: "red"} {
		assert.Equal(t, want, marking.PAP(level), "PAP %d", level)
	}
	for _, name := range []string{"", "white", "Amber", "AMBER+STRICT"} {
		assert.False(t, marking.IsTLP(name), name)
	}
}
