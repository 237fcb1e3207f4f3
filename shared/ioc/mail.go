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
	if at.n == 1 && !hasDot(s.text, end+1) {
		return 0, false
	}
	start := s.localStart(i, end)
	c := &s.host
	// The chain is needed for the host; the local part is written again from
	// the source.
	fanged := at.fanged || c.start == i && c.end == end && c.fanged
	hostEnd, ok := s.mailHost(end+at.n, at.spoken)
	if !ok {
		return 0, false
	}
	if !at.fanged && fanged && s.lure(start, end) {
		return s.addLure(start, end, hostEnd), true
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
	s.add(Email, lowerASCII(b.string()), start, hostEnd, fanged || c.fanged)
	return hostEnd, true
}

// hasDot reports whether the word at i goes on with a dot.
func hasDot(s string, i int) bool {
	for i < len(s) && class[s[i]]&isWord != 0 {
		i++
	}
	return i < len(s) && (class[s[i]]&isHigh != 0 || dotAt(s, i).n > 0)
}

// mailHost reads the host of a mail address at i and gives its end. Behind the
// bare word "at" only a host whose dot is a word as well is one.
func (s *scanner) mailHost(i int, spoken bool) (end int, ok bool) {
	c := &s.host
	c.read(s.text, i)
	end = c.end
	if _, ok := ipv4(c); ok {
		return end, !spoken
	}
	if !hostName(c) || c.start != i || spoken && !c.spoken {
		return 0, false
	}
	return min(end, c.end), true
}

// localStart finds where the local part that ends at end starts: it holds
// more signs than a word does, but no two dots in a row. A value before it is no
// part of it, unless there can be one value only.
func (s *scanner) localStart(i, end int) int {
	floor := max(s.floor, s.at.start, end-maxLocal)
	if s.whole {
		floor = max(s.at.start, end-maxLocal)
	}
	for i > floor && class[s.text[i-1]]&isLocal != 0 && (s.text[i-1] != '.' || s.text[i] != '.') {
		i--
	}
	for i < end && !alnum(s.text[i]) && s.text[i] != '_' {
		i++
	}
	return i
}

// validLocal reports whether the text is a dot-atom, RFC 5322 §3.2.3: no dot at
// an end, nor two in a row.
func validLocal(l string) bool {
	if len(l) == 0 || len(l) > maxLocal || l[0] == '.' || l[len(l)-1] == '.' {
		return false
	}
	for k := range len(l) {
		if class[l[k]]&isLocal == 0 || l[k] == '.' && l[k-1] == '.' {
			return false
		}
	}
	return true
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

// lure reports whether what stands before the at sign is a host that was
// disarmed as well ("www.known[.]com@bad[.]net"): then the whole is a URL with
// a lure as its user, not mail.
func (s *scanner) lure(start, end int) bool {
	var c chain
	c.read(s.text, start)
	return c.end == end && c.fanged && c.count > 2 && hostName(&c)
}

// addLure notes that URL; the host behind the at sign is s.host.
func (s *scanner) addLure(start, end, hostEnd int) int {
	b := s.build.reset(s.text, start)
	b.text("http://")
	rewrite(s.text, start, end, b)
	b.text("@")
	b.bytes(s.host.name())
	to, _ := path(s.text, hostEnd, s.quote(start), b)
	s.addBuilt(URL, start, to, true)
	return to
}
