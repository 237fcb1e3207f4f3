package knownbenign

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
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
	unmap   func() error
}

// texts and regexes are what the list of that number matches by.
type (
	texts struct {
		list int
		substrings
	}
	regexes struct {
		list     int
		patterns []*regexp.Regexp
	}
)

// Open opens a compiled file, which stays mapped into memory until Close. The
// file may be replaced meanwhile, by renaming another to its name, and must not
// be written to. Without a file the error is fs.ErrNotExist; with one that
// cannot be used, ErrDamaged or ErrFormat.
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

// read takes a compiled file apart. Whatever the bytes are, lookups stay inside
// of them.
func read(data []byte) (*Lists, error) {
	r, err := newReader(data)
	if err != nil {
		return nil, err
	}
	l := &Lists{}
	about := r.section(1)
	if r.broken || len(about) > maxMeta {
		return nil, ErrDamaged
	}
	if err := json.Unmarshal(about, &l.meta); err != nil {
		return nil, fmt.Errorf("%w: what it says of itself is no JSON", ErrDamaged)
	}
	l.offsets, l.members = r.section(4), r.section(2)
	l.fan, l.records = r.section(4), r.section(recordSize)
	l.v4 = spans{starts: r.section(4), sets: r.section(4)}
	l.v6 = spans{starts: r.section(16), sets: r.section(4), wide: true}
	if err := l.readMatchers(r); err != nil {
		return nil, err
	}
	if r.broken || !l.whole() {
		return nil, fmt.Errorf("%w: its parts do not fit each other", ErrDamaged)
	}
	return l, nil
}

// readMatchers prepares the lists that match by substring and by pattern.
func (l *Lists) readMatchers(r *reader) error {
	left := maxPatterns
	for i, one := range l.meta.Lists {
		switch one.Match {
		case Substring:
			l.texts = append(l.texts, texts{i, newSubstrings(strings.Split(string(r.section(1)), "\n"))})
		case Regex:
			if left -= len(one.Patterns); left < 0 {
				return fmt.Errorf("%w: it has too many patterns", ErrDamaged)
			}
			patterns := make([]*regexp.Regexp, len(one.Patterns))
			for n, p := range one.Patterns {
				var err error
				if patterns[n], err = regexp.Compile(p); err != nil {
					return fmt.Errorf("%w: a pattern is none", ErrDamaged)
				}
			}
			l.regexes = append(l.regexes, regexes{i, patterns})
		}
	}
	return nil
}

// whole reports whether the sections have the lengths that they must have.
func (l *Lists) whole() bool {
	bits := l.meta.FanBits
	return bits >= 0 && bits < 32 && l.fan.len() == 1<<bits+1 &&
		l.v4.len() == l.v4.sets.len() && l.v6.len() == l.v6.sets.len() &&
		len(l.meta.Salt) == saltSize && len(l.meta.Lists) <= maxLists
}
