package story_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/waggle-cti/waggle/feeder/story"
)

// report is a post of some six kilobytes with thirty values of its own.
func report(n int) told {
	var text strings.Builder
	for i := range 900 {
		text.WriteString("word" + strconv.Itoa((n*7919+i*i)%5003) + " ")
	}
	text.WriteString("\nIndicators of compromise\n")
	for i := range 30 {
		text.WriteString(hash(strconv.Itoa(n*1000+i)) + "\n")
	}
	return told{title: "Report " + strconv.Itoa(n), url: "https://lab.example/" + strconv.Itoa(n), text: text.String()}
}

func BenchmarkKeys(b *testing.B) {
	p, f := report(1).read()
	b.SetBytes(int64(len(f.Text)))
	for b.Loop() {
		story.Keys(p, f)
	}
}

// BenchmarkMatch looks through as many candidates as the store ever gives.
func BenchmarkMatch(b *testing.B) {
	p, f := report(0).read()
	keys := story.Keys(p, f)
	var candidates []story.Candidate
	for n := range 50 {
		candidates = append(candidates, report(n+1).candidate(strconv.Itoa(n)))
	}
	for b.Loop() {
		story.Match(p, keys, candidates, window)
	}
}
