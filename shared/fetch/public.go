package fetch

import "net/netip"

// Networks that are not the public Internet: the IANA special-purpose registries
// (RFC 6890, https://www.iana.org/assignments/iana-ipv4-special-registry and
// iana-ipv6-special-registry), multicast, and one cloud's metadata host that
// stands in public space. The other clouds' are link-local, shared or
// unique-local addresses.
var (
	notPublic = []netip.Prefix{
		netip.MustParsePrefix("0.0.0.0/8"),        // this network, unspecified
		netip.MustParsePrefix("10.0.0.0/8"),       // private, RFC 1918
		netip.MustParsePrefix("100.64.0.0/10"),    // carrier-grade NAT, RFC 6598
		netip.MustParsePrefix("127.0.0.0/8"),      // loopback
		netip.MustParsePrefix("168.63.129.16/32"), // Azure's wire server
		netip.MustParsePrefix("169.254.0.0/16"),   // link-local, most metadata services
		netip.MustParsePrefix("172.16.0.0/12"),    // private
		netip.MustParsePrefix("192.0.0.0/24"),     // protocol assignments
		netip.MustParsePrefix("192.0.2.0/24"),     // documentation, RFC 5737
		netip.MustParsePrefix("192.88.99.0/24"),   // 6to4 relays, RFC 7526
		netip.MustParsePrefix("192.168.0.0/16"),   // private
		netip.MustParsePrefix("198.18.0.0/15"),    // benchmarks
		netip.MustParsePrefix("198.51.100.0/24"),  // documentation
		netip.MustParsePrefix("203.0.113.0/24"),   // documentation
		netip.MustParsePrefix("224.0.0.0/4"),      // multicast
		netip.MustParsePrefix("240.0.0.0/4"),      // reserved, broadcast
		netip.MustParsePrefix("2001::/23"),        // protocol assignments, Teredo among them
		netip.MustParsePrefix("2001:db8::/32"),    // documentation, RFC 3849
		netip.MustParsePrefix("2002::/16"),        // 6to4: an IPv4 address in disguise
		netip.MustParsePrefix("3fff::/20"),        // documentation, RFC 9637
	}
	// globalUnicast is all of IPv6 that is given out for public use. Loopback,
	// unique-local, link-local, multicast and IPv4-compatible ones lie outside.
	globalUnicast = netip.MustParsePrefix("2000::/3")
	// nat64 holds an IPv4 address in its last 32 bits, RFC 6052. In networks
	// without IPv4 the public one looks like this.
	nat64 = netip.MustParsePrefix("64:ff9b::/96")
)

// public reports whether an address is one of the public Internet. One with a
// zone never is: no prefix contains it.
func public(address netip.Addr) bool {
	address = address.Unmap()
	if nat64.Contains(address) {
		bytes := address.As16()
		return public(netip.AddrFrom4([4]byte(bytes[12:])))
	}
	if !address.IsValid() || address.Is6() && !globalUnicast.Contains(address) {
		return false
	}
	for _, network := range notPublic {
		if network.Contains(address) {
			return false
		}
	}
	return true
}
