package iocs

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/knownbenign"
	"github.com/waggle-cti/waggle/shared/pdftext/pdftexttest"
	"github.com/waggle-cti/waggle/shared/upstream"
)

func TestCases(t *testing.T) { cortextest.Run(t, Analyzer) }

func TestBadInput(t *testing.T) { cortextest.Torture(t, Analyzer, nil) }

func TestLists(t *testing.T) {
	c := knownbenign.NewCompiler()
	for _, w := range []knownbenign.Warninglist{
		{Name: "Our own", Match: knownbenign.Hostname, Entries: []string{"acme-works.net"}, Benign: true},
		{Name: "Rented names", Match: knownbenign.Hostname, Entries: []string{"bad-host.net"}},
	} {
		_, err := c.Add(w)
		require.NoError(t, err)
	}
	data, err := c.Bytes(time.Now(), "a test")
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "lists.bin")
	require.NoError(t, os.WriteFile(path, data, 0o600))

	job := &cortex.Job{DataType: "other", Data: "Indicators of compromise:\n\nwww.acme-works.net\nbad-host[.]net\n"}
	report, err := run(t.Context(), job, Config{Lists: path, Artifacts: 10, Roles: []string{"indicator"}})
	require.NoError(t, err)
	const why = "disarmed spelling; on the list Rented names (flag only)"
	rows := report.Full.(full).Values
	require.Len(t, rows, 2)
	assert.Equal(t, "bad-host.net: "+why, rows[0].Value+": "+rows[0].Why)
	assert.Equal(t, "www.acme-works.net: on the list Our own", rows[1].Value+": "+rows[1].Why)
	require.Len(t, report.Artifacts, 1)
	assert.Equal(t, why, report.Artifacts[0].Message)

	_, err = run(t.Context(), job, Config{Lists: path + ".missing"})
	require.ErrorIs(t, err, upstream.BadInput)
	assert.ErrorContains(t, err, "a container has only the files of its image")
}

func TestALongPDFIsCutAndSaysSo(t *testing.T) {
	pages := make([]string, 1001)
	pages[0] = "C2: bad-host[.]net"
	src, found, err := readFile(t.Context(), pdftexttest.Lines(pages...), ioc.Options{})
	require.NoError(t, err)
	assert.Contains(t, src.Note, "Only the beginning was read")
	assert.Equal(t, "text", src.ReadAs)
	require.Len(t, found, 1)
	assert.Equal(t, "bad-host.net", found[0].Value)
}
