package eml

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
	"github.com/waggle-cti/waggle/shared/message"
)

// The messages were written for these tests.
func TestCases(t *testing.T) { cortextest.Run(t, Analyzer) }

func TestBadInput(t *testing.T) { cortextest.Torture(t, Analyzer, nil) }

// FuzzMessage reads hostile messages; whatever they say, the report stays small.
func FuzzMessage(f *testing.F) {
	seeds, err := filepath.Glob("testdata/*/attachment")
	require.NoError(f, err)
	for _, path := range seeds {
		data, err := os.ReadFile(path)
		require.NoError(f, err)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		mail, err := message.Read(data, message.Limits{})
		if err != nil || len(data) > 1<<20 {
			return
		}
		report := &full{}
		report.readHeader(mail.Header)
		report.readBody(t.Context(), mail.Parts)
		report.readAttachments(mail.Parts)
		report.Level = report.Findings.Worst()
		out, err := json.Marshal(report)
		require.NoError(t, err)
		assert.Less(t, len(out), 4<<20)
		assert.NotEmpty(t, report.labels())
		report.artifacts()
	})
}
