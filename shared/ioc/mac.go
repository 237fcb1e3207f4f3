package ioc

// mac reads a MAC address at i, six pairs of hex digits with colons between
// them (IEEE 802). More pairs are a certificate's fingerprint.
func (s *scanner) mac(i int) (next int, ok bool) {
	t, k := s.text, i
	if len(t)-i < macLength || i > 0 && (alnum(t[i-1]) || t[i-1] == ':') {
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

// macLength is that of an address in pairs.
const macLength = len("00-1b-44-11-3a-b7")

// hyphenMAC notes the word s[i:end] if it is a MAC address in pairs with hyphens
// between them, as Windows writes it. Such a word may be a date or a serial
// number, so that it counts only among indicators, in a table, or behind "MAC".
func (s *scanner) hyphenMAC(i, end int) {
	t := s.text
	if i > 0 && alnum(t[i-1]) || decimal(t[i:i+2]+t[i+3:i+5]+t[i+6:i+8]) && decimal(t[i+9:i+11]+t[i+12:i+14]+t[i+15:end]) {
		return
	}
	if !s.whole && s.at.section != iocs && s.at.row == 0 && !s.saysBefore(i, "mac") {
		return
	}
	if value := hardwareAddress(t[i:end]); value != "" && i >= s.floor {
		s.add(MAC, value, i, end, false)
	}
}

// hardwareAddress gives the MAC address that the word is, in any of the spellings
// in use: pairs with hyphens or colons, groups of four digits with dots; "" if it
// is none.
func hardwareAddress(w string) string {
	digits := make([]byte, 0, 12)
	for i := range len(w) {
		switch c := w[i]; {
		case class[c]&(isDigit|isHex) != 0 && len(digits) < 12:
			digits = append(digits, lower(c))
		case c == '-' && len(w) == 17 && i%3 == 2, c == ':' && len(w) == 17 && i%3 == 2, c == '.' && len(w) == 14 && i%5 == 4:
		default:
			return ""
		}
	}
	if len(digits) != 12 || len(w) == 12 {
		return ""
	}
	out := make([]byte, 0, 17)
	for i, c := range digits {
		if i > 0 && i%2 == 0 {
			out = append(out, ':')
		}
		out = append(out, c)
	}
	return string(out)
}
