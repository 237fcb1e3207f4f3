package ioc

import "strings"

// url reads the URL whose "://" stands at sepAt, the scheme before it. ok is
// false if there is none. What begins like a URL and isn't one that can be an
// indicator ("http://localhost/x") is passed over as a whole.
func (s *scanner) url(sepAt int) (next int, ok bool) {
	sign := schemeSep(s.text, sepAt)
	if sign.n == 0 {
		return 0, false
	}
	name, start, fanged := scheme(s.text, s.floor, sepAt)
	at := sepAt + sign.n
	if (fanged || sign.fanged) && nextIs(s.text, at, ' ') && startsWord(s.text, at+1) {
		at++
	}
	for nextIs(s.text, at, '/') && name != "" {
		at++
	}
	fanged = fanged || sign.fanged
	quote := s.quote(start)
	b := s.build.reset(s.text, start)
	s.schemeText(name, start, at)
	s.web = name == "http" || name == "https"
	host, kind, user := s.authority(at, quote, b)
	if host < 0 {
		return at, true
	}
	if from, ok := s.nextURL(at, host); ok {
		return from, true
	}
	to, f := path(s.text, host, quote, b)
	if kind == "" || name == "" && !s.host.fanged {
		return max(to, at), true
	}
	fanged = fanged || user || f || s.host.fanged
	if kind == Domain || s.host.start >= at { // not the IPv6 address in brackets
		s.cutShort(kind, to, fanged)
	}
	s.addBuilt(URL, start, to, fanged)
	s.telegram(host, to, fanged)
	return to, true
}

// schemeText begins the URL's text. A scheme that nobody knows stands for any
// stream of bytes.
func (s *scanner) schemeText(name string, start, at int) {
	b := &s.build
	if t := s.text[start:at]; name != "" && len(t) == len(name)+3 && t[:len(name)] == name && t[len(name):] == "://" {
		b.source(start, at)
		return
	}
	if name == "" {
		name = "tcp"
	}
	b.text(name)
	b.text("://")
}

// nextURL reports whether what was taken for a host that ends at host runs
// into the next URL's scheme ("http://a.examplehttp://b.example/"), and where
// that starts.
func (s *scanner) nextURL(at, host int) (from int, ok bool) {
	if schemeSep(s.text, host).n == 0 {
		return 0, false
	}
	_, from, _ = scheme(s.text, at, host)
	return from, from > at
}

// authority reads the authority part of a URL at i into b: user, host, port.
// It gives where the path starts, -1 where no host can be read, and the host's
// kind, empty where it is no public one; fanged tells of the user part.
func (s *scanner) authority(i int, quote byte, b *builder) (end int, k Kind, fanged bool) {
	i, fanged = s.userinfo(i, b)
	if nextIs(s.text, i, '[') {
		if a, ok := ipv6(s.text, i+1); ok && !a.fanged {
			if z := zone(s.text, a.end); nextIs(s.text, z, ']') {
				b.text("[")
				b.bytes(a.addr.AppendTo(make([]byte, 0, maxAddr6)))
				b.text("]")
				_, e := port(s.text, z+1)
				b.source(z+1, e)
				s.host.fanged = false
				return e, IP, fanged
			}
		}
		return -1, "", fanged
	}
	if !startsWord(s.text, i) {
		return -1, "", fanged
	}
	c := &s.host
	c.read(s.text, i)
	e := c.end
	_, isAddr := ipv4(c)
	switch {
	case isAddr:
		k = IP
	case s.hostInURL(c):
		k = Domain
		e = c.end
	default:
		return e, "", fanged
	}
	if c.plain {
		b.source(c.start, e)
	} else {
		b.bytes(c.name())
	}
	return s.portInURL(e, b), k, fanged
}

// portInURL reads the port behind a URL's host, which ends at i, into b and gives
// its end. An empty one is dropped, RFC 3986 §6.2.3; WebDAV's way to write one,
// "@80", is a port as well.
func (s *scanner) portInURL(i int, b *builder) int {
	t := s.text
	if end := s.davPort(i); end > 0 {
		b.text(":")
		b.source(i+1, end)
		return end
	}
	if strings.HasPrefix(t[i:], ":/") && !nextIs(t, i+2, '/') {
		b.text("")
		return i + 1
	}
	_, end := port(t, i)
	if end > i && t[i] != ':' {
		b.text(":")
		b.source(i+len("[:]"), end)
	} else {
		b.source(i, end)
	}
	return end
}

// davPort gives the end of the port behind the at sign at i of a web address, 0
// if there is none: a host's name is no number.
func (s *scanner) davPort(i int) int {
	t := s.text
	if !s.web || !nextIs(t, i, '@') {
		return 0
	}
	if n, end := number(t, i+1); n > 0 && n <= 65535 && nextIs(t, end, '/') {
		return end
	}
	return 0
}

// hostInURL checks the host of a URL. The scheme speaks for it, so that a
// top-level domain nobody knows is fine; a single label is not.
func (s *scanner) hostInURL(c *chain) bool {
	start := c.start
	if hostName(c) && c.start == start {
		return true
	}
	c.read(s.text, start)
	if c.over || c.count < 2 || c.digits() || !c.ascii() || c.n > 253 {
		return false
	}
	for i := range c.count {
		if !validLabel(c.label(i), false) {
			return false
		}
	}
	top := c.label(c.count - 1)
	return len(top) > 1 && letter(top[0])
}

// maxUser bounds the user part of a URL.
const maxUser = 128

// userinfo reads "user:password@" at i into b and gives where the host starts.
func (s *scanner) userinfo(i int, b *builder) (int, bool) {
	for k := i; k < len(s.text) && k-i < maxUser; k++ {
		switch c := s.text[k]; {
		case c == '@' && k > i && startsWord(s.text, k+1) && s.davPort(k) == 0:
			return k + 1, rewrite(s.text, i, k+1, b)
		case c <= ' ' || c == '/' || c == '?' || c == '#' || c == '"' || c == '<' || c == '>':
			return i, false
		case c == '\\': // no user part has one, RFC 3986 §3.2.1, but for a sign's escape
			if n, _ := restored(s.text, k); n == 0 {
				return i, false
			}
		}
	}
	return i, false
}
