package sample_test

import (
	"strings"
	"testing"

	"github.com/gabriel-vasile/mimetype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/analyzers/fileinfo/sample"
)

// A URL counts wherever windows meet, and once.
func TestURLsBetweenWindows(t *testing.T) {
	const (
		window, longest = 1 << 20, 64 << 10 // as url.go has them
		url             = "http://moth-panel.top/between/windows"
	)
	for _, filler := range []string{"\x00", " ", "a\n"} {
		for _, at := range []int{window - 10, window, window - longest + 5} {
			text := strings.Repeat(filler, at/len(filler)) + url + "\x00 " + url + "\n" + strings.Repeat(filler, 100)
			f := &sample.File{ReaderAt: strings.NewReader(text), Size: int64(len(text)), Media: mimetype.Detect([]byte(text))}
			require.NoError(t, f.ReadURLs(t.Context()))
			require.Len(t, f.URLs, 1, "%q up to %d", filler, at)
			assert.Equal(t, url, f.URLs[0].URL)
		}
	}
}
