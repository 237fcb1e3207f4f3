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
	s.inContext(i, end)
	if seen&isOther == 0 {
		if next, ok := s.brokenHash(i, end); ok {
			return next
		}
		if s.jarm(i, end) {
			s.addLower(JARM, i, end, seen)
		} else if k := hashKind(w); k != "" {
			if f := s.fingerprint(i, end); f != "" {
				k = f
			}
			s.addLower(k, i, end, seen)
		}
		return end
	}
	if len(w) <= maxNumber && follows[w[0]]&startsName != 0 && s.numbered(i, end) {
		return max(end, s.floor)
	}
	if len(w) >= minLong {
		return s.long(i, end)
	}
	return end
}

// inContext reads the word s[i:end], with a digit in it, that is a value only by
// what stands before it.
func (s *scanner) inContext(i, end int) {
	t := s.text
	switch {
	case i > len("AS") && t[i-1] == ' ' && (t[i-2] == 'S' || t[i-2] == 'N'):
		s.spacedASN(i, end)
	case end-i == macLength && t[i+2] == '-':
		s.hyphenMAC(i, end)
	}
}

// maxNumber is longer than a number of a public list.
const maxNumber = 20

// numbered reads the word s[i:end] if it is the number of an entry in a public
// list: of techniques, weaknesses, advisories, networks.
func (s *scanner) numbered(i, end int) bool {
	w := s.text[i:end]
	var k Kind
	value, ok := "", false
	switch w[0] | 0x20 {
	case 't':
		if value, ok = technique(w); ok {
			s.technique(value, i, end)
			return true
		}
		k, ok = Tactic, isTactic(w)
		value = w
	case 'g':
		if value, ok = ghsa(w); ok {
			k = GHSA
		} else {
			k, value, ok = Group, w, isCatalogued(w) && s.speaksOfATTACK(i)
		}
	case 's':
		k, value, ok = Software, w, isCatalogued(w) && s.speaksOfATTACK(i)
	case 'c':
		k = CWE
		value, ok = cwe(w)
	case 'e':
		k = EUVD
		value, ok = euvd(w)
	case 'a':
		k = ASN
		value, ok = asn(w, s.whole)
	}
	if ok {
		s.add(k, value, i, end, false)
	}
	return ok
}

// nameless tells the kind of a long word that shows it by itself.
func nameless(w string) Kind {
	switch {
	case isTLSH(w):
		return TLSH
	case isJA4(w):
		return JA4
	}
	return ""
}

// long reads a word that is long enough for a wallet's address or for a hash
// that an underscore or hyphen joins to something else.
func (s *scanner) long(i, end int) int {
	if k := nameless(s.text[i:end]); k != "" {
		s.add(k, s.text[i:end], i, end, false)
		return end
	}
	if s.wallet(i, end) {
		return end
	}
	if next, ok := s.command(i, end); ok {
		return next
	}
	for from := i; from < end; {
		to := from
		for to < end && s.text[to] != '_' && s.text[to] != '-' {
			to++
		}
		if k := hashKind(s.text[from:to]); k != "" && (from == i || to == end) {
			s.addLower(k, from, to, isUpper)
		}
		from = to + 1
	}
	return end
}
