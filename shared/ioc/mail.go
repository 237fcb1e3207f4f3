package ioc

// maxLocal is the longest local part of a mail address, RFC 5321 §4.5.3.1.1.
const maxLocal = 64

// mail reads the mail address whose at sign stands at end, behind the word or
// the dotted words that start at i.
func (s *scanner) mail(i, end int) (next int, ok bool) {
	at := atSign(s.text, end)
	if at.n == 0 || !startsWord(s.text, end+at.n) {
		return 0, false
	}
	start := s.localStart(i, end)
	// The chain is needed for the host; what it holds of the local part is
	// written again from the source.
	dotted := s.host.start == i && s.host.end == end && s.host.fanged
	c := &s.host
	c.read(s.text, end+at.n)
	hostEnd := c.end
	_, isAddr := ipv4(c)
	if isAddr {
		if !validLocal(s.text[start:end]) || at.spoken {
			return 0, false
		}
	} else if begin := c.start; !hostName(c) || c.start != begin || at.spoken && !c.spoken {
		return 0, false
	}
	hostEnd = min(hostEnd, c.end)
	if dotted && userURL(s, start, end) {
		return s.addUserURL(start, end, hostEnd), true
	}
	b := s.build.reset(s.text, start)
	rewrite(s.text, start, end, b)
	local := b.string()
	if !validLocal(local) {
		return 0, false
	}
	if len(local) != end-start || at.n != 1 || !c.plain {
		b.text("@")
		b.bytes(c.name())
	} else {
		b.source(end, hostEnd)
	}
	m := s.add(Email, lowerASCII(b.string()), start, hostEnd, at.fanged || c.fanged || dotted)
	m.doubtful = len(local) > maxLocal/2 && countDigits(local) > len(local)/2
	return hostEnd, true
}

// localStart finds where the local part that ends at end starts: it holds
// more signs than a word does.
func (s *scanner) localStart(i, end int) int {
	floor := max(s.floor, s.at.start, end-maxLocal)
	for i > floor && class[s.text[i-1]]&isLocal != 0 && s.text[i-1] != '=' {
		i--
	}
	for i < end && !alnum(s.text[i]) && s.text[i] != '_' {
		i++
	}
	return i
}

func validLocal(l string) bool {
	if len(l) == 0 || len(l) > maxLocal || l[len(l)-1] == '.' {
		return false
	}
	for k := range len(l) {
		if class[l[k]]&isLocal == 0 || l[k] == '.' && l[k-1] == '.' {
			return false
		}
		if l[k] == '/' {
			return false
		}
	}
	return true
}

func countDigits(l string) (n int) {
	for k := range len(l) {
		if digit(l[k]) {
			n++
		}
	}
	return n
}

func lowerASCII(l string) string {
	for k := range len(l) {
		if class[l[k]]&isUpper != 0 {
			b := []byte(l)
			for ; k < len(b); k++ {
				b[k] = lower(b[k])
			}
			return string(b)
		}
	}
	return l
}

// userURL reports whether what stands before the at sign is a host that was
// disarmed as well: then the whole is a URL with a lure as its user, not mail.
func userURL(s *scanner, start, end int) bool {
	var c chain
	c.read(s.text, start)
	return c.end == end && c.fanged && c.count > 2 && hostName(&c)
}

func (s *scanner) addUserURL(start, end, hostEnd int) int {
	b := s.build.reset(s.text, start)
	b.text("http://")
	rewrite(s.text, start, end, b)
	b.text("@")
	b.bytes(s.host.name())
	to, _ := path(s.text, hostEnd, s.quote(start), b)
	s.add(URL, b.string(), start, to, true)
	return to
}
