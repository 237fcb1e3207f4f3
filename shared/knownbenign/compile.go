package knownbenign

import (
	"cmp"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/idna"
)

// Limits of what is compiled.
const (
	maxName     = 256 // bytes of a list's name
	maxEntry    = 4 << 10
	maxEntries  = 50_000_000 // of all lists together
	maxLists    = 4096
	maxPatterns = 256 // of all lists together: each costs time whenever the file is opened
)

// Compiler makes a compiled file of lists. It is for one file and one
// goroutine.
type Compiler struct {
	meta    meta
	entries int
	hashed  []hashed
	v4, v6  []edge
	texts   [][]string // entries of each list that matches by substring
	regexes int
}

// hashed is an entry that is found by its hash.
type hashed struct {
	key  uint64
	list uint16
}

// NewCompiler makes a compiler without lists.
func NewCompiler() *Compiler {
	c := &Compiler{}
	c.meta.Salt = make([]byte, saltSize)
	rand.Read(c.meta.Salt) // never fails, says its documentation
	return c
}

// Lists gives what was added so far.
func (c *Compiler) Lists() []List { return c.meta.lists() }

// Add compiles a list. Entries that cannot be used are counted in the list's
// Refused, and the first is explained. An error says why the list is left out
// as a whole: it is none, or holds only what Waggle does not look up.
func (c *Compiler) Add(w Warninglist) (List, error) {
	if err := c.accept(w); err != nil {
		return List{}, err
	}
	entry := listMeta{List: List{Name: w.Name, Version: w.Version, Match: w.Match, Kinds: matching(w.Attributes)}}
	entry.Benign = harmless(w.Name) & entry.Kinds
	if w.Match == Substring || w.Match == Regex || w.Category == known {
		entry.Benign = 0
	}
	if w.Benign {
		entry.Benign = entry.Kinds
	}
	texts := len(c.texts)
	add := c.adder(w.Match, &entry)
	for _, text := range w.Entries {
		if err := add(strings.TrimSpace(text)); err != nil {
			if entry.Refused++; entry.Refused == 1 {
				entry.Refusal = fmt.Sprintf("%.64q: %v", text, err)
			}
			continue
		}
		entry.Entries++
	}
	if entry.Entries == 0 {
		c.texts = c.texts[:texts]
		return List{}, fmt.Errorf("no entry can be used (%s)", cmp.Or(entry.Refusal, "it has none"))
	}
	if w.Match == Substring {
		c.texts[texts] = shortest(c.texts[texts])
	}
	c.entries += entry.Entries
	c.meta.Lists = append(c.meta.Lists, entry)
	return entry.List, nil
}

func (c *Compiler) accept(w Warninglist) error {
	if err := w.check(); err != nil {
		return err
	}
	if slices.ContainsFunc(c.meta.Lists, func(l listMeta) bool { return l.Name == w.Name }) {
		return errors.New("a list of this name was there before it")
	}
	kinds := matching(w.Attributes)
	if w.Match == CIDR {
		kinds &= IP
	}
	switch {
	case kinds == 0:
		return errors.New("it holds nothing that is looked up: no addresses, names, URLs, mail addresses or hashes of files")
	case len(c.meta.Lists) == maxLists:
		return fmt.Errorf("%d lists are the most", maxLists)
	case c.entries+len(w.Entries) > maxEntries:
		return fmt.Errorf("%d entries are the most", maxEntries)
	}
	return nil
}

// adder gives what takes the entries of the next list.
func (c *Compiler) adder(match Match, l *listMeta) func(string) error {
	list := uint16(len(c.meta.Lists))
	switch match {
	case CIDR:
		return func(text string) error { return c.addSpan(text, list) }
	case Substring:
		c.texts = append(c.texts, nil)
		return c.addSubstring
	case Regex:
		return func(text string) error { return c.addPattern(text, l) }
	}
	return func(text string) error { return c.addHashed(text, match, l.Kinds, list) }
}

func (c *Compiler) addSpan(text string, list uint16) error {
	s, err := parseSpan(text)
	if err != nil {
		return err
	}
	if s.v6 {
		c.v6 = append(c.v6, s.edges(list)...)
	} else {
		c.v4 = append(c.v4, s.edges(list)...)
	}
	return nil
}

func (c *Compiler) addSubstring(text string) error {
	if len(text) < minSubstring || len(text) > maxEntry {
		return fmt.Errorf("it is %d bytes long; a part of a value has %d to %d", len(text), minSubstring, maxEntry)
	}
	if strings.ContainsAny(text, "\n") {
		return errors.New("it has a line break")
	}
	last := len(c.texts) - 1
	c.texts[last] = append(c.texts[last], strings.ToLower(text))
	return nil
}

func (c *Compiler) addPattern(text string, l *listMeta) error {
	if c.regexes == maxPatterns {
		return fmt.Errorf("%d patterns are the most", maxPatterns)
	}
	re, err := pattern(text)
	if err != nil {
		return err
	}
	c.regexes++
	l.Patterns = append(l.Patterns, re.String())
	return nil
}

