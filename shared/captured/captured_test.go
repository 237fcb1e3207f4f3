package captured

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDifferences(t *testing.T) {
	for name, test := range map[string]struct {
		want, got string
		ignore    []string
		found     []string
	}{
		"equal":             {`{"a":1,"b":["x"]}`, `{"a":2,"b":["y","z"]}`, nil, nil},
		"missing key":       {`{"a":1}`, `{}`, nil, []string{"a: missing"}},
		"key too much":      {`{}`, `{"a":1}`, nil, []string{"a: the real one has none"}},
		"ignored":           {`{"a":{"b":1}}`, `{"a":{}}`, []string{"a.b"}, nil},
		"null fits":         {`{"a":null}`, `{"a":"x"}`, nil, nil},
		"other type":        {`{"a":"1"}`, `{"a":1}`, nil, []string{"a: want string, got float64 1"}},
		"object for list":   {`[1]`, `{}`, nil, []string{": want a list, got map[string]interface {} map[]"}},
		"in a list":         {`[{"a":1},{"b":1}]`, `[{"a":1}]`, nil, []string{"[].b: missing"}},
		"empty list fits":   {`[]`, `[{"a":1}]`, nil, nil},
		"deep in the lists": {`{"a":[{"b":[{"c":true}]}]}`, `{"a":[{"b":[{"c":"1"}]}]}`, nil, []string{"a[].b[].c: want bool, got string 1"}},
	} {
		t.Run(name, func(t *testing.T) {
			var want, got any
			require.NoError(t, json.Unmarshal([]byte(test.want), &want))
			require.NoError(t, json.Unmarshal([]byte(test.got), &got))
			assert.Equal(t, test.found, Differences(want, got, test.ignore...))
		})
	}
}
