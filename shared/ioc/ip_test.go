package ioc

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAddresses(t *testing.T) {
	run(t, []readCase{
		{"IPv4", "198.51.100.7", []string{"ip 198.51.100.7"}},
		{"with a port", "198.51.100.7:8080", []string{"ip 198.51.100.7"}},
		{"with a disarmed port", "198.51.100[.]7[:]8080", []string{"ip 198.51.100.7"}},
		{"a network", "198.51.100.0/24", []string{"cidr 198.51.100.0/24"}},
		{"a list without separators", "198.51.100[.]7:44394.177.248[.]64:443", []string{"ip 198.51.100.7", "ip 94.177.248.64"}},
		{"in brackets", "from mail ([198.51.100.7])", []string{"ip 198.51.100.7"}},
		{"at the end of a sentence", "It is 198.51.100.7.", []string{"ip 198.51.100.7"}},
		{"a path behind it", "198.51.100.7/a.php", []string{"url http://198.51.100.7/a.php"}},
		{"a port and a path behind it", "198.51.100[.]7:81/a.php", []string{"url http://198.51.100.7:81/a.php"}},
		{"IPv6", "2001:0DB8:0000::0001", []string{"ip 2001:db8::1"}},
		{"IPv6 in full", "2001:db8:0:0:0:0:2:1", []string{"ip 2001:db8::2:1"}},
		{"IPv6 network", "2001:db8:a0b::/48", []string{"cidr 2001:db8:a0b::/48"}},
		{"IPv6 with a zone", "fe80::1:2%eth0", []string{"ip fe80::1:2"}},
		{"IPv6 with a port", "[2001:db8::1]:21", []string{"ip 2001:db8::1"}},
		{"IPv6 with IPv4 in it", "::ffff:198.51.100.7", []string{"ip 198.51.100.7"}},
		{"IPv6 loopback", "to ::1 only", []string{"ip ::1"}},
		{"a MAC address", "00:1b:44:11:3a:b7", []string{"mac 00:1b:44:11:3a:b7"}},
		{"a leading zero", "198.51.100.07", nil},
		{"five numbers", "1.2.3.4.5", nil},
	})
}

func TestSpecialRanges(t *testing.T) {
	for address, want := range map[string]string{
		"10.1.2.3": "private range", "172.31.0.1": "private range", "192.168.0.1": "private range", "172.32.0.1": "",
		"127.0.0.1": "loopback range", "169.254.1.1": "link-local range", "100.64.0.1": "carrier-grade NAT range", "100.128.0.1": "",
		"192.0.2.1": "documentation range", "198.51.100.1": "documentation range", "203.0.113.1": "documentation range",
		"198.18.0.1": "benchmarking range", "224.0.0.1": "multicast range", "255.255.255.255": "reserved range", "0.0.0.0": `"this network" range`,
		"8.8.8.8": "", "192.0.0.1": "IETF protocol range", "2001:db8::1": "documentation range", "3fff::1": "documentation range", "fd00::1": "unique local range",
		"fe80::1": "link-local range", "ff02::1": "multicast range", "::1": "loopback or unspecified address", "2a02::1": "",
		"::ffff:10.0.0.1": "private range",
	} {
		t.Run(address, func(t *testing.T) {
			got, ok := specialRange(netip.MustParseAddr(address))
			assert.Equal(t, want, got)
			assert.Equal(t, want != "", ok)
		})
	}
}
