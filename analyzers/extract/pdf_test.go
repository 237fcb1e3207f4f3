package extract

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/pdftext"
	"github.com/waggle-cti/waggle/shared/pdftext/pdftexttest"
)

func TestPDF(t *testing.T) {
	path := file(t, "report.pdf", string(pdftexttest.Lines(post)))
	assert.Equal(t, []string{path + " url http://bad-host.net/a indicator"}, run(t, "", path))

	_, err := command("%PDF-1.7\n")
	require.ErrorIs(t, err, pdftext.ErrNoText)
	assert.ErrorContains(t, err, "extract: stdin: ")

	pages := make([]string, 1001)
	pages[0] = post
	out, err := command(string(pdftexttest.Lines(pages...)))
	require.ErrorIs(t, err, pdftext.ErrLimit)
	assert.Contains(t, out, "http://bad-host.net/a")
}
