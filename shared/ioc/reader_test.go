package ioc

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// streamed reads the text in windows of that size.
func streamed(t *testing.T, text string, size int) []Indicator {
	t.Helper()
	var out []Indicator
	err := findReader(iotest.OneByteReader(strings.NewReader(text)), size, Options{}, func(i Indicator) bool {
		assert.Equal(t, text[i.Start:i.End], i.Raw)
		out = append(out, i)
		return true
	})
	require.NoError(t, err)
	return out
}

func TestReaderReadsAsFind(t *testing.T) {
	text := report(64 << 10)
	want := Find(text, Options{})
	for name, size := range map[string]int{"one window": len(text) + 1, "a window of just that size": len(text), "many windows": 4 << 10} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, withoutRows(want), withoutRows(streamed(t, text, size))) })
	}
	t.Run("the exported window", func(t *testing.T) {
		var got []Indicator
		require.NoError(t, FindReader(strings.NewReader(text), Options{}, func(i Indicator) bool { got = append(got, i); return true }))
		assert.Equal(t, want, got)
	})
}

// withoutRows leaves out what stands beside the values: of a file's name that
// comes very often, only the first are kept, and of each window anew.
func withoutRows(all []Indicator) []Indicator {
	out := slices.Clone(all)
	for n := range out {
		out[n].With = ""
	}
	return out
}

func TestReaderRemembersWhatItRead(t *testing.T) {
	heading := "## Indicators\n" + attackTalk
	text := heading + strings.Repeat("- nothing\n", 20) + "- http://bad-host.net/a\n"
	got := streamed(t, text, 64)
	require.Len(t, got, 1)
	assert.Equal(t, Attack, got[0].Role, "the heading and the talk of attack stood windows before")
}

func TestReaderHandsValuesOnOnce(t *testing.T) {
	text := strings.Repeat("bad-host[.]net and some more words\n", 20)
	assert.Len(t, streamed(t, text, 80), 1)

	text = "Our friends at bad-host.net here\n" + strings.Repeat("other words\n", 8) + text
	got := streamed(t, text, 80)
	require.Len(t, got, 2, "once plain, once again as it was disarmed")
	assert.True(t, got[1].Defanged)
}

func TestReaderWithoutLines(t *testing.T) {
	text := strings.Repeat("a[.]bad-host[.]net b[.]bad-host[.]net ", 20)
	assert.Len(t, streamed(t, text, 64), 2)
	assert.Empty(t, streamed(t, strings.Repeat("é", 100), 33))
	assert.Empty(t, streamed(t, "", 16))
}

func TestReaderStops(t *testing.T) {
	calls := 0
	err := FindReader(strings.NewReader("a[.]bad.net b[.]bad.net"), Options{}, func(Indicator) bool { calls++; return false })
	require.NoError(t, err)
	assert.Equal(t, 1, calls)
}

func TestReaderGivesTheErrorAndWhatCameBefore(t *testing.T) {
	broken := errors.New("broken")
	var got []Indicator
	err := FindReader(io.MultiReader(strings.NewReader("a[.]bad.net\n"), iotest.ErrReader(broken)), Options{}, func(i Indicator) bool {
		got = append(got, i)
		return true
	})
	require.ErrorIs(t, err, broken)
	assert.Len(t, got, 1)
}
