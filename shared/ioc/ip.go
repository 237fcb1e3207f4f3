package ioc

import "net/netip"

// special is a range that never is anybody's public address.
type special struct {
	prefix netip.Prefix
	name   string
}

// specials lists the IANA special-purpose address registries: RFC 6890,
// RFC 5737, RFC 3849, RFC 9637.
func specials() []special {
	return []special{
		{netip.MustParsePrefix("0.0.0.0/8"), "\"this network\" range"},
		{netip.MustParsePrefix("10.0.0.0/8"), "private range"},
		{netip.MustParsePrefix("100.64.0.0/10"), "carrier-grade NAT range"},
		{netip.MustParsePrefix("127.0.0.0/8"), "loopback range"},
		{netip.MustParsePrefix("169.254.0.0/16"), "link-local range"},
		{netip.MustParsePrefix("172.16.0.0/12"), "private range"},
		{netip.MustParsePrefix("192.0.0.0/24"), "IETF protocol range"},
		{netip.MustParsePrefix("192.0.2.0/24"), "documentation range"},
		{netip.MustParsePrefix("192.168.0.0/16"), "private range"},
		{netip.MustParsePrefix("198.18.0.0/15"), "benchmarking range"},
		{netip.MustParsePrefix("198.51.100.0/24"), "documentation range"},
		{netip.MustParsePrefix("203.0.113.0/24"), "documentation range"},
		{netip.MustParsePrefix("224.0.0.0/4"), "multicast range"},
		{netip.MustParsePrefix("240.0.0.0/4"), "reserved range"},
		{netip.MustParsePrefix("::/127"), "unspecified or loopback address"},
		{netip.MustParsePrefix("2001:db8::/32"), "documentation range"},
		{netip.MustParsePrefix("3fff::/20"), "documentation range"},
		{netip.MustParsePrefix("fc00::/7"), "unique local range"},
		{netip.MustParsePrefix("fe80::/10"), "link-local range"},
		{netip.MustParsePrefix("ff00::/8"), "multicast range"},
	}
}

// specialRange names the special-purpose range the address is in.
func specialRange(a netip.Addr) (string, bool) {
	a = a.Unmap()
	for _, s := range specials() {
		if s.prefix.Contains(a) {
			return s.name, true
		}
	}
	return "", false
}
