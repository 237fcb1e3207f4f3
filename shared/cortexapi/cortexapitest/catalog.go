package cortexapitest

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// ReadCatalog reads a catalog as Cortex does: a JSON array of definitions, all of
// the one kind.
func ReadCatalog(t testing.TB, path string, responders bool) []Definition {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	var entries []struct {
		Name, Version, BaseConfig string
		DataTypeList              []string
		ConfigurationItems        []struct {
			Name, Type      string
			Multi, Required bool
			DefaultValue    any
		}
	}
	require.NoError(t, json.Unmarshal(data, &entries))
	out := make([]Definition, len(entries))
	for i, e := range entries {
		out[i] = Definition{Name: e.Name, Version: e.Version, Responder: responders, BaseConfig: e.BaseConfig, DataTypes: e.DataTypeList}
		for _, one := range e.ConfigurationItems {
			out[i].Items = append(out[i].Items, Item{Name: one.Name, Type: one.Type, Multi: one.Multi, Required: one.Required, Default: one.DefaultValue})
		}
	}
	return out
}
