package cortex

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/upstream"
)

func TestAutonomousSystem(t *testing.T) {
	for data, want := range map[string]uint32{
		"AS64496": 64496, "as64496": 64496, "ASN64496": 64496, " asn 64496 ": 64496, "64496": 64496, "AS4294967295": 4294967295,
		"AS4294967296": 0, "AS0": 0, "AS": 0, "ASX": 0, "-1": 0, "AS-SET": 0, "": 0,
	} {
		number, err := AutonomousSystem(data)
		assert.Equal(t, want, number, data)
		if want != 0 {
			require.NoError(t, err, data)
			continue
		}
		require.ErrorIs(t, err, upstream.BadInput, data)
		assert.ErrorContains(t, err, "nothing was sent")
	}
}
