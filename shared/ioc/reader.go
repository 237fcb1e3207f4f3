package ioc

import (
	"bytes"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"unicode/utf8"
)

// window is how much of a stream is read and judged at a time, in bytes. A
// text that is shorter is read as Find reads it.
const window = 4 << 20

// maxSent bounds how many values of a stream are remembered as handed on.
const maxSent = 1 << 16

// FindReader reads all values in a stream of any length and hands them on in
// text order, until yield says false. Memory is bounded whatever the stream.
//
// Text is judged as far as it was read: what makes a plain value an indicator
// (a disarmed one, words of attack, a heading) counts from its window of 4 MiB
// on. Windows end with a line where there is one. A value comes again if a
// later window tells more of it, or when very many others came in between.
//
// The error is that of the reader, or nil at the stream's end.
func FindReader(r io.Reader, o Options, yield func(Indicator) bool) error {
	return findReader(r, window, o, yield)
}

func findReader(r io.Reader, size int, o Options, yield func(Indicator) bool) error {
	s := stream{o: o, seed: maphash.MakeSeed(), sent: make(map[uint64]int)}
	buf, held := make([]byte, size), 0
	for {
		n, err := io.ReadFull(r, buf[held:])
		held += n
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		cut := held
		if err == nil {
			cut = cutAt(buf)
		}
		if !s.read(string(buf[:cut]), yield) || last {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading text: %w", err)
		}
		held = copy(buf, buf[cut:held])
	}
}

// cutAt gives where a full window ends: behind its last line, else behind its
// last word, else before a rune that isn't all there.
func cutAt(b []byte) int {
	if n := bytes.LastIndexByte(b, '\n'); n >= 0 {
		return n + 1
	}
	if n := bytes.LastIndexByte(b, ' '); n >= 0 {
		return n + 1
	}
	for n := len(b) - 1; n > 0 && n > len(b)-utf8.UTFMax; n-- {
		if utf8.RuneStart(b[n]) && !utf8.FullRune(b[n:]) {
			return n
		}
	}
	return len(b)
}

// stream is what is known of a stream from one window to the next.
type stream struct {
	o    Options
	done int // bytes before the window
	seed maphash.Seed
	sent map[uint64]int // rank of the values handed on, by hash

	outline outline // these as the last window left them: what it saw holds on
	fanged  bool
	threat  threat
	told    bool
	escaped bool
}

// read reads one window and reports whether to go on.
func (st *stream) read(text string, yield func(Indicator) bool) bool {
	s := newScanner(text)
	defer s.done()
	s.before, s.outline, s.fanged, s.threat, s.told = st.done, st.outline, st.fanged, st.threat, st.told
	s.escaped = st.escaped
	s.scan()
	st.outline, st.fanged, st.threat, st.told = s.outline, s.fanged, s.threat, s.told
	st.escaped = s.escaped
	for _, i := range s.judge(st.o) {
		if !st.news(&i) {
			continue
		}
		i.Start += st.done
		i.End += st.done
		if !yield(i) {
			return false
		}
	}
	st.done += len(text)
	return true
}

// news reports whether the indicator tells more than was handed on.
func (st *stream) news(i *Indicator) bool {
	h := maphash.Comparable(st.seed, [2]string{string(i.Kind), i.Value})
	now := rank(i.Role, i.Confidence)
	if was, ok := st.sent[h]; ok && was >= now {
		return false
	}
	if len(st.sent) >= maxSent {
		clear(st.sent)
	}
	st.sent[h] = now
	return true
}
