package compound_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/compound"
)

func TestEntries(t *testing.T) {
	data, err := os.ReadFile("../message/testdata/received.msg")
	require.NoError(t, err)
	assert.True(t, compound.Is(data))
	entries, err := compound.Open(bytes.NewReader(data))
	require.NoError(t, err)
	for _, e := range entries {
		if e.Path() == "__attach_version1.0_#00000000/__substg1.0_37010102" {
			for range 2 { // from the start each time
				got, err := e.Read(3)
				require.NoError(t, err)
				assert.Equal(t, []byte("MZ\x00"), got)
			}
			assert.EqualValues(t, 5002, e.Size)
			return
		}
	}
	assert.Fail(t, "the attachment is not among the entries")
}

func TestWhatIsDamaged(t *testing.T) {
	assert.False(t, compound.Is([]byte("PK")))
	_, err := compound.Open(bytes.NewReader([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")))
	assert.Error(t, err)
}
