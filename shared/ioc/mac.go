package ioc

// mac reads a MAC address at i, six pairs of hex digits with colons between
// them (IEEE 802). More pairs are a certificate's fingerprint.
func (s *scanner) mac(i int) (next int, ok bool) {
	t, k := s.text, i
	if len(t)-i < 17 || i > 0 && (alnum(t[i-1]) || t[i-1] == ':') {
		return 0, false
	}
	for pair := range 6 {
		if pair > 0 {
			if t[k] != ':' {
				return 0, false
			}
			k++
		}
		if !hexDigits(t[k : k+2]) {
			return 0, false
		}
		k += 2
	}
	if k < len(t) && (class[t[k]]&isWord != 0 || t[k] == ':') {
		return 0, false
	}
	s.add(MAC, lowerASCII(t[i:k]), i, k, false)
	return k, true
}
