package ioc

import "strings"

// registryRoot reports whether a Windows registry key starts at i.
func (s *scanner) registryRoot(i, end int) bool {
	t := s.text
	if end-i < 3 || t[i+1]|0x20 != 'k' {
		return false
	}
	after := end
	if nextIs(t, after, '>') || nextIs(t, after, ']') || nextIs(t, after, ':') {
		after++
	}
	return nextIs(t, after, '\\') && rootName(t[i:end]) != ""
}

// rootName gives the short name of a registry hive.
func rootName(w string) string {
	switch strings.ToUpper(w) {
	case "HKLM", "HKEY_LOCAL_MACHINE":
		return "HKLM"
	case "HKCU", "HKEY_CURRENT_USER":
		return "HKCU"
	case "HKCR", "HKEY_CLASSES_ROOT":
		return "HKCR"
	case "HKU", "HKEY_USERS":
		return "HKU"
	case "HKCC", "HKEY_CURRENT_CONFIG":
		return "HKCC"
	}
	return ""
}

// maxKey bounds the length of a key's path, in bytes.
const maxKey = 512

// registry reads the key at i, whose root ends at end.
func (s *scanner) registry(i, end int) int {
	t, k := s.text, end
	if t[k] != '\\' {
		k++
	}
	limit := min(s.at.end, k+maxKey)
	to := k
	sign := t[k : k+1]
	if nextIs(t, k+1, '\\') {
		sign = t[k : k+2] // a program escaped it; a single one is no separator then
	}
	b := s.build.reset(t, i)
	b.source(i, end)
	for more := true; more; {
		from := to + len(sign)
		stop := keyPart(t, from, limit)
		if stop == from {
			break
		}
		next := stop + len(sign)
		more = strings.HasPrefix(t[stop:limit], sign) && keyPart(t, next, limit) > next
		if !more {
			stop = lastPart(t, from, stop)
		}
		b.source(from-1, stop)
		to = stop
	}
	if to == k {
		return end
	}
	s.addBuilt(Registry, i, to, false)
	return to
}

// keyPart gives the end of a key's part, spaces included, that starts at i; i
// where none does.
func keyPart(t string, i, limit int) int {
	if i >= limit || !alnum(t[i]) && strings.IndexByte("{%_(*$", t[i]) < 0 {
		return i
	}
	for k := i; k < limit; k++ {
		switch c := t[k]; {
		case c == '\\', c < ' ', c >= 0x7f, strings.IndexByte("\"|<>,;", c) >= 0, c == ' ' && nextIs(t, k+1, ' '):
			return k
		}
	}
	return limit
}

// lastPart gives the end of a key's last part. Nobody can tell a space in it
// from the one behind it ("…\Run was added"), so that it ends at the first.
func lastPart(t string, i, stop int) int {
	if sp := strings.IndexByte(t[i:stop], ' '); sp >= 0 {
		stop = i + sp
	}
	for stop > i+1 && (strings.IndexByte(".'`:", t[stop-1]) >= 0 || t[stop-1] == ')' && strings.IndexByte(t[i:stop], '(') < 0) {
		stop--
	}
	return stop
}
