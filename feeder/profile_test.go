package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/config"
)

// initProfile runs `profile init` with what a person types.
func initProfile(t *testing.T, typed string, args ...string) (path, out string, err error) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "ours.yaml")
	var stdout bytes.Buffer
	root := newRoot()
	root.SetArgs(append([]string{"profile", "init", path}, args...))
	root.SetIn(strings.NewReader(typed))
	root.SetOut(&stdout)
	err = root.ExecuteContext(t.Context())
	return path, stdout.String(), err
}

func TestProfileInit(t *testing.T) {
	for name, c := range map[string]struct {
		typed string
		args  []string
		want  string
	}{
		"answers": {
			"acme\nmsp\nexchange, Contoso/Ledger , Example ERP, exchange server\naccounting firm\nGermany, German\nen,de\n", nil,
			"name: acme\nextends: msp\nreplace: [products]\nlanguages: [en, de]\nsectors: [accounting firm]\ncountries: [Germany, German]\nproducts:\n" +
				"    - name: Exchange\n      vendor: Microsoft\n      aliases: [Exchange Server, Exchange Online, Outlook Web Access, OWA]\n" +
				"    - name: Ledger\n      vendor: Contoso\n    - name: Example ERP\n",
		},
		"empty answers": {"\n\n\n\n\n\n", nil, "name: ours\nextends: small-business\n"},
		"no input":      {"", nil, "name: ours\nextends: small-business\n"},
		"flags": {
			"", []string{"--yes", "--name", "acme", "--base", "healthcare", "--products", "OpenEMR", "--languages", "en"},
			"name: acme\nextends: healthcare\nreplace: [products]\nlanguages: [en]\nproducts:\n    - name: OpenEMR\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			path, out, err := initProfile(t, c.typed, c.args...)
			require.NoError(t, err)
			assert.Contains(t, out, path+" is written")
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.True(t, strings.HasSuffix(string(text), c.want), "%s", text)

			t.Setenv("WAGGLE_PROFILE", path)
			loaded, err := config.Load("")
			require.NoError(t, err, "a feeder starts with it")
			assert.Greater(t, len(loaded.Sources), 30)
		})
	}
}

func TestProfileInitRefuses(t *testing.T) {
	_, _, err := initProfile(t, "", "--yes", "--base", "large-business")
	assert.ErrorContains(t, err, `no profile "large-business" is shipped`)
	_, _, err = initProfile(t, "", "--yes", "--languages", "klingon")
	assert.ErrorContains(t, err, `"klingon" is no language that is told apart`)

	path, _, err := initProfile(t, "", "--yes")
	require.NoError(t, err)
	again := func(args ...string) error {
		root := newRoot()
		root.SetArgs(append([]string{"profile", "init", path, "--yes"}, args...))
		root.SetOut(&bytes.Buffer{})
		return root.ExecuteContext(t.Context())
	}
	assert.ErrorContains(t, again(), "is there already: give another name, or --replace")
	assert.NoError(t, again("--replace"))
}
