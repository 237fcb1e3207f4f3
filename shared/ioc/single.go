package ioc

// single reads the word at s[i:end] that stands for itself: a hash, a CVE or
// another identifier, or just a word. It gives where to go on.
func (s *scanner) single(i, end int, seen byte) int {
	w := s.text[i:end]
	if !s.told {
		s.told = s.threat.see(s.text, i, end)
	}
	if seen&isHex != 0 && w[0]|0x20 == 'c' && len(w) > 2 && w[1]|0x20 == 'v' {
		if next := s.cve(i); next > 0 {
			return next
		}
	}
	if seen&isDigit == 0 {
		if w[0]|0x20 == 'h' && s.registryRoot(i, end) {
			return s.registry(i, end)
		}
		return end
	}
	if seen&isHigh != 0 {
		return end
	}
	if seen&isOther == 0 {
		if next, ok := s.brokenHash(i, end); ok {
			return next
		}
		if k := hashKind(w); k != "" {
			if seen&isUpper != 0 {
				w = lowerASCII(w)
			}
			s.add(k, w, i, end, false)
		}
		return end
	}
	switch w[0] {
	case 'T':
		if v, ok := technique(w); ok {
			return s.technique(v, i, end)
		}
	case 'A':
		if v, ok := asn(w); ok {
			s.add(ASN, v, i, end, false)
			return end
		}
	}
	if len(w) >= 26 {
		return s.long(i, end)
	}
	return end
}

// long reads a word that is long enough for a Bitcoin address or for a hash
// that an underscore or hyphen joins to something else.
func (s *scanner) long(i, end int) int {
	if isBTC(s.text[i:end]) {
		s.add(BTC, s.text[i:end], i, end, false)
		return end
	}
	for from := i; from < end; {
		to := from
		for to < end && s.text[to] != '_' && s.text[to] != '-' {
			to++
		}
		if k := hashKind(s.text[from:to]); k != "" && (from == i || to == end) {
			s.add(k, lowerASCII(s.text[from:to]), from, to, false)
		}
		from = to + 1
	}
	return end
}
