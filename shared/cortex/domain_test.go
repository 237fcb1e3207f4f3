package cortex

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/upstream"
)

func TestDomainName(t *testing.T) {
	for data, want := range map[string]string{
		"example.com": "example.com", " WWW.Example.COM. ": "www.example.com", "bücher.example": "xn--bcher-kva.example", "xn--bcher-kva.example": "xn--bcher-kva.example",
		"localhost": "", "wiki.internal": "", "a b.example": "", "a..example": "", strings.Repeat("a", 64) + ".example": "", "-a.example": "", "_dmarc.example.com": "", ".": "", "": "",
	} {
		name, err := DomainName(data)
		assert.Equal(t, want, name, data)
		if want != "" {
			require.NoError(t, err, data)
			continue
		}
		require.ErrorIs(t, err, upstream.BadInput, data)
		assert.ErrorContains(t, err, "nothing was sent")
	}
}
