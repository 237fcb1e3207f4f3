package ioc

import (
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
)

func TestInWordsIsWhatUnicodeSays(t *testing.T) {
	for r := range unicode.MaxRune + 1 {
		require.Equal(t, unicode.In(r, unicode.L, unicode.M, unicode.Nd), inWords(r), "U+%04X", r)
	}
}
