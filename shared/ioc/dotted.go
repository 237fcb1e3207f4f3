package ioc

import "strings"

// dotted reads the words joined by dots that start at i: a host, alone or as
// part of an address, or nothing at all. It gives where to go on.
func (s *scanner) dotted(i int) int {
	c := &s.host
	c.read(s.text, i)
	end := c.end
	if end < len(s.text) {
		switch s.text[end] {
		case ':', '[', '(', '{':
			if next, ok := s.url(end); ok {
				return next
			}
		}
		if next, ok := s.mail(i, end); ok {
			return next
		}
		if c.start != i {
			c.read(s.text, i)
		}
	}
	if c.digits() {
		return s.numbers(end)
	}
	if hostName(c) && s.nameStands(c) && (c.fanged || s.whole || !c.bare()) {
		return s.afterHost(Domain, end)
	}
	if !s.inLocal(end) {
		s.file(i, end)
	}
	s.parts(i, end)
	return end
}

// parts reads what stands between the dots of a chain that is no host: a
// sample's hash as a file's name, a CVE in a detection's name.
func (s *scanner) parts(i, end int) {
	for i < end {
		e, seen := wordEnd(s.text, i)
		next := e
		if seen&isDigit != 0 && (e-i > 8 || s.text[i] == 'T') {
			next = s.single(i, e, seen)
		}
		i = max(e, next) + 1
		for i < end && class[s.text[i]]&isWord == 0 {
			i++
		}
	}
}

// numbers reads a chain of numbers: an IPv4 address, or a version.
func (s *scanner) numbers(end int) int {
	c := &s.host
	a, ok := ipv4(c)
	if !ok || c.start > 0 && s.text[c.start-1] == '.' || s.inMail(end) {
		return end
	}
	if num, e := port(s.text, end); e > end && e < len(s.text) && s.text[e-1] != ':' && dotAt(s.text, e).n > 0 {
		if cut := splitPort(s.text, num, e); cut > 0 {
			s.addHost(IP, c.start, end, c.fanged)
			return cut
		}
	}
	if bits, e := number(s.text, min(end+1, len(s.text))); end < len(s.text) && s.text[end] == '/' && e > end+1 && bits <= 32 && !goesOnWith(s.text, e) && !nextIs(s.text, e, '/') {
		s.add(CIDR, a.String()+s.text[end:e], c.start, e, c.fanged)
		return e
	}
	return s.afterHost(IP, end)
}

func nextIs(s string, i int, c byte) bool { return i < len(s) && s[i] == c }

// afterHost notes the host that was read, or the address without a scheme
// that it begins. http is what such an address means to a browser.
func (s *scanner) afterHost(k Kind, end int) int {
	c := &s.host
	if c.end < end { // something was cut off the name's end
		end = c.end
	}
	start, fanged := c.start, c.fanged
	_, e := port(s.text, end)
	if nextIs(s.text, e, '/') || strings.HasPrefix(s.text[e:], "[/]") {
		b := s.build.reset(s.text, start)
		b.text("http://")
		b.bytes(c.name())
		b.source(end, e)
		if to, f := path(s.text, e, s.quote(start), b); to > e+3 || to == e+2 && s.text[e] == '/' {
			s.cutShort(k, to, fanged || f)
			m := s.addBuilt(URL, start, to, fanged || f)
			m.doubtful = s.doubtfulName(c)
			s.telegram(e, to, fanged)
			return to
		}
	}
	m := s.addHost(k, start, end, fanged)
	m.doubtful = k == Domain && s.doubtfulName(c)
	return max(e, end)
}

// cutShort notes the host of a URL that ends at a placeholder ("?id=[victim]"):
// only the host is known for sure.
func (s *scanner) cutShort(k Kind, end int, fanged bool) {
	c := &s.host
	if nextIs(s.text, end, '[') && !nextIs(s.text, end+1, '/') && (k == IP || hostName(c) && !c.bare()) {
		s.addHost(k, c.start, c.end, fanged)
	}
}

