package cortex

import "net/netip"

// PublicAddress reads an IP address that services on the Internet can know of.
// Any other is refused, so that no service is told of the addresses within a
// network, and no quota is spent on them.
func PublicAddress(text string) (netip.Addr, error) {
	address, err := netip.ParseAddr(text)
	if err != nil {
		return address, badInput("%q is not an IP address: nothing was sent", clip(text, 64))
	}
	address = address.Unmap().WithZone("")
	carrier := netip.PrefixFrom(netip.AddrFrom4([4]byte{100, 64, 0, 0}), 10) // RFC 6598
	if !address.IsGlobalUnicast() || address.IsPrivate() || carrier.Contains(address) {
		return address, badInput("%s is not a public address, and no service knows whose it is: nothing was sent", address)
	}
	return address, nil
}
