package iocs

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
)

func TestCases(t *testing.T) { cortextest.Run(t, Analyzer) }

func TestBadInput(t *testing.T) { cortextest.Torture(t, Analyzer, nil) }

func TestRuns(t *testing.T) {
	for name, c := range map[string]struct{ data, want string }{
		"nothing":             {"", ""},
		"plain":               {"\x00\x01abcdef\x02", "abcdef\n"},
		"too short":           {"\x00abcde\x00", ""},
		"to the end":          {"\x7fabcdef", "abcdef\n"},
		"wide":                {"\x01a\x00b\x00c\x00d\x00e\x00f\x00\x00\x00", "abcdef\n"},
		"wide, cut at end":    {"a\x00b\x00c\x00d\x00e\x00f\x00g", "abcdef\n"},
		"C strings stay two":  {"abcdef\x00ghijkl\x00", "abcdef\nghijkl\n"},
		"plain, then wide":    {"abcdef\x00\x01g\x00h\x00i\x00j\x00k\x00l\x00", "abcdef\nghijkl\n"},
		"bytes above ASCII":   {"abcdef\xffghijkl\xc3\xa9", "abcdef\nghijkl\n"},
		"line breaks end one": {"abcdef\nghijkl", "abcdef\nghijkl\n"},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, runs([]byte(c.data))) })
	}
}

func FuzzRuns(f *testing.F) {
	f.Add([]byte("MZ\x90\x00http://example.com/\x00a\x00b\x00c\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, c := range []byte(runs(data)) {
			assert.True(t, printable(c) || c == '\n')
		}
	})
}