// quote gives the sign that ends the value that starts at i: the quotation mark
// right before it, or what ends a table's cell.
func (s *scanner) quote(i int) byte {
	if i > 0 && (s.text[i-1] == '\'' || s.text[i-1] == '"') {
		return s.text[i-1]
	}
	if end := s.cellEnd(i); end != 0 {
		return end
	}
	return '"'
}

// nameStands reports whether the plain name can be a host where it stands:
// not in a path, not in code, not a word after a sentence's full stop.
func (s *scanner) nameStands(c *chain) bool {
	if c.fanged {
		return true
	}
	if c.start > 0 && c.start != s.open {
		switch p := s.text[c.start-1]; p {
		case '\\', '$', '@', '#', '%', '~':
			return false
		case '/', '-', '_':
			if c.start > 1 && (alnum(s.text[c.start-2]) || s.text[c.start-2] == '.') {
				return false
			}
		case '.':
			if c.start > 1 && s.text[c.start-2] != '*' && s.text[c.start-2] > ' ' {
				return false
			}
		}
	}
	if c.end < len(s.text) {
		switch s.text[c.end] {
		case '(', '=', '[', '{':
			return s.text[c.end] == '(' && nextIs(s.text, c.end+1, 'h') || nextIs(s.text, c.end+1, '/')
		case '\\':
			return s.escaped || nextIs(s.text, c.end+1, '"')
		case '<':
			return true
		}
	}
	return !s.inLocal(c.end) && !oddCase(s.text[c.start:c.end])
}

// inLocal reports whether what ends at i goes on as a mail address' local part
// does.
func (s *scanner) inLocal(i int) bool {
	if nextIs(s.text, i, '&') && escapedEnd(s.text[i:]) {
		return false
	}
	k := i
	for k < len(s.text) && strings.IndexByte(localSigns, s.text[k]) >= 0 {
		k++
	}
	return k > i && startsWord(s.text, k)
}

// inMail reports whether what ends at i goes on as a local part up to its at
// sign.
func (s *scanner) inMail(i int) bool {
	if !s.inLocal(i) {
		return false
	}
	k := i
	for k < len(s.text) && k-i < maxLocal && class[s.text[k]]&isLocal != 0 {
		k++
	}
	return atSign(s.text, k).n > 0
}

// oddCase reports whether a plain name is written like code or a sentence
// ("System.Net", "end.The"): its last label has a capital, but not the whole
// name is in capitals.
func oddCase(s string) bool {
	dot := strings.LastIndexByte(s, '.')
	upper, lower := 0, 0
	for i := range len(s) {
		switch {
		case class[s[i]]&isUpper != 0 && i > dot:
			upper++
		case letter(s[i]) && class[s[i]]&isUpper == 0:
			lower++
		}
	}
	return upper > 0 && lower > 0
}

// packageRoot reports whether the label begins names written from right to left,
// as Java's packages and Android's apps have them: "com.example.app".
func packageRoot(label string) bool {
	switch label {
	case "com", "org", "net", "android", "java", "javax":
		return true
	}
	return false
}

// camelCase reports whether a name is written as code and detections write them:
// it begins with a small letter and goes on to a capital, "userName.id", or two
// of its words begin with one, "Trojan.Agent.xyz".
func camelCase(s string) bool {
	humps, words := false, 0
	for i := 1; i < len(s); i++ {
		before, now := class[s[i-1]]&isUpper != 0, class[s[i]]&isUpper != 0
		humps = humps || now && !before && letter(s[i-1])
		if before && !now && alnum(s[i]) && (i == 1 || s[i-2] == '.') {
			words++
		}
	}
	return humps && class[s[0]]&isUpper == 0 || words > 1
}

// maxProduct is the length up to which a name in capitals that ends in NET is
// likelier a product of Microsoft's ("ASP.NET") than a host.
const maxProduct = 7

// doubtfulName reports whether the plain name is likelier a file or code.
func (s *scanner) doubtfulName(c *chain) bool {
	if c.fanged {
		return false
	}
	top := string(c.label(c.count - 1))
	return c.count == 2 && fileTop(top) || fileOnly(top) || top == "net" && s.text[c.end-1] == 'T' && c.n <= maxProduct ||
		c.count > 2 && packageRoot(string(c.label(0))) || camelCase(s.text[c.start:c.end])
}
