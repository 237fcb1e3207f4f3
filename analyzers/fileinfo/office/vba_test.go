package office

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// These are the examples of MS-OVBA 3.2.
func TestMacrosAreDecompressed(t *testing.T) {
	for name, c := range map[string]struct{ packed, want string }{
		"no compression": {"0119B000 6162636465666768 00 696A6B6C6D6E6F70 00 717273747576 2E", "abcdefghijklmnopqrstuv."},
		"normal compression": {
			"012FB000 23616161626364658266007061676869 6A013808616B6C00306D6E6F7006710270041072737475761077 78797A003C",
			"#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa",
		},
		"most compression":       {"0103B002614500", strings.Repeat("a", 73)},
		"nothing":                {"01", ""},
		"cut in a header":        {"0119", ""},
		"cut in a chunk":         {"0119B0006162", "ab"},
		"a copy of nothing":      {"0103B001FFFF", ""},
		"a sign that is not one": {"01190000616263", ""},
	} {
		t.Run(name, func(t *testing.T) {
			packed, err := hex.DecodeString(strings.ReplaceAll(c.packed, " ", ""))
			require.NoError(t, err)
			assert.Equal(t, c.want, decompress(packed))
		})
	}
}

func FuzzDecompress(f *testing.F) {
	f.Add([]byte("\x01\x19\xB0\x00abcdefgh\x00ijklmnop\x00qrstuv."))
	f.Add([]byte("\x01\x03\xB0\x02aE\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 0 {
			assert.LessOrEqual(t, len(decompress(data)), 4*mostCode) // Windows-1252 grows as UTF-8
		}
	})
}
