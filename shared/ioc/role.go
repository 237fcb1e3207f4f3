package ioc

import (
	"net/netip"
	"slices"
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
	j := judge{scanner: s, o: o, attack: s.fanged || s.threat.any(s.before+len(s.text))}
	j.list = !j.attack && s.nothingElse()
	return j.results(j.choose())
}

// choice is the most telling occurrence of a value so far.
type choice struct {
	verdict
	mark int // and one more, 0: none says anything
}

// choose gives each value's most telling occurrence, by the values' numbers, and
// how many values have one.
func (j *judge) choose() (best []choice, found int) {
	if j.best = j.best[:0]; cap(j.best) < len(j.values.all) {
		j.best = make([]choice, 0, 2*len(j.values.all))
	}
	best = j.best[:len(j.values.all)]
	clear(best)
	for n := range j.marks {
		j.n = n
		m := &j.marks[n]
		v := j.verdict(m, &j.values.all[m.of])
		b := &best[m.of]
		switch {
		case v.role == "":
			continue
		case b.mark == 0:
			found++
		case v.rank() <= b.rank():
			continue
		}
		*b = choice{v, n + 1}
	}
	return best, found
}

// results writes the results in text order. Marks nearly always are: then
// nothing as large as a result is moved again.
func (j *judge) results(best []choice, found int) []Indicator {
	out := make([]Indicator, 0, found)
	sorted, last := true, 0
	for n := range j.marks {
		m := &j.marks[n]
		b := &best[m.of]
		if b.mark != n+1 {
			continue
		}
		out = append(out, Indicator{})
		i := &out[len(out)-1]
		j.indicate(i, m, b.verdict)
		j.complete(i, n)
		sorted = sorted && i.Start >= last
		last = i.Start
	}
	if !sorted {
		slices.SortStableFunc(out, func(a, b Indicator) int { return a.Start - b.Start })
	}
	if len(out) == 0 {
		return nil // all that was read turned out to be nothing
	}
	return out
}

// fixed is a verdict that is the same everywhere in a text, once it was asked
// for: its index in judge.fixed and one more, 0 if not asked, -1 if none.
type fixed int32

// fix keeps the verdict, if there is one.
func (j *judge) fix(v verdict, ok bool) fixed {
	if !ok {
		return -1
	}
	j.fixed = append(j.fixed, v)
	return fixed(len(j.fixed))
}

// indicate writes the result for the mark.
func (s *scanner) indicate(i *Indicator, m *mark, v verdict) {
	e := &s.values.all[m.of]
	i.Kind, i.Value = e.kind, e.value
	i.Start, i.End = m.at()
	if m.link {
		i.Raw = s.targets[m.line]
	} else {
		i.Raw = s.text[i.Start:i.End]
	}
	i.Defanged, i.Role, i.Confidence, i.Why = m.fanged, v.role, v.sure, v.why
}

func (v *verdict) rank() int { return rank(v.role, v.sure) }

// rank orders occurrences of one value: the most telling is the highest.
func rank(r Role, sure int) int {
	switch r {
	case Attack:
		return 200 + sure
	case Benign:
		return 100 + sure
	}
	return sure
}

// judge is what is known of a whole text when its values are judged.
type judge struct {
	*scanner
	o      Options
	n      int  // the mark that is judged
	attack bool // the text disarms values, or tells of an attack
	list   bool // the text is nothing but values, and doesn't say what of
	fixed  []verdict
}

func (j *judge) verdict(m *mark, e *entry) verdict {
	if e.harmless == 0 {
		e.harmless = j.fix(harmless(e))
	}
	if e.harmless > 0 {
		return j.fixed[e.harmless-1]
	}
	if !m.fanged { // what is disarmed is what the author warns of, list or not
		if e.known == 0 {
			e.known = j.fix(j.known(e))
		}
		if e.known > 0 {
			return j.fixed[e.known-1]
		}
	}
	if m.encoded {
		return verdict{Attack, 75, "inside an encoded command"}
	}
	switch e.kind {
	case MD5, SHA1, SHA224, SHA256, SHA384, SHA512:
		return j.hash(m)
	case CWE:
		return verdict{Reference, 60, "a class of weaknesses"}
	case CVE, GHSA, EUVD:
		if j.attack {
			return verdict{Attack, 80, "a vulnerability the text is about"}
		}
		return verdict{Reference, 60, "a vulnerability in a text that tells of no attack"}
	case IP, CIDR, Domain, URL, Email:
		return j.address(m, e)
	case FilePath, NamedPipe:
		return j.file(m, e)
	case PowerShell:
		if j.attack || j.short() {
			return verdict{Attack, 55, "an encoded command"}
		}
	case UserAgent:
		return j.userAgent(m, e)
	case Telegram:
		return j.account(m)
	case YARARule, SigmaRule:
		return verdict{Reference, 70, "names a rule that detects"}
	}
	return j.named(m)
}

// address judges what leads somewhere.
func (j *judge) address(m *mark, e *entry) verdict {
	if m.fanged {
		return verdict{Attack, 95, "disarmed spelling"}
	}
	if m.link {
		return verdict{Reference, 80, "target of a link"}
	}
	if j.list && !m.doubtful && j.fills(m) {
		return verdict{Attack, 50, "listed in a text that is nothing but a list"}
	}
	switch e.kind {
	case URL:
		return j.url(m)
	case Email:
		return j.email(m)
	}
	return j.host(m, e)
}

// harmless recognises what is benign whatever the text says.
func harmless(e *entry) (verdict, bool) {
	host := hostOf(e)
	if host == "" {
		return verdict{}, false
	}
	if e.kind == IP || e.kind == CIDR || e.kind == URL {
		if digit(host[len(host)-1]) || strings.IndexByte(host, ':') >= 0 {
			a, err := netip.ParseAddr(host)
			name, ok := specialRange(a)
			return verdict{Benign, 95, name}, ok && err == nil
		}
	}
	return verdict{Benign, 95, "name set aside for documentation or local use"}, reserved(host)
}

// known recognises the publisher's own sites and what is on a list.
func (j *judge) known(e *entry) (verdict, bool) {
	if len(j.o.Own) > 0 && j.own(hostOf(e)) {
		return verdict{Reference, 95, "the publisher's own site"}, true
	}
	if list, ok := j.o.Known(e.kind, e.value); ok {
		if e.kind == URL {
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
	switch host[strings.LastIndexByte(host, '.')+1:] {
	case "example", "test", "invalid", "localhost", "local", "localdomain", "internal", "lan", "arpa":
		return true
	case "com", "net", "org":
		return under(host[:len(host)-len(".com")], "example")
	}
	return false
}

// hostOf gives the host part of a network value, empty for others.
func hostOf(e *entry) string {
	v := e.value
	switch e.kind {
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

// authorityEnd gives where the path, query or fragment begins of what stands
// behind a scheme.
func authorityEnd(v string) int {
	for i := range len(v) {
		if c := v[i]; c == '/' || c == '?' || c == '#' {
			return i
		}
	}
	return len(v)
}

// urlHost gives the host of a URL as this package writes them.
func urlHost(v string) string {
	if i := strings.Index(v, "://"); i >= 0 {
		v = v[i+3:]
	}
	v = v[:authorityEnd(v)]
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
