package knownbenign

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"
)

// List is one list of a compiled file.
type List struct {
	Name    string `json:"name"`
	Version int64  `json:"version"`
	Match   Match  `json:"match"`
	Kinds   Kinds  `json:"kinds"`  // of the values that it is asked for
	Benign  Kinds  `json:"benign"` // of these, those that it makes harmless; the others it flags
	Entries int    `json:"entries"`
	Refused int    `json:"refused,omitempty"` // entries that could not be used
	Refusal string `json:"refusal,omitempty"` // the first of these, and why
}

// Hit says that a list holds a value.
type Hit struct {
	List   string `json:"list"`
	Effect Effect `json:"effect"`
	Match  string `json:"match"` // the part of the value that is on the list, or the pattern that found it
}

// Lists are the built-in list and those of a compiled file. The zero value and
// nil are the built-in list alone. It is safe for concurrent use.
type Lists struct {
	meta    meta
	offsets u32s
	members u16s
	fan     u32s
	records records
	v4, v6  spans
	texts   []texts
	regexes []regexes
	body    []byte // of the file, and what its header says of it
	sum     uint32
	unmap   func() error
}

// texts and regexes are what the list of that number matches by. They are made
// of the file's content when they are asked first: many a process asks never.
type (
	texts struct {
		list    int
		entries func() substrings
	}
	regexes struct {
		list     int
		patterns func() []*regexp.Regexp
	}
)

// Open opens a compiled file, which stays mapped into memory until Close. The
// file may be replaced meanwhile, by renaming another to its name, and must not
// be written to. Without a file the error is fs.ErrNotExist; with one that
// cannot be used, ErrDamaged or ErrFormat.
//
// Opening reads the head of the file alone. Damage of the rest it does not see:
// lookups then answer wrongly, without harm to the process. See Verify.
func Open(path string) (*Lists, error) {
	data, unmap, err := mapped(path)
	if err != nil {
		return nil, err
	}
	l, err := read(data)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w: compile the lists again", path, err), unmap())
	}
	l.unmap = unmap
	return l, nil
}

// Close lets go of the file. The lists must not be used after it.
func (l *Lists) Close() error {
	if l == nil || l.unmap == nil {
		return nil
	}
	return l.unmap()
}

// Loaded gives the lists of the file, in its order.
func (l *Lists) Loaded() []List {
	if l == nil {
		return nil
	}
	return l.meta.lists()
}

// Built says when the file was compiled, and from what.
func (l *Lists) Built() (when time.Time, from string) {
	if l == nil {
		return time.Time{}, ""
	}
	return l.meta.Built, l.meta.From
}

// Verify reads the whole file and says whether it is as it was compiled; if not,
// the error is ErrDamaged. Who compiled or received a file checks it once.
func (l *Lists) Verify() error {
	if l == nil {
		return nil
	}
	if checksum(l.body) != l.sum {
		return fmt.Errorf("%w: its checksum is another", ErrDamaged)
	}
	for _, r := range l.regexes {
		if len(r.patterns()) != len(l.meta.Lists[r.list].Patterns) {
			return fmt.Errorf("%w: a pattern is none", ErrDamaged)
		}
	}
	return nil
}

// read takes a compiled file apart. Whatever the bytes are, lookups stay inside
// of them.
func read(data []byte) (*Lists, error) {
	top, body, err := parts(data)
	if err != nil {
		return nil, err
	}
	l := &Lists{body: body, sum: binary.LittleEndian.Uint32(data[28:])}
	head := &reader{data: top}
	about := head.section(1)
	if head.broken || len(about) > maxMeta {
		return nil, ErrDamaged
	}
	if err := json.Unmarshal(about, &l.meta); err != nil {
		return nil, fmt.Errorf("%w: what it says of itself is no JSON", ErrDamaged)
	}
	l.offsets, l.members = head.section(4), head.section(2)
	lengths := u64s(head.section(8))
	if head.broken || !l.take(body, lengths) || !l.fits() {
		return nil, fmt.Errorf("%w: its parts do not fit each other", ErrDamaged)
	}
	return l, nil
}

// take finds the body's sections, of these lengths, and reports whether all are there.
func (l *Lists) take(body []byte, lengths u64s) bool {
	r, n := &reader{data: body}, 0
	next := func(width int) []byte {
		if n++; n > lengths.len() {
			r.broken = true
			return nil
		}
		return r.next(lengths.at(n-1), width)
	}
	l.fan, l.records = next(4), next(recordSize)
	l.v4 = spans{fan: next(4), bits: l.meta.SpanBits, starts: next(4), sets: next(4)}
	l.v6 = spans{starts: next(16), sets: next(4), wide: true}
	patterns := 0
	for i, one := range l.meta.Lists {
		switch one.Match {
		case Substring:
			l.texts = append(l.texts, texts{i, splitLater(next(1))})
		case Regex:
			patterns += len(one.Patterns)
			l.regexes = append(l.regexes, regexes{i, compileLater(one.Patterns)})
		}
	}
	return !r.broken && n == lengths.len() && patterns <= maxPatterns
}

// splitLater copies the entries out of the file: what is found is used after it
// was closed.
func splitLater(content []byte) func() substrings {
	return sync.OnceValue(func() substrings { return newSubstrings(strings.Split(string(content), "\n")) })
}

// compileLater leaves out what is no pattern.
func compileLater(texts []string) func() []*regexp.Regexp {
	return sync.OnceValue(func() []*regexp.Regexp {
		var patterns []*regexp.Regexp
		for _, text := range texts {
			if p, err := regexp.Compile(text); err == nil {
				patterns = append(patterns, p)
			}
		}
		return patterns
	})
}

// fits reports whether the sections have the lengths that they must have.
func (l *Lists) fits() bool {
	bits, spanBits := l.meta.FanBits, l.meta.SpanBits
	return bits >= 0 && bits < 32 && l.fan.len() == 1<<bits+1 &&
		spanBits >= 0 && spanBits <= maxSpanBits && l.v4.fan.len() == 1<<spanBits+1 &&
		l.v4.len() == l.v4.sets.len() && l.v6.len() == l.v6.sets.len() &&
		len(l.meta.Salt) == saltSize && len(l.meta.Lists) <= maxLists
}
