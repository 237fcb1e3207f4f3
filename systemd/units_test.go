// Package systemd_test has systemd itself read the units.
package systemd_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/absent"
)

// install copies the units into a folder, with a program that this machine has
// in the place of the feeder, and a Cortex for its drop-in.
func install(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		absent.Skip(t, "systemd-analyze is not installed")
	}
	folder := t.TempDir()
	units, err := filepath.Glob("waggle-*")
	require.NoError(t, err)
	require.Len(t, units, 3)
	for _, unit := range units {
		text, err := os.ReadFile(unit)
		require.NoError(t, err)
		text = regexp.MustCompile(`(?m)^ExecStart=\S+`).ReplaceAll(text, []byte("ExecStart=/bin/true"))
		require.NoError(t, os.WriteFile(filepath.Join(folder, unit), text, 0o644))
	}
	require.NoError(t, os.WriteFile(filepath.Join(folder, "cortex.service"), []byte("[Service]\nExecStart=/bin/true\n"), 0o644))
	require.NoError(t, exec.Command("cp", "-r", "cortex.service.d", folder).Run())
	return folder
}

// analyze runs systemd-analyze on units of that folder, not of this machine.
func analyze(folder string, args ...string) (string, error) {
	cmd := exec.Command("systemd-analyze", args...)
	cmd.Env = append(os.Environ(), "SYSTEMD_UNIT_PATH="+folder+":/usr/lib/systemd/system:/lib/systemd/system")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func TestUnitsAreRight(t *testing.T) {
	folder := install(t)
	for _, unit := range []string{"waggle-feeder.service", "waggle-lists.service", "waggle-lists.timer", "cortex.service"} {
		t.Run(unit, func(t *testing.T) {
			out, err := analyze(folder, "verify", "--man=no", filepath.Join(folder, unit))
			require.NoError(t, err, out)
			assert.Empty(t, out, "an unknown key, a bad value")
		})
	}
}

// systemd weighs what a service could do from 0 (nothing) to 10 (everything).
func TestUnitsHaveFewRights(t *testing.T) {
	folder := install(t)
	for unit, most := range map[string]string{"waggle-feeder.service": "20", "waggle-lists.service": "20", "cortex.service": "60"} {
		t.Run(unit, func(t *testing.T) {
			out, err := analyze(folder, "security", "--offline=true", "--threshold="+most, filepath.Join(folder, unit))
			require.NoError(t, err, out)
		})
	}
}
