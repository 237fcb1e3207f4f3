package bounded_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/bounded"
)

func TestTheSameBytesCountAgain(t *testing.T) {
	b := &bounded.ReaderAt{From: strings.NewReader("abcdef"), Left: 4}
	_, err := b.ReadAt(make([]byte, 3), 0)
	require.NoError(t, err)
	_, err = b.ReadAt(make([]byte, 3), 0)
	assert.ErrorIs(t, err, bounded.ErrTooMuch)
	b.Left = 3
	_, err = b.ReadAt(make([]byte, 3), 2)
	assert.NoError(t, err)
}
