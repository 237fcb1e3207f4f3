package cortextest

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/cortex"
)

// Proxied runs a worker, for each data type that its cases in a testdata folder
// ask services about, over the real network, with a proxy as Cortex hands it over.
// The services do not exist: all that is asked must go through the proxy.
func Proxied(t *testing.T, w *cortex.Worker, testdata string) {
	t.Helper()
	byType := map[string][]promptCase{}
	for _, c := range promptCases(t, testdata) {
		if c.asks {
			byType[c.dataType] = append(byType[c.dataType], c)
		}
	}
	for dataType, cases := range byType {
		t.Run(dataType, func(t *testing.T) {
			dir := richest(t, cases).dir
			folder := NewFolder(t)
			copyInput(t, dir, folder)
			named := withNameserver(t, w, dir, folder)
			replay := newReplay(t, exchanges(t, dir))
			throughProxy(t, folder, startProxy(t, replay))
			var stderr bytes.Buffer
			require.NoError(t, w.Run(t.Context(), folder, cortex.Surroundings{Stderr: &stderr, Getenv: noEnvironment}))
			replay.finish()
			assert.Empty(t, stderr.String())
			golden, err := os.ReadFile(filepath.Join(dir, "output.json"))
			require.NoError(t, err)
			assert.JSONEq(t, withoutInput(t, golden), withoutInput(t, named(Output(t, folder))))
		})
	}
}
