package ioc

import (
	"net/netip"
	"strings"
)

// The roles of values in plain spelling, by where they stand.

// url judges a plain URL.
func (j *judge) url(m *mark) verdict {
	p := j.place(m)
	section := j.lines[m.line].section
	switch {
	case p.typed:
		return verdict{Attack, 70, "in a row that begins with its type"}
	case j.fanged && p.alone && !p.paren && j.lines[m.line].listing && section != refs && p.says != refs:
		return verdict{Attack, 60, "listed in a block of its own"}
	case j.fanged && (section != iocs || !p.alone || p.paren):
		return verdict{Reference, 80, "plain link in a text whose author disarms what is malicious"}
	case m.doubtful || p.says == refs || section == refs:
		return verdict{Reference, 70, "cited"}
	case p.says == iocs && j.attack:
		return verdict{Attack, 75, "named as an indicator"}
	case section == iocs && p.alone:
		return verdict{Attack, 75, "listed under indicators"}
	case p.alone && j.attack:
		return verdict{Attack, 50, "stands alone in a text about an attack"}
	}
	return verdict{Reference, 60, "plain link"}
}

// host judges a plain domain or address.
func (j *judge) host(m *mark, e *entry) verdict {
	p := j.place(m)
	section := j.lines[m.line].section
	listed := section == iocs && (p.alone || p.table) && !(p.table && e.kind == Domain && j.fanged)
	switch {
	case p.typed:
		return verdict{Attack, 70, "in a row that begins with its type"}
	case m.doubtful:
		if e.kind == Domain && p.alone && (listed && !fileOnly(e.value[strings.LastIndexByte(e.value, '.')+1:]) || (j.attack || j.list) && j.amongHosts(m)) {
			return verdict{Attack, 40, "listed under indicators, though it may be a file's name"}
		}
		return verdict{}
	case p.mail || section == headers:
		return verdict{Reference, 60, "in a mail's headers"}
	case p.says == refs:
		return verdict{Reference, 60, "cited"}
	case e.kind == IP && versionLike(e.value) && p.says != iocs:
		return verdict{Reference, 60, "reads like a version"}
	case listed:
		return verdict{Attack, 80, "listed under indicators"}
	case section == iocs && p.paren && j.behindListed(m):
		return verdict{Attack, 45, "in brackets behind what is listed under indicators"}
	case p.alone && !p.table && j.fanged:
		return verdict{Attack, 45, "listed in a text about an attack"}
	case e.kind == Domain && p.says == iocs && j.attack:
		return verdict{Attack, 60, "named as an indicator"}
	case j.fanged && e.kind == Domain:
		return verdict{Reference, 60, "plain name in a text whose author disarms what is malicious"}
	case p.says == iocs && (j.attack || j.short()):
		return verdict{Attack, 75, "named as an indicator"}
	case p.alone && (j.attack || j.short()):
		return verdict{Attack, 60, "listed in a text about an attack"}
	case j.fanged:
		return verdict{Reference, 50, "plain address in a text whose author disarms what is malicious"}
	case j.attack:
		return verdict{Attack, 40, "in a text about an attack"}
	}
	return verdict{Reference, 50, "nothing says that it is malicious"}
}

// email judges a plain mail address.
func (j *judge) email(m *mark) verdict {
	p := j.place(m)
	section := j.lines[m.line].section
	switch {
	case p.typed:
		return verdict{Attack, 70, "in a row that begins with its type"}
	case j.fanged && section != refs && sender(j.text[j.lines[m.line].start:m.start]):
		return verdict{Attack, 45, "a mail's sender in a text about an attack"}
	case p.mail || section == headers || section == refs:
		return verdict{Reference, 60, "in a mail's headers, or cited"}
	case p.alone && (j.attack || section == iocs):
		return verdict{Attack, 70, "listed under indicators"}
	case !j.fanged && p.says == iocs && j.attack:
		return verdict{Attack, 60, "named as an indicator"}
	}
	return verdict{Reference, 60, "plain mail address"}
}

// hash judges a file's hash.
func (j *judge) hash(m *mark) verdict {
	if pinned(j.text, int(m.start)) {
		return verdict{Reference, 80, "names a commit or a version"}
	}
	attack := verdict{Attack, 85, "hash in a text about an attack"}
	if j.attack {
		return attack
	}
	p := j.place(m)
	switch {
	case p.says == refs && dotAt(j.text, int(m.end)).n == 0: // a file's name goes on
		return verdict{Reference, 80, "names a commit or a version"}
	case j.short():
		return attack
	case p.alone || j.lines[m.line].section == iocs || p.says == iocs:
		return verdict{Attack, 60, "hash in a list"}
	}
	return verdict{Reference, 50, "nothing says what the hash is of"}
}

// pinned reports whether the hash at i is that of a commit or an image, as
// version control, workflows and containers name them.
func pinned(t string, i int) bool {
	for _, before := range [...]string{"@", "@sha256:", "digest: sha256:", "commit ", "commit: "} {
		if hasFold(t, i-len(before), before) {
			return true
		}
	}
	return false
}

// named judges names and numbers that are nobody's address.
func (j *judge) named(m *mark) verdict {
	if j.attack {
		return verdict{Attack, 50, "in a text about an attack"}
	}
	return verdict{Reference, 40, "nothing says that it is malicious"}
}

// shortText is the length up to which a text is a post, whose every value is
// what it is about.
const shortText = 700

func (j *judge) short() bool { return len(j.text) <= shortText }

// versionLike reports whether an IPv4 address could as well be a version: all
// of its numbers are small.
func versionLike(v string) bool {
	a, err := netip.ParseAddr(v)
	if err != nil || !a.Is4() {
		return false
	}
	for _, n := range a.As4() {
		if n > 31 {
			return false
		}
	}
	return true
}
