package attack

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/attack"
	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// The cases' compiled file is made of the invented bundle of shared/attack.
func TestCases(t *testing.T) { cortextest.Run(t, Analyzer) }

func TestBadInput(t *testing.T) { cortextest.Torture(t, Analyzer, nil) }

// TestCompiledFile holds the cases' file against the bundle; should the form of
// such files change, it is to be made anew, by attack.Save.
func TestCompiledFile(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "shared", "attack", "testdata", "bundle.json"))
	require.NoError(t, err)
	entries, err := attack.Read(text)
	require.NoError(t, err)
	for _, want := range entries {
		got, _, found, err := attack.Find(filepath.Join("testdata", attack.File), want.ID)
		require.NoError(t, err)
		assert.True(t, found, want.ID)
		assert.Equal(t, want, got)
	}
}

func TestRead(t *testing.T) {
	for text, want := range map[string]string{
		"T1059.001": "T1059.001", " t1059 ": "T1059", "attack.t1059.001": "T1059.001", "TA0002": "TA0002", "G0016": "G0016", "S0154": "S0154", "m1038": "M1038",
		`misp-galaxy:mitre-attack-pattern="PowerShell - T1059.001"`: "T1059.001",
		"https://attack.mitre.org/techniques/T1059/001/":            "T1059.001",
		"[T1059](https://attack.mitre.org/techniques/T1059/)":       "T1059",
		"": "", "PowerShell": "", "T10590": "", "AT1059": "", "T1059 and T1566": "", "CVE-2026-1059": "", string(make([]byte, 400)) + "T1059": "",
	} {
		got, err := read(text)
		assert.Equal(t, want, got, text)
		assert.Equal(t, want == "", err != nil, text)
	}
}

func TestUnusable(t *testing.T) {
	job := &cortex.Job{DataType: "other", Data: "T1059"}
	_, err := run(t.Context(), job, Config{File: filepath.Join(t.TempDir(), "none")})
	require.ErrorIs(t, err, upstream.BadInput)
	assert.ErrorContains(t, err, "a container has only the files of its image")
	damaged := filepath.Join(t.TempDir(), attack.File)
	require.NoError(t, os.WriteFile(damaged, []byte("damaged"), 0o600))
	_, err = run(t.Context(), job, Config{File: damaged})
	require.ErrorIs(t, err, attack.ErrDamaged)
	assert.ErrorContains(t, err, "feeder lists update")
}
