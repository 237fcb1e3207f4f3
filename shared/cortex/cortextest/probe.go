package cortextest

import (
	"bytes"
	"encoding/json"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/cortex/recorded"
)

// Probed is a case of Probe.
type Probed struct {
	Config    map[string]any      // besides what the worker needs: secrets are Secret, addresses https://service.example.com
	Exchanges []recorded.Exchange // what is asked and answered
	Says      string              // what is found; "" if it fails
	Error     string              // what the error has to say
}

// Probe runs a worker's probe, as the command doctor does.
func Probe(t *testing.T, w *cortex.Worker, cases map[string]Probed) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var config map[string]json.RawMessage
			require.NoError(t, json.Unmarshal(encoded(t, configuration(w, c.Config)), &config))
			var stderr bytes.Buffer
			var said string
			var err error
			ask := func(t *testing.T) {
				replay := newReplay(t, c.Exchanges)
				said, err = w.Probe(t.Context(), config, cortex.Surroundings{Stderr: &stderr, Getenv: noEnvironment, Transport: replay})
				replay.finish()
			}
			if _, asksDNS := c.Config[resolverItem]; asksDNS {
				ask(t) // of a server whose clock is the real one
			} else {
				synctest.Test(t, ask)
			}
			if c.Error != "" {
				require.Error(t, err)
				assert.Contains(t, err.Error(), c.Error)
				said = err.Error()
			} else {
				require.NoError(t, err)
				assert.Equal(t, c.Says, said)
			}
			assert.Empty(t, stderr.String())
			withoutSecrets(t, said, Secret)
		})
	}
}

// Answers gives the exchanges of one answer: an address that is asked, and the
// status and JSON that come back.
func Answers(method, address string, status int, body string) []recorded.Exchange {
	return []recorded.Exchange{{Request: recorded.Request{Method: method, URL: address}, Response: recorded.Response{Status: status, Body: json.RawMessage(body)}}}
}
