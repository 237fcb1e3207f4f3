package cortex_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/cortex"
)

// BenchmarkRun is what the kit itself costs a job: reading, checking, writing.
func BenchmarkRun(b *testing.B) {
	w := cortex.NewAnalyzer(cortex.Definition{
		Name: "Waggle_Bench", Version: "1.0", Description: "Does nothing.", DataTypes: []string{"ip"},
	}, func(context.Context, *cortex.Job, struct{}) (cortex.Report, error) {
		return cortex.Report{Full: map[string]any{"found": false}}, nil
	})
	folder := b.TempDir()
	for _, sub := range []string{"input", "output"} {
		require.NoError(b, os.Mkdir(filepath.Join(folder, sub), 0o700))
	}
	job := []byte(`{"data":"192.0.2.1","dataType":"ip","tlp":2,"pap":2,"message":"","parameters":{},"config":{"check_tlp":null}}`)
	require.NoError(b, os.WriteFile(filepath.Join(folder, "input", "input.json"), job, 0o600))
	for b.Loop() {
		require.NoError(b, w.Run(b.Context(), cortex.Folder(folder), cortex.Surroundings{}))
	}
}

// BenchmarkRedact is what a report of many texts costs that shows a secret.
func BenchmarkRedact(b *testing.B) {
	w := cortex.NewAnalyzer(cortex.Definition{
		Name: "Waggle_Bench", Version: "1.0", Description: "Repeats.", DataTypes: []string{"ip"},
	}, func(context.Context, *cortex.Job, struct{}) (cortex.Report, error) {
		texts := make([]string, 10_000)
		for i := range texts {
			texts[i] = "https://service.example.com/v1/about?page=1"
		}
		texts[0] += "&key=0123456789abcdef"
		return cortex.Report{Full: map[string]any{"texts": texts}}, nil
	})
	folder := b.TempDir()
	for _, sub := range []string{"input", "output"} {
		require.NoError(b, os.Mkdir(filepath.Join(folder, sub), 0o700))
	}
	job := []byte(`{"data":"192.0.2.1","dataType":"ip","parameters":{"key":"0123456789abcdef"}}`)
	require.NoError(b, os.WriteFile(filepath.Join(folder, "input", "input.json"), job, 0o600))
	for b.Loop() {
		require.NoError(b, w.Run(b.Context(), cortex.Folder(folder), cortex.Surroundings{}))
	}
}
