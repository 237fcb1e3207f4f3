package ioc

import "strings"

// maxValue bounds the length of a single value: browsers take no longer URLs.
const maxValue = 64 << 10

// Parse reads s, white space around it aside, as one value, disarmed or not.
// Its role is Benign where the value is by itself (private addresses, names
// set aside for documentation), else Attack: a single value comes without a
// text that could say more.
func Parse(s string) (Indicator, bool) {
	from := len(s) - len(strings.TrimLeft(s, " \t\r\n"))
	to := len(strings.TrimRight(s, " \t\r\n"))
	if to-from > maxValue {
		return Indicator{}, false
	}
	sc := newScanner(s)
	defer sc.done()
	sc.whole = true
	sc.scan()
	m := sc.only(from, to)
	if m == nil {
		return Indicator{}, false
	}
	e := &sc.values.all[m.of]
	i := Indicator{Kind: e.kind, Value: e.value, Raw: s[from:to], Start: from, End: to, Defanged: m.fanged,
		Role: Attack, Confidence: 50, Why: "a single value"}
	if v, ok := harmless(e); ok {
		i.Role, i.Confidence, i.Why = v.role, v.sure, v.why
	}
	return i, true
}

// only gives the mark that is all of the text s[from:to], nil if there is none.
// There may be others within: a file's name in a path, an account in an address.
func (s *scanner) only(from, to int) *mark {
	for n := range s.marks {
		if m := &s.marks[n]; int(m.start) == from && int(m.end) == to {
			return m
		}
	}
	return nil
}
