package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/config"
	"github.com/waggle-cti/waggle/feeder/threatdata"
)

func TestThreatData(t *testing.T) {
	d := newDesk(t, "")
	_, out, _ := d.feeder(t, "check")
	assert.Regexp(t, `threat data +ok +only the built-in names; .*: feeder lists update fetches them`, out)

	from := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(from, "known_exploited_vulnerabilities.json"), []byte(`{"vulnerabilities":[{"cveID":"CVE-2026-11111","vendorProject":"Example","product":"CMS","dueDate":"2026-12-09"}]}`), 0o600))
	code, out, log := d.feeder(t, "lists", "update", "--threats", from)
	assert.Equal(t, exitIncomplete, code, log)
	assert.Regexp(t, `kev: 1 entries, taken `, out)
	assert.Contains(t, out, "epss: none yet; nothing is counted against a post for that")

	_, out, _ = d.feeder(t, "check")
	assert.Regexp(t, `threat data +ok +kev 1 entries, 0 days old; no epss; no cvss; no names; no attack\n`, out)

	c, err := config.Load(d.config())
	require.NoError(t, err)
	assert.ErrorContains(t, checkThreats(c, time.Now().Add(threatsAge+time.Hour)).err, "kev is old, so what is new in it goes unseen; feeder lists update")
	require.NoError(t, os.WriteFile(filepath.Join(d.folder, threatdata.File), []byte("damaged"), 0o600))
	assert.ErrorContains(t, checkThreats(c, time.Now()).err, threatdata.File)
}
