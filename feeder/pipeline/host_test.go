package pipeline

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestHostsAreLeftAlone(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	h := newHosts(2 * time.Second)
	at := func(s float64) time.Time { return noon.Add(time.Duration(s * float64(time.Second))) }

	assert.Zero(t, h.enter("a", at(0)))
	assert.Equal(t, 1500*time.Millisecond, h.enter("a", at(0.5)), "too soon after the first")
	assert.Zero(t, h.enter("b", at(0.5)), "another host")
	assert.Zero(t, h.enter("a", at(2)))
	assert.Equal(t, 2*time.Second, h.enter("a", at(10)), "two are under way")
	h.leave("a", at(10))
	assert.Zero(t, h.enter("a", at(10)))
	h.leave("a", at(11))
	h.leave("a", at(11))
	assert.Zero(t, h.enter("a", at(3)), "the clock was set back")

	h.leave("a", at(20))
	h.leave("b", at(20))
	assert.Empty(t, h.busy, "nothing is remembered of hosts that are at rest")
}

func TestHostOf(t *testing.T) {
	t.Parallel()
	for page, want := range map[string]string{
		"https://www.blog.example.com/a/b?c": "example.com",
		"http://EXAMPLE.co.uk./":             "example.co.uk",
		"https://alice.github.io/post":       "alice.github.io", // a public suffix: its users are strangers
		"http://192.0.2.7:8080/x":            "192.0.2.7",
		"http://[2001:db8::7]/x":             "2001:db8::7",
		"http://intranet/x":                  "intranet",
		"not an address":                     "",
		"http://[broken":                     "",
	} {
		assert.Equal(t, want, hostOf(page), page)
	}
}
