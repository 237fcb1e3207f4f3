package cortex_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/upstream"
)

func TestHash(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		kind cortex.HashKind
		want string
	}{
		"MD5":               {strings.Repeat("0A", 16), cortex.MD5, strings.Repeat("0a", 16)},
		"SHA-256, spaces":   {" " + strings.Repeat("f1", 32) + "\n", cortex.SHA256, strings.Repeat("f1", 32)},
		"not of a kind":     {strings.Repeat("0a", 20), 0, ""},
		"not hexadecimal":   {strings.Repeat("0g", 16), 0, ""},
		"letters of length": {strings.Repeat("é", 16), 0, ""},
		"none":              {"", 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			hash, kind, err := cortex.Hash(test.text, cortex.MD5, cortex.SHA256)
			assert.Equal(t, test.want, hash)
			assert.Equal(t, test.kind, kind)
			if test.want != "" {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, upstream.BadInput)
			assert.ErrorContains(t, err, "MD5 or SHA-256")
		})
	}
}
