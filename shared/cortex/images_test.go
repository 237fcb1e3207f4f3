package cortex

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestListImages(t *testing.T) {
	worker := NewAnalyzer(Definition{Name: "Waggle_Probe", Version: "1.2", Description: "Probes.", DataTypes: []string{"ip"}},
		func(context.Context, *Job, struct{}) (Report, error) { return Report{}, nil })
	for name, c := range map[string]struct {
		args []string
		code int
		out  string
	}{
		"default registry": {[]string{"list", "--images"}, exitOK, "probe\tghcr.io/waggle-cti/waggle-probe:1.2\t1.2\tWaggle_Probe\n"},
		"own registry":     {[]string{"list", "--images", "--registry", "registry.example.com/cti"}, exitOK, "probe\tregistry.example.com/cti/waggle-probe:1.2\t1.2\tWaggle_Probe\n"},
		"two formats":      {[]string{"list", "--images", "--json"}, exitUsage, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			code := execute(t.Context(), "workers", []*Worker{worker}, c.args, streams{nil, &out, &bytes.Buffer{}})
			assert.Equal(t, c.code, code)
			assert.Equal(t, c.out, out.String())
		})
	}
}
