package ioc

import "strings"

// scheme gives the URL scheme that ends at end, as it is to be written, where
// it starts, and whether it was disarmed ("hxxp", "h**p", "fxp"). Nothing
// before floor is looked at.
func scheme(s string, floor, end int) (name string, start int, fanged bool) {
	if name, n := usualScheme(s[max(0, end-maxScheme):end]); name != "" && end-n >= floor {
		return name, end - n, false
	}
	start = end
	for start > floor && end-start < maxScheme && schemeByte(s[start-1]) {
		start--
	}
	for w := s[start:end]; len(w) > 1; w = w[1:] {
		if n, f := schemeName(w); n != "" {
			return n, end - len(w), f
		}
	}
	return "", start, false
}

// maxScheme bounds the length of a scheme.
const maxScheme = 8

// usualScheme gives the scheme that nearly all plain URLs have, if t ends in it,
// and its length: what is left is disarmed or rare.
func usualScheme(t string) (name string, n int) {
	switch {
	case strings.HasSuffix(t, "https"):
		return "https", len("https")
	case strings.HasSuffix(t, "http"):
		return "http", len("http")
	}
	return "", 0
}

func schemeByte(c byte) bool {
	return letter(c) || c == '*' || c == '_' || c == '?' || c == '+'
}

func schemeName(w string) (string, bool) {
	var b [maxScheme]byte
	for i := range len(w) {
		b[i] = lower(w[i])
	}
	l := b[:len(w)]
	switch string(l) {
	case "http", "https", "ftp", "ftps", "sftp", "ws", "wss", "tcp", "udp", "ldap", "ldaps", "rmi", "smb", "ssh", "dns":
		return string(l), false
	case "fxp", "fxxp", "fttp", "f*p", "ftxp":
		return "ftp", true
	case "fxps":
		return "ftps", true
	case "meow":
		return "http", true
	case "meows":
		return "https", true
	}
	return brokenHTTP(l)
}

// brokenHTTP reads h, then two or three letters or signs that stand for tt,
// then p.
func brokenHTTP(w []byte) (string, bool) {
	name := "http"
	if len(w) > 2 && w[len(w)-1] == 's' {
		name, w = "https", w[:len(w)-1]
	}
	if len(w) < 4 || len(w) > 5 || w[0] != 'h' || w[len(w)-1] != 'p' {
		return "", false
	}
	for _, c := range w[1 : len(w)-1] {
		switch c {
		case 't', 'x', 'z', '*', '_', '?', 'p':
		default:
			return "", false
		}
	}
	return name, true
}
