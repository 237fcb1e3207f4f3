package verdict

import (
	"strings"

	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/feeder/wording"
)

// story gives the verdict of a story from those of its values: the worst that
// one of them has, safe only if all are. What a story is about, a vulnerability
// or a technique, has a say like any other value.
func story(values []waggle.Indicator) *waggle.Verdict {
	found := map[waggle.Level]int{}
	judged := 0
	for _, i := range values {
		if i.Verdict != nil {
			found[i.Verdict.Level]++
			judged++
		}
	}
	if judged == 0 {
		return nil
	}
	l := waggle.Unknown
	switch {
	case found[waggle.Malicious] > 0:
		l = waggle.Malicious
	case found[waggle.Suspicious] > 0:
		l = waggle.Suspicious
	case found[waggle.Safe] == len(values):
		l = waggle.Safe
	case found[waggle.Safe]+found[waggle.Info] > 0:
		l = waggle.Info
	}
	return &waggle.Verdict{Level: l, Why: summary(found, judged, len(values))}
}

// summary counts the values: "Of 12 values 3 are malicious and 1 suspicious; 4
// were not analysed."
func summary(found map[waggle.Level]int, judged, all int) string {
	var parts []string
	for _, l := range []struct {
		level waggle.Level
		words string
	}{{waggle.Malicious, "malicious"}, {waggle.Suspicious, "suspicious"}, {waggle.Safe, "safe"},
		{waggle.Info, "neither good nor bad"}, {waggle.Unknown, "unknown"}} {
		if n := found[l.level]; n > 0 {
			parts = append(parts, wording.Number(n, l.words, l.words))
		}
	}
	text := "Of " + wording.Number(all, "value", "values") + ": " + and(parts)
	if all > judged {
		text += "; " + wording.Number(all-judged, "was not analysed", "were not analysed")
	}
	return strings.TrimSpace(text) + "."
}
