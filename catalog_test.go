// Package bundle_test keeps catalog.json, the catalog of the whole bundle.
package bundle_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
)

// TestCatalog makes the bundle's catalog of the two that Cortex is pointed at.
func TestCatalog(t *testing.T) {
	parts := map[string]json.RawMessage{}
	ids := map[string]string{}
	for _, program := range []string{"analyzers", "responders"} {
		raw, err := os.ReadFile(program + "/" + program + ".json")
		require.NoError(t, err)
		parts[program] = raw
		for _, entry := range gjson.ParseBytes(raw).Array() {
			id := entry.Get("name").String() + "_" + entry.Get("version").String()
			assert.Empty(t, ids[id], "%s is in %s too: Cortex has one map for both, and would keep only the responder", id, ids[id])
			ids[id] = program
		}
	}
	raw, err := json.Marshal(parts)
	require.NoError(t, err)
	cortextest.Made(t, "catalog.json", cortextest.Indented(t, raw))
}