func (c *Compiler) addHashed(text string, match Match, kinds Kinds, list uint16) error {
	text, err := normal(text, match, kinds)
	if err != nil {
		return err
	}
	c.hashed = append(c.hashed, hashed{c.meta.key(text), list})
	return nil
}

// normal writes an entry as package ioc writes values: names in lower case and
// punycode, addresses in their canonical form.
func normal(text string, match Match, kinds Kinds) (string, error) {
	text = strings.ToLower(text)
	if match == Hostname {
		text = strings.Trim(text, ".")
	}
	if text == "" || len(text) > maxEntry {
		return "", fmt.Errorf("it is %d bytes long; 1 to %d are allowed", len(text), maxEntry)
	}
	if match == Hostname || kinds&Domain != 0 {
		if ascii, err := idna.Punycode.ToASCII(text); err == nil {
			text = ascii
		}
	}
	if kinds&IP != 0 {
		if a, err := netip.ParseAddr(text); err == nil {
			text = a.Unmap().String()
		}
	}
	return text, nil
}

// Bytes gives the compiled file. When and from where the lists came is written
// into it for those who ask.
func (c *Compiler) Bytes(when time.Time, from string) ([]byte, error) {
	m := c.meta
	m.Built, m.From = when.UTC().Truncate(time.Second), from
	shared := &sets{number: map[string]uint32{}}
	shared.of(nil)
	found := c.records(shared)
	fan := m.fanOut(found)
	v4, v4sets := flatten(c.v4, shared)
	v6, v6sets := flatten(c.v6, shared)
	v4fan := m.fanOutSpans(v4)

	if len(shared.lists) >= maxSets {
		return nil, fmt.Errorf("the lists overlap in %d different ways; %d are the most", len(shared.lists), maxSets)
	}

	about, err := m.json()
	if err != nil {
		return nil, err
	}
	var body sections
	body.add(written(fan, binary.LittleEndian.AppendUint32))
	body.add(written(found, writeRecord))
	body.add(written(v4fan, binary.LittleEndian.AppendUint32))
	body.add(written(v4, writeLow))
	body.add(written(v4sets, binary.LittleEndian.AppendUint32))
	body.add(written(v6, writeNumber))
	body.add(written(v6sets, binary.LittleEndian.AppendUint32))
	for _, entries := range c.texts {
		body.add([]byte(strings.Join(entries, "\n")))
	}
	offsets, members := shared.packed()
	file := body.file(about, offsets, members)
	if len(file) > maxFile {
		return nil, fmt.Errorf("the compiled lists take %d MB; %d are the most: take fewer of them", len(file)>>20, maxFile>>20)
	}
	return file, nil
}

// records gives each hash once, sorted, with the set of lists that it is on.
func (c *Compiler) records(shared *sets) []record {
	slices.SortFunc(c.hashed, func(a, b hashed) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.list, b.list))
	})
	var out []record
	var lists []uint16
	all := slices.Compact(c.hashed)
	for i, h := range all {
		lists = append(lists, h.list)
		if i+1 == len(all) || all[i+1].key != h.key {
			out = append(out, record{h.key, shared.of(lists)})
			lists = lists[:0]
		}
	}
	return out
}

// packed gives the sets' members one after another, and where each set begins.
func (s *sets) packed() (offsets []uint32, members []uint16) {
	for _, lists := range s.lists {
		offsets = append(offsets, uint32(len(members)))
		members = append(members, lists...)
	}
	return append(offsets, uint32(len(members))), members
}

// fanOut gives, for each beginning of a key of so many bits, where the records
// with it start, and the end after the last: a search then has some eight left
// to look at. It takes these bits out of the keys.
func (m *meta) fanOut(all []record) (fan []uint32) {
	for m.FanBits = 0; len(all)>>m.FanBits > 8; m.FanBits++ {
	}
	at := 0
	for prefix := range 1 << m.FanBits {
		fan = append(fan, uint32(at))
		for ; at < len(all); at++ {
			beginning, rest := m.split(all[at].key)
			if beginning != prefix {
				break
			}
			all[at].key = rest
		}
	}
	return append(fan, uint32(len(all)))
}

// fanOutSpans gives, for each beginning of an IPv4 address of so many bits, where
// the starts with it begin, and the end after the last.
func (m *meta) fanOutSpans(starts []number) (fan []uint32) {
	for m.SpanBits = 0; len(starts)>>m.SpanBits > 8 && m.SpanBits < maxSpanBits; m.SpanBits++ {
	}
	at := 0
	for beginning := range uint64(1) << m.SpanBits {
		for at < len(starts) && starts[at].lo>>(32-m.SpanBits) < beginning {
			at++
		}
		fan = append(fan, uint32(at))
	}
	return append(fan, uint32(len(starts)))
}
