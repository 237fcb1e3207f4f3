package relevance

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/waggle-cti/waggle/feeder/waggle"
)

// Judge scores a post: 0 (nothing to us) to 100. weight is the source's, -20 to 20. The
// points of the reasons add up to the score.
func (p *Profile) Judge(post waggle.Post, finding waggle.Finding, weight int, now time.Time) waggle.Judgement {
	var t tally
	d := newDocument(post.Title, finding.Text)
	wanted, ours := p.wanted(d)
	spoken := p.judgeSubjects(&t, d)
	indicators := judgeIndicators(&t, finding)
	vulnerable := p.judgeVulnerabilities(&t, post, finding, ours)
	judgeNeeds(&t, wanted, spoken || indicators || vulnerable)
	judgeTechniques(&t, finding)
	p.judgeLanguage(&t, d)
	judgeAge(&t, post, now)
	if weight != 0 {
		t.add(weight, fmt.Sprintf("how far the source %s is trusted", post.Source))
	}
	if p.learnt != nil {
		t.add(p.learnt(d.title + "\n" + d.text))
	}
	j := waggle.Judgement{Score: t.close(), Reasons: t.reasons}
	j.Severity = p.severityOf(j.Score)
	p.decide(&j, &fields{post: post, text: finding.Text, words: map[string][]token{"title": d.titleWords, "text": d.wholeWords(finding.Text)}})
	return j
}

// decide says whether the post is kept, and why.
func (p *Profile) decide(j *waggle.Judgement, f *fields) {
	if why, ok := first(p.rules.Block, f); ok {
		j.Why = "Dropped by " + why + "."
		return
	}
	if why, ok := first(p.rules.Keep, f); ok {
		j.Keep, j.Why = true, "Kept by "+why+"."
		return
	}
	j.Keep = j.Score >= p.Minimum
	word, side := "Dropped", "below"
	if j.Keep {
		word, side = "Kept", "at or above"
	}
	j.Why = fmt.Sprintf("%s: score %d is %s the minimum of %d; %s.", word, j.Score, side, p.Minimum, strongest(*j))
}

// strongest names the reason that weighed most for the decision.
func strongest(j waggle.Judgement) string {
	var most waggle.Reason
	for _, r := range j.Reasons {
		if (j.Keep && r.Points > most.Points) || (!j.Keep && r.Points < most.Points) {
			most = r
		}
	}
	switch {
	case most.Points != 0:
		return fmt.Sprintf("most by %+d: %s", most.Points, most.Text)
	case len(j.Reasons) == 0:
		return "nothing in it touches this profile"
	}
	return "too little in it touches this profile"
}

func (p *Profile) severityOf(score int) waggle.Severity {
	switch {
	case score >= p.severity.Critical:
		return waggle.Critical
	case score >= p.severity.High:
		return waggle.High
	case score >= p.severity.Medium:
		return waggle.Medium
	}
	return waggle.Low
}

// tally collects points with their reasons.
type tally struct {
	sum     int
	reasons []waggle.Reason
}

func (t *tally) add(points int, text string) { t.addReason(waggle.Reason{Points: points, Text: text}) }

// addReason adds a reason that counts, or tells something to do.
func (t *tally) addReason(r waggle.Reason) {
	if r.Points == 0 && r.Do == "" && len(r.Tags) == 0 {
		return
	}
	t.sum += r.Points
	t.reasons = append(t.reasons, r)
}

// close orders the reasons by weight and keeps the score within 0 and 100,
// with a last reason for what that changes.
func (t *tally) close() int {
	slices.SortStableFunc(t.reasons, func(a, b waggle.Reason) int { return cmp.Compare(abs(b.Points), abs(a.Points)) })
	score := min(max(t.sum, 0), 100)
	t.add(score-t.sum, "over the limits: a score is from 0 to 100")
	return score
}

func abs(n int) int { return max(n, -n) }
