package knownbenign

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"sort"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// maxHost is the longest host name, in bytes: RFC 1035 section 2.3.4.
const maxHost = 255

// Lookup gives the lists that hold the value, the built-in one first, each once.
// Kind is the text of an ioc.Kind; values are normalised as ioc gives them,
// but for case, which counts nowhere.
//
// A list is asked as MISP asks it: only for the kinds it is meant for; lists of
// host names with the host of a URL, all others with the value as a whole.
func (l *Lists) Lookup(kind, value string) []Hit {
	k := kindOf(kind)
	if k == 0 || value == "" {
		return nil
	}
	value = strings.ToLower(value)
	var hits []Hit
	if list, ok := Lookup(kind, value); ok {
		hits = append(hits, Hit{List: list, Effect: Benign, Match: value})
	}
	if l == nil || len(l.meta.Lists) == 0 {
		return hits
	}
	q := query{Lists: l, kind: k, hits: hits}
	q.ask(value)
	return q.hits
}

// Known says whether the value is harmless, and names a list that says so. It
// is what ioc.Options.Known asks for.
func (l *Lists) Known(kind, value string) (list string, ok bool) {
	for _, hit := range l.Lookup(kind, value) {
		if hit.Effect == Benign {
			return hit.List, true
		}
	}
	return "", false
}

// maxNamed is how many lists a note names; popular sites are on dozens.
const maxNamed = 3

// Note says in words which lists hold the value without making it harmless, "on
// the list A, B, C and 4 more (flag only)"; nothing if none does.
func (l *Lists) Note(kind, value string) string {
	var names []string
	for _, hit := range l.Lookup(kind, value) {
		if hit.Effect == Flags {
			names = append(names, hit.List)
		}
	}
	switch more := len(names) - maxNamed; {
	case len(names) == 0:
		return ""
	case more > 0:
		return fmt.Sprintf("on the list %s and %d more (flag only)", strings.Join(names[:maxNamed], ", "), more)
	}
	return "on the list " + strings.Join(names, ", ") + " (flag only)"
}

// query is one value that is being looked up.
type query struct {
	*Lists
	kind Kinds
	hits []Hit
}

// aspect is what a text is of the value that is looked up.
type aspect uint8

const (
	itself  aspect = 1 << iota // what lists of strings hold
	itsHost                    // what lists of host names hold
	aboveIt                    // a domain above its host, which they hold too
)

func (q *query) ask(value string) {
	switch q.kind {
	case IP:
		q.askFor(value, itself|itsHost)
		if s, err := parseSpan(value); err == nil {
			q.askSpan(s, value)
		}
	case Domain:
		q.askHost(strings.TrimSuffix(value, "."), itself|itsHost)
	case URL:
		q.askFor(value, itself)
		q.askHost(strings.TrimSuffix(urlHost(value), "."), itsHost)
	default:
		q.askFor(value, itself)
	}
	q.askMatchers(value)
}

// address reports whether a host is none that has a name.
func address(host string) bool {
	if host == "" || host[len(host)-1] > '9' && !strings.Contains(host, ":") {
		return false
	}
	_, err := netip.ParseAddr(host)
	return err == nil
}

// askHost looks for a host and each domain above it, the longest first. Of an
// address there is none above.
func (q *query) askHost(name string, as aspect) {
	if len(name) > maxHost {
		return
	}
	named := !address(name)
	for name != "" {
		q.askFor(name, as)
		if !named {
			return
		}
		_, name, _ = strings.Cut(name, ".")
		as = aboveIt
	}
}

// askFor looks a text up by its hash.
func (q *query) askFor(text string, as aspect) {
	n := q.find(q.meta.key(text))
	if n == 0 {
		return
	}
	lists := q.set(n)
	for i := range lists.len() {
		n := int(lists.at(i))
		if !q.asked(n) {
			continue
		}
		switch q.meta.Lists[n].Match {
		case Exact:
			if as&itself != 0 {
				q.hit(n, text, false)
			}
		case Hostname:
			if as != itself {
				q.hit(n, text, as == aboveIt)
			}
		}
	}
}

// askMatchers asks the lists that are no sets of values.
func (q *query) askMatchers(value string) {
	for i := range q.texts {
		if t := &q.texts[i]; q.asked(t.list) {
			if part, ok := t.entries().in(value); ok {
				q.hit(t.list, part, false)
			}
		}
	}
	for _, r := range q.regexes {
		if !q.asked(r.list) {
			continue
		}
		patterns := r.patterns()
		if i := slices.IndexFunc(patterns, func(p *regexp.Regexp) bool { return p.MatchString(value) }); i >= 0 {
			q.hit(r.list, patterns[i].String(), false)
		}
	}
}

