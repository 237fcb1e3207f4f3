package cortexapitest

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// ReadCatalog reads the file of a catalog, all of the one kind.
func ReadCatalog(t testing.TB, path string, responders bool) []Definition {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	all, err := Definitions(data, responders)
	require.NoError(t, err)
	return all
}

// Definitions reads a catalog as Cortex does: a JSON array of definitions.
func Definitions(catalog []byte, responders bool) ([]Definition, error) {
	var entries []struct {
		Name, Version, BaseConfig string
		DataTypeList              []string
		ConfigurationItems        []struct {
			Name, Type      string
			Multi, Required bool
			DefaultValue    any
		}
	}
	if err := json.Unmarshal(catalog, &entries); err != nil {
		return nil, err
	}
	out := make([]Definition, 0, len(entries))
	for _, e := range entries {
		d := Definition{Name: e.Name, Version: e.Version, Responder: responders, BaseConfig: e.BaseConfig, DataTypes: e.DataTypeList}
		for _, i := range e.ConfigurationItems {
			d.Items = append(d.Items, Item{Name: i.Name, Type: i.Type, Multi: i.Multi, Required: i.Required, Default: i.DefaultValue})
		}
		out = append(out, d)
	}
	return out, nil
}
