package relevance

import (
	"slices"
	"strings"

	"github.com/waggle-cti/waggle/feeder/waggle"
)

// What it is worth that further sources tell a story, each and together.
const (
	perSource      = 4
	maxCorroborate = 12
)

// told begins the reason that a story's sources give.
const told = "told by several sources: "

// Corroborate gives a story's score and reasons once a source tells it: those
// of its strongest post, and points for each source beyond the first.
//
// head is the story as it was, and post the new post's judgement. Calling it
// again with the same source changes nothing.
func Corroborate(head waggle.Story, source string, post waggle.Judgement) (score int, reasons []waggle.Reason) {
	sources := []string{head.Source}
	score, reasons = head.Score, slices.Clone(head.Reasons)
	if i := slices.IndexFunc(reasons, func(r waggle.Reason) bool { return strings.HasPrefix(r.Text, told) }); i >= 0 {
		sources = strings.Split(strings.TrimPrefix(reasons[i].Text, told), "; ")
		score -= reasons[i].Points
		reasons = slices.Delete(reasons, i, i+1)
	}
	if post.Score > score || len(reasons) == 0 {
		score, reasons = post.Score, slices.Clone(post.Reasons)
	}
	source = strings.ReplaceAll(source, "; ", ", ")
	if !slices.Contains(sources, source) {
		sources = append(sources, source)
	}
	points := min(perSource*(len(sources)-1), maxCorroborate, 100-score)
	if len(sources) > 1 {
		reasons = append(reasons, waggle.Reason{Points: points, Text: told + strings.Join(sources, "; ")})
	}
	return score + points, reasons
}
