package ioc

import "net/netip"

// maxAddr6 is longer than any IPv6 address in text, defanged ones included.
const maxAddr6 = 64

// address6 is an IPv6 address as it was read.
type address6 struct {
	addr   netip.Addr
	end    int  // end of the address in the text, zone included
	run    int  // end of all that looks like one: nothing in it needs another try
	fanged bool // colons were written [:]
}

// colons reads an IPv6 address that starts with "::".
func (s *scanner) colons(i int) int {
	if next, ok := s.readIPv6(i); ok {
		return next
	}
	return i + 1
}

// readIPv6 notes the IPv6 address, or the range of them, that starts at i and
// gives where to go on. It is no part of a longer word.
func (s *scanner) readIPv6(i int) (int, bool) {
	a, ok := ipv6(s.text, i)
	s.six = a.run
	if !ok || i > 0 && i != s.open && (class[s.text[i-1]]&isWord != 0 || s.text[i-1] == ':' && !endsLabel(s.text, i-1)) {
		return 0, false
	}
	end := zone(s.text, a.end)
	value := a.addr.String()
	if bits, e := number(s.text, min(end+1, len(s.text))); end < len(s.text) && s.text[end] == '/' && e > end+1 && bits <= 128 {
		s.add(CIDR, value+s.text[end:e], i, e, a.fanged)
		return e, true
	}
	s.add(IP, value, i, end, a.fanged)
	return end, true
}

// ipv6 reads the IPv6 address that starts at i. What only looks like one
// (times, ratios, MAC addresses, C++ names) is refused. run is set either way.
func ipv6(s string, i int) (a address6, ok bool) {
	var buf [maxAddr6]byte
	n, colons, hexes, k := 0, 0, 0, i
	for k < len(s) {
		c := s[k]
		step := 1
		switch {
		case class[c]&(isHex|isDigit) != 0:
			hexes++
		case c == ':' || c == '.':
			if c == ':' {
				colons++
			}
		case c == '[' && k+2 < len(s) && s[k+1] == ':' && s[k+2] == ']':
			c, step, a.fanged = ':', 3, true
			colons++
		default:
			step = 0
		}
		if step == 0 {
			break
		}
		if n < maxAddr6 {
			buf[n] = c
			n++
		}
		k += step
	}
	a.run = k
	for n > 0 && (buf[n-1] == '.' || buf[n-1] == ':' && (n < 2 || buf[n-2] != ':')) {
		n, k = n-1, k-1
	}
	if n == maxAddr6 || colons < 2 || hexes == 0 || goesOnWith(s, k) {
		return a, false
	}
	addr, err := netip.ParseAddr(string(buf[:n]))
	if err != nil || !addr.Is6() || !plausible6(addr) {
		return a, false
	}
	a.addr, a.end = addr.Unmap(), k
	return a, true
}

// plausible6 refuses what parses but is code or a ratio ("a::b"): a global
// address starts with 2 or 3, and the others are written in full or well known.
func plausible6(a netip.Addr) bool {
	var text [maxAddr6]byte
	hexes := 0
	for _, c := range a.AppendTo(text[:0]) {
		if class[c]&(isHex|isDigit) != 0 {
			hexes++
		}
	}
	b := a.As16()
	switch {
	case a.IsUnspecified():
		return false
	case a.IsLoopback(), a.Is4In6(), b[0]&0xe0 == 0x20, b[0]&0xfe == 0xfc, b[0] == 0xfe && b[1] == 0x80, b[0] == 0xff:
		return hexes > 4 || a.IsLoopback()
	}
	return hexes >= 16
}

// maxLabel bounds the word in front of an address.
const maxLabel = 16

// endsLabel reports whether the colon at i ends a word that is no hex number, as
// in "server:2a02::1", and so is no part of an address behind it.
func endsLabel(s string, i int) bool {
	other := false
	k := i
	for k > 0 && i-k < maxLabel && letter(s[k-1]) {
		k--
		other = other || class[s[k]]&isOther != 0
	}
	return other && (k == 0 || s[k-1] != ':')
}

// zone gives the end of the zone ("%eth0", RFC 4007 §11) at i, i if there is none.
func zone(s string, i int) int {
	if i+1 < len(s) && s[i] == '%' && startsWord(s, i+1) {
		end, _ := wordEnd(s, i+1)
		return end
	}
	return i
}
