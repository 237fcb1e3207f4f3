package ioc

import "strings"

// registryRoot reports whether a Windows registry key starts at i.
func (s *scanner) registryRoot(i, end int) bool {
	t := s.text
	if end-i < 3 || t[i]|0x20 != 'h' || t[i+1]|0x20 != 'k' {
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

// registry reads the key at i. A space belongs to it only while a backslash
// still follows on the line: "…\Windows NT\CurrentVersion\Run" goes on,
// "…\Run was added" does not.
func (s *scanner) registry(i, end int) int {
	t := s.text
	k := end
	if t[k] != '\\' {
		k++
	}
	stop, last := s.at.end, -1
	for p := k; p < s.at.end && p-i < 512; p++ {
		if c := t[p]; c == '"' || c == '|' || c == '<' || c == '>' || c == ',' || c == ';' || c >= 0x80 || c == '\t' || c == '\r' {
			stop = p
			break
		} else if (c == ' ' || c == '\\') && nextIs(t, p+1, ' ') {
			stop = p
			break
		} else if c == '\\' {
			last = p
		}
	}
	to := min(last+1, stop)
	for to < stop && t[to] != ' ' {
		to++
	}
	for to > k && (t[to-1] == ' ' || t[to-1] == '.' || t[to-1] == '\\' || t[to-1] == ')' || t[to-1] == '\'' || t[to-1] == '`') {
		to--
	}
	if to <= k+1 {
		return end
	}
	s.add(Registry, t[i:end]+t[k:to], i, to, false)
	return to
}
