package ioc

import (
	"net/netip"
	"sort"
	"strings"

	"github.com/waggle-cti/waggle/shared/knownbenign"
)

// verdict is a role with how sure it is and why.
type verdict struct {
	role Role
	sure int
	why  string
}

// judge gives each mark its role and keeps the most telling occurrence of
// each value, in text order.
func (s *scanner) judge(o Options) []Indicator {
	if len(s.marks) == 0 {
		return nil
	}
	if o.Known == nil {
		o.Known = func(k Kind, v string) (string, bool) { return knownbenign.Lookup(string(k), v) }
	}
	j := judge{scanner: s, o: o}
	j.survey()
	type key struct {
		k Kind
		v string
	}
	at := make(map[key]int, len(s.marks))
	out := make([]Indicator, 0, len(s.marks))
	for n := range s.marks {
		m := &s.marks[n]
		v := j.verdict(m)
		if v.role == "" {
			continue
		}
		i := Indicator{Kind: m.kind, Value: m.value, Raw: m.source(s.text), Start: m.start, End: m.end,
			Defanged: m.fanged, Role: v.role, Confidence: v.sure, Why: v.why}
		k := key{m.kind, m.value}
		if p, ok := at[k]; !ok {
			at[k] = len(out)
			out = append(out, i)
		} else if rank(i) > rank(out[p]) {
			out[p] = i
		}
	}
	sort.SliceStable(out, func(a, b int) bool { return out[a].Start < out[b].Start })
	return out
}

// source gives what stood in the text.
func (m *mark) source(text string) string {
	if m.link {
		return m.raw
	}
	return text[m.start:m.end]
}

// rank orders occurrences of one value: the most telling is the highest.
func rank(i Indicator) int {
	switch i.Role {
	case Attack:
		return 200 + i.Confidence
	case Benign:
		return 100 + i.Confidence
	}
	return i.Confidence
}

// judge is what is known of a whole text when its values are judged.
type judge struct {
	*scanner
	o      Options
	fanged int // network values that were disarmed
	threat threat
}

// survey looks at the text as a whole.
func (j *judge) survey() {
	open := false
	for n := range j.marks {
		if j.marks[n].fanged {
			j.fanged++
		} else {
			open = true
		}
	}
	if open {
		j.threat = threatOf(j.text)
	}
}

func (j *judge) verdict(m *mark) verdict {
	if v, ok := harmless(m); ok {
		return v
	}
	if v, ok := j.known(m); ok {
		return v
	}
	switch m.kind {
	case MD5, SHA1, SHA224, SHA256, SHA384, SHA512:
		return j.hash(m)
	case CVE:
		if j.threat.any() || j.fanged > 0 {
			return verdict{Attack, 80, "a vulnerability the text is about"}
		}
		return verdict{Reference, 60, "a vulnerability in a text that tells of no attack"}
	case Technique, ASN, BTC, Registry, Filename:
		return j.named(m)
	}
	if m.fanged {
		return verdict{Attack, 95, "disarmed spelling"}
	}
	if m.link {
		return verdict{Reference, 80, "target of a link"}
	}
	switch m.kind {
	case URL:
		return j.url(m)
	case Email:
		return j.email(m)
	}
	return j.host(m)
}

// harmless recognises what is benign whatever the text says.
func harmless(m *mark) (verdict, bool) {
	host := hostOf(m)
	if host == "" {
		return verdict{}, false
	}
	if m.kind == IP || m.kind == CIDR || m.kind == URL {
		if a, err := netip.ParseAddr(host); err == nil {
			name, ok := specialRange(a)
			return verdict{Benign, 95, name}, ok
		}
	}
	return verdict{Benign, 95, "name set aside for documentation or local use"}, reserved(host)
}

// known recognises the publisher's own sites and what is on a list. A value
// that was disarmed is one the author warns of, list or not.
func (j *judge) known(m *mark) (verdict, bool) {
	if m.fanged {
		return verdict{}, false
	}
	host := hostOf(m)
	if j.own(host) {
		return verdict{Reference, 95, "the publisher's own site"}, true
	}
	if list, ok := j.o.Known(m.kind, m.value); ok {
		if m.kind == URL {
			return verdict{Reference, 85, "on the list " + list}, true
		}
		return verdict{Benign, 85, "on the list " + list}, true
	}
	return verdict{}, false
}

func (j *judge) own(host string) bool {
	for _, o := range j.o.Own {
		if under(host, strings.ToLower(o)) {
			return true
		}
	}
	return false
}

// under reports whether host is the domain or below it.
func under(host, domain string) bool {
	return domain != "" && strings.HasSuffix(host, domain) &&
		(len(host) == len(domain) || host[len(host)-len(domain)-1] == '.')
}

// reserved reports whether the name is set aside by RFC 2606 and RFC 6761, or
// never leaves a local network.
func reserved(host string) bool {
	for _, d := range [...]string{"example", "test", "invalid", "localhost", "local", "localdomain", "internal", "lan", "home.arpa",
		"example.com", "example.net", "example.org", "arpa"} {
		if under(host, d) {
			return true
		}
	}
	return false
}

// hostOf gives the host part of a network value, empty for others.
func hostOf(m *mark) string {
	v := m.value
	switch m.kind {
	case Domain, IP:
		return v
	case CIDR:
		v, _, _ = strings.Cut(v, "/")
		return v
	case Email:
		return v[strings.LastIndexByte(v, '@')+1:]
	case URL:
		return urlHost(v)
	}
	return ""
}

// urlHost gives the host of a URL as this package writes them.
func urlHost(v string) string {
	if i := strings.Index(v, "://"); i >= 0 {
		v = v[i+3:]
	}
	if i := strings.IndexAny(v, "/?#"); i >= 0 {
		v = v[:i]
	}
	v = v[strings.LastIndexByte(v, '@')+1:]
	if strings.HasPrefix(v, "[") {
		if i := strings.IndexByte(v, ']'); i > 0 {
			return v[1:i]
		}
	}
	if i := strings.IndexByte(v, ':'); i >= 0 {
		v = v[:i]
	}
	return strings.TrimSuffix(v, ".")
}
