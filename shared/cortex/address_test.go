package cortex

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/upstream"
)

func TestPublicAddress(t *testing.T) {
	for data, want := range map[string]string{
		"198.51.100.7": "198.51.100.7", "2001:DB8:0::7": "2001:db8::7", "::ffff:198.51.100.7": "198.51.100.7", "100.128.0.1": "100.128.0.1",
		"10.1.2.3": "", "192.168.0.1": "", "127.0.0.1": "", "169.254.1.1": "", "100.64.0.1": "", "0.0.0.0": "", "224.0.0.1": "", "255.255.255.255": "",
		"fd00::1": "", "fe80::1%eth0": "", "::1": "", "::ffff:10.1.2.3": "", "198.51.100.0/24": "", "198.51.100.7:443": "", "example.net": "", "": "",
	} {
		address, err := PublicAddress(data)
		if want == "" {
			require.ErrorIs(t, err, upstream.BadInput, data)
			assert.ErrorContains(t, err, "nothing was sent")
			continue
		}
		require.NoError(t, err, data)
		assert.Equal(t, want, address.String())
	}
}
