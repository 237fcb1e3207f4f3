package robots

import (
	"bufio"
	"bytes"
	"strings"
)

// maxFile is how much of a robots.txt is read; RFC 9309 section 2.5 asks for at
// least 500 KiB.
const maxFile = 512 << 10

// maxRules bounds the rules that are kept of one file.
const maxRules = 5000

// rules are the lines of a robots.txt that are for us.
type rules []rule

type rule struct {
	allow   bool
	pattern string // a path, '*' stands for any text, a '$' at its end for the end
}

// parse reads the group of rules for our product token, else the one for
// everybody, RFC 9309 section 2.2. Groups for the same token count together.
func parse(body []byte, token string) rules {
	var ours, everybodys rules
	var forUs, forAll, named, reading bool
	lines := bufio.NewScanner(bytes.NewReader(body[:min(len(body), maxFile)]))
	lines.Buffer(nil, maxFile+1)
	for lines.Scan() {
		text, _, _ := strings.Cut(lines.Text(), "#")
		key, value, ok := strings.Cut(text, ":")
		if !ok {
			continue
		}
		value = strings.TrimSpace(value)
		switch key = strings.ToLower(strings.Trim(key, " \t\ufeff")); key {
		case "user-agent":
			if reading {
				forUs, forAll, reading = false, false, false
			}
			forUs = forUs || strings.EqualFold(product(value), token)
			forAll = forAll || value == "*"
			named = named || forUs
		case "allow", "disallow":
			reading = true
			r := rule{allow: key == "allow", pattern: value}
			if value == "" || len(ours)+len(everybodys) >= maxRules {
				continue
			}
			if forUs {
				ours = append(ours, r)
			}
			if forAll {
				everybodys = append(everybodys, r)
			}
		}
	}
	if named {
		return ours
	}
	return everybodys
}

// product is the product token at the start of a user-agent line.
func product(value string) string {
	end := strings.IndexFunc(value, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-' && r != '_'
	})
	if end < 0 {
		return value
	}
	return value[:end]
}

// allows tells whether a path with its query may be read: the longest pattern
// that matches decides, an allow before a disallow of the same length.
func (rs rules) allows(path string) bool {
	if path == "/robots.txt" {
		return true
	}
	length, allowed := -1, true
	for _, r := range rs {
		if n := len(r.pattern); n >= length && (n > length || r.allow) && matches(r.pattern, path) {
			length, allowed = n, r.allow
		}
	}
	return allowed
}

// matches compares without going back: each part between two '*' is looked for
// once, behind the one before it.
func matches(pattern, path string) bool {
	pattern, end := strings.CutSuffix(pattern, "$")
	parts := strings.Split(pattern, "*")
	if !strings.HasPrefix(path, parts[0]) {
		return false
	}
	path = path[len(parts[0]):]
	if len(parts) == 1 {
		return !end || path == ""
	}
	last := parts[len(parts)-1]
	for _, part := range parts[1 : len(parts)-1] {
		at := strings.Index(path, part)
		if at < 0 {
			return false
		}
		path = path[at+len(part):]
	}
	if end {
		return strings.HasSuffix(path, last)
	}
	return strings.Contains(path, last)
}
