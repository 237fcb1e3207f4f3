package ioc

import "net/netip"

// ipv4 gives the address that the chain's four labels are, without leading
// zeros.
func ipv4(c *chain) (netip.Addr, bool) {
	if c.count != 4 || c.over || !c.digits() {
		return netip.Addr{}, false
	}
	var a [4]byte
	for i := range a {
		n, ok := octet(c.label(i))
		if !ok {
			return netip.Addr{}, false
		}
		a[i] = n
	}
	return netip.AddrFrom4(a), true
}

func octet(b []byte) (byte, bool) {
	if len(b) == 0 || len(b) > 3 || len(b) > 1 && b[0] == '0' {
		return 0, false
	}
	n := 0
	for _, d := range b {
		n = n*10 + int(d-'0')
	}
	return byte(n), n < 256
}

// number reads the decimal number at i, at most five digits long, and gives
// its end; the end is i if there is none.
func number(s string, i int) (n, end int) {
	for end = i; end < len(s) && digit(s[end]) && end-i < 6; end++ {
		n = n*10 + int(s[end]-'0')
	}
	return n, end
}

// port reads ":443", "[:]443" or " :443" at i and gives where it ends, and
// where its number starts. The end is i where there is none.
func port(s string, i int) (num, end int) {
	k := i
	switch {
	case k < len(s) && s[k] == ':':
		k++
	case k+2 < len(s) && s[k] == '[' && s[k+1] == ':' && s[k+2] == ']':
		k += 3
	default:
		return i, i
	}
	n, e := number(s, k)
	if e == k || e-k > 5 || n == 0 || n > 65535 {
		return i, i
	}
	return k, e
}

// splitPort handles a list without separators, "192.0.2.1:443198.51.100.7:80":
// of the digits from k to the dot it gives where the port ends and the next
// address starts. The ports that are written most decide between readings.
func splitPort(s string, k, end int) int {
	best := -1
	for cut := k + 2; cut < end && cut-k <= 5; cut++ {
		n, _ := number(s[k:cut], 0)
		if _, ok := octet([]byte(s[cut:end])); !ok || n > 65535 {
			continue
		}
		if commonPort(n) {
			return cut
		}
		best = cut
	}
	return best
}

func commonPort(n int) bool {
	switch n {
	case 21, 22, 25, 53, 80, 110, 443, 445, 465, 587, 993, 995, 1080, 3389, 4143, 4443, 5000, 7080, 8000, 8080, 8443, 8888:
		return true
	}
	return false
}

// specialRange names the special-purpose range the address is in: the IANA
// special-purpose address registries, RFC 6890, RFC 5737, RFC 3849, RFC 9637.
func specialRange(a netip.Addr) (string, bool) {
	a = a.Unmap()
	name := ""
	if a.Is4() {
		name = special4(a.As4())
	} else {
		name = special6(a)
	}
	return name, name != ""
}

func special4(b [4]byte) string {
	switch {
	case b[0] == 0:
		return `"this network" range`
	case b[0] == 10, b[0] == 172 && b[1]&0xf0 == 16, b[0] == 192 && b[1] == 168:
		return "private range"
	case b[0] == 100 && b[1]&0xc0 == 64:
		return "carrier-grade NAT range"
	case b[0] == 127:
		return "loopback range"
	case b[0] == 169 && b[1] == 254:
		return "link-local range"
	case b[0] == 192 && b[1] == 0 && b[2] == 0:
		return "IETF protocol range"
	case b[0] == 192 && b[1] == 0 && b[2] == 2, b[0] == 198 && b[1] == 51 && b[2] == 100, b[0] == 203 && b[1] == 0 && b[2] == 113:
		return "documentation range"
	case b[0] == 198 && b[1]&0xfe == 18:
		return "benchmarking range"
	case b[0]&0xf0 == 224:
		return "multicast range"
	case b[0] >= 240:
		return "reserved range"
	}
	return ""
}

func special6(a netip.Addr) string {
	b := a.As16()
	switch {
	case a.IsLoopback() || a.IsUnspecified():
		return "loopback or unspecified address"
	case b[0] == 0x20 && b[1] == 0x01 && b[2] == 0x0d && b[3] == 0xb8, b[0] == 0x3f && b[1] == 0xff && b[2] < 0x10:
		return "documentation range"
	case b[0]&0xfe == 0xfc:
		return "unique local range"
	case a.IsLinkLocalUnicast():
		return "link-local range"
	case b[0] == 0xff:
		return "multicast range"
	}
	return ""
}
