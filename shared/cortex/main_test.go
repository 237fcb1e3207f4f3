package cortex_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
)

// asProgram makes the test binary the program that its workers are started by.
const asProgram = "CORTEX_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		cortex.Main("workers", []*cortex.Worker{asker(), actor()})
	}
	os.Exit(m.Run())
}

func program(t *testing.T) cortextest.Program {
	t.Helper()
	path, err := os.Executable()
	require.NoError(t, err)
	return cortextest.Program{Path: path, Env: []string{asProgram + "=1"}}
}

func TestProgram(t *testing.T) {
	for _, way := range cortextest.Ways() {
		t.Run(string(way), func(t *testing.T) {
			program(t).Case(t, way, asker(), "testdata/found")
		})
	}
	t.Run("torture", func(t *testing.T) {
		program(t).Torture(t, asker(), nil)
		program(t).Stopped(t, asker(), nil)
		program(t).Torture(t, actor(), nil)
	})
}

func TestCases(t *testing.T) { cortextest.Run(t, asker()) }
