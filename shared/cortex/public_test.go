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

func TestPublicHost(t *testing.T) {
	for data, want := range map[string]string{
		"example.com": "example.com", " WWW.Example.COM. ": "www.example.com", "bücher.example": "xn--bcher-kva.example", "pay_pal.example.net": "pay_pal.example.net",
		"203.0.113.7": "203.0.113.7", "2001:db8::7": "2001:db8::7", "local.example.com": "local.example.com", "example.0xn": "example.0xn",
		"localhost": "", "intranet": "", "wiki.local": "", "NAS.home.arpa": "", "a.b.internal": "", "files.corp": "", "printer.lan": "", "10.1.2.3": "", "::1": "",
		"127.1": "", "0x7f.1": "", "1.0x7F": "", "2130706433": "", "a b.example": "", "a..example": "", "a/b.example": "", "user@example.com": "", "example.com:80": "", "": "",
	} {
		host, err := PublicHost(data)
		assert.Equal(t, want, host, data)
		if want != "" {
			require.NoError(t, err, data)
			continue
		}
		require.ErrorIs(t, err, upstream.BadInput, data)
		assert.ErrorContains(t, err, "nothing was sent")
	}
}

func TestPublicURL(t *testing.T) {
	for data, public := range map[string]bool{
		"http://example.com/a?b=c": true, "HTTPS://Example.com:8443": true, "example.com/a": true, "http://203.0.113.7/x.sh": true, "http://[2001:db8::7]:80/": true,
		"ftp://user:secret@example.com/a": true, "http://bücher.example": true, "example.com:8080/a": true,
		"http://localhost:9000/": false, "http://192.168.1.1/login": false, "http://[::1]/": false, "http://wiki.internal/page": false, "http://intranet/": false,
		"//10.0.0.1/a": false, "10.0.0.1/a": false, "10.0.0.1:80/a": false, "http://2130706433/": false, "http:///a": false, "mailto:me@intranet": false, "mailto:me@example.com": false, "localhost:8080/a": false,
		"http://10.0.0.1%2f@example.com\n": true, "http://example.com@10.0.0.1/": false, "\x7f": false, "": false,
	} {
		_, err := PublicURL(data)
		if public {
			assert.NoError(t, err, data)
			continue
		}
		require.ErrorIs(t, err, upstream.BadInput, data)
		assert.ErrorContains(t, err, "nothing was sent")
	}
}