// askSpan looks for an address or a range. A list holds a range that it holds
// in full.
func (q *query) askSpan(s span, value string) {
	in := q.v4
	if s.v6 {
		in = q.v6
	}
	i := in.last(s.first)
	if i < 0 {
		return
	}
	lists := q.set(in.sets.at(i))
	for i++; i < in.len() && lists.len() > 0 && in.start(i).compare(s.last) <= 0; i++ {
		lists = common(lists, q.set(in.sets.at(i)))
	}
	for i := range lists.len() {
		if n := int(lists.at(i)); q.asked(n) {
			q.hit(n, value, false)
		}
	}
}

// spans are the starts of disjoint spans, and the sets of lists of each.
type spans struct {
	fan    u32s   // of IPv4: where starts with such a beginning are
	bits   int    // of that beginning
	starts []byte // u32, or u64 twice if wide
	sets   u32s
	wide   bool
}

func (s spans) len() int {
	if s.wide {
		return len(s.starts) / 16
	}
	return len(s.starts) / 4
}

func (s spans) start(i int) number {
	if s.wide {
		return number{u64s(s.starts).at(2 * i), u64s(s.starts).at(2*i + 1)}
	}
	return number{lo: uint64(u32s(s.starts).at(i))}
}

// last gives the last span that starts at the number or before it, -1 if none does.
func (s spans) last(n number) int {
	from, to := 0, s.len()
	if !s.wide {
		beginning := int(n.lo >> (32 - s.bits))
		from, to = int(s.fan.at(beginning)), int(s.fan.at(beginning+1))
		if from > to || to > s.len() {
			return -1
		}
	}
	return from + sort.Search(to-from, func(i int) bool { return s.start(from+i).compare(n) > 0 }) - 1
}

// common gives the numbers that are in both sorted sets.
func common(a, b u16s) u16s {
	var both u16s
	for i, j := 0, 0; i < a.len() && j < b.len(); {
		switch x, y := a.at(i), b.at(j); {
		case x < y:
			i++
		case x > y:
			j++
		default:
			both = append(both, a[2*i], a[2*i+1])
			i, j = i+1, j+1
		}
	}
	return both
}

// find gives the set of the key, 0 if it is not there.
func (l *Lists) find(key uint64) uint32 {
	beginning, rest := l.meta.split(key)
	from, to := int(l.fan.at(beginning)), int(l.fan.at(beginning+1))
	if from > to || to > l.records.len() {
		return 0
	}
	at := from + sort.Search(to-from, func(i int) bool { return l.records.at(from+i).key >= rest })
	if at < to && l.records.at(at).key == rest {
		return l.records.at(at).set
	}
	return 0
}

// set gives the numbers of the lists in a set, none if there is no such set.
func (l *Lists) set(n uint32) u16s {
	if int64(n)+1 >= int64(l.offsets.len()) {
		return nil
	}
	from, to := int(l.offsets.at(int(n))), int(l.offsets.at(int(n)+1))
	if from > to || to > l.members.len() {
		return nil
	}
	return l.members[2*from : 2*to]
}

// asked reports whether there is such a list, and it is meant for the kind.
func (q *query) asked(n int) bool {
	return n < len(q.meta.Lists) && q.meta.Lists[n].Kinds&q.kind != 0
}

// hit notes that a list holds the value. Below says that it holds a domain
// above it: where anybody gets names below, that makes none of them harmless.
func (q *query) hit(n int, match string, below bool) {
	l := &q.meta.Lists[n]
	for _, h := range q.hits {
		if h.List == l.Name {
			return
		}
	}
	effect := Flags
	if l.Benign&q.kind != 0 && !(below && anybodys(match)) {
		effect = Benign
	}
	if q.hits == nil {
		q.hits = make([]Hit, 0, 8)
	}
	q.hits = append(q.hits, Hit{List: l.Name, Effect: effect, Match: match})
}

// anybodys reports whether strangers get names below the domain: it is a
// public suffix (https://publicsuffix.org), or a site where anybody publishes.
func anybodys(domain string) bool {
	if list, ok := host(domain); ok && list == Hosting {
		return true
	}
	suffix, _ := publicsuffix.PublicSuffix(domain)
	return suffix == domain
}
