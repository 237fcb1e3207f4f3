package main

import (
	"log/slog"
	"sync"
	"time"

	"github.com/waggle-cti/waggle/feeder/config"
	"github.com/waggle-cti/waggle/feeder/relevance"
	"github.com/waggle-cti/waggle/feeder/threatdata"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

// judge is the profile with what is known of threats at the moment and what
// was learnt from triage. It is safe for concurrent use.
type judge struct {
	needs   *relevance.Profile
	threats *threatdata.Current
	learnt  relevance.Learnt

	mu    sync.Mutex
	knows *threatdata.Data // what ready was made with
	ready *relevance.Profile
}

// newJudge makes the judge of a configuration; learnt may be nil.
func newJudge(c *config.Config, learnt relevance.Learnt, log *slog.Logger) *judge {
	return &judge{needs: c.Needs, threats: threatdata.Follow(threatsPath(c), log), learnt: learnt, ready: c.Needs.With(nil, learnt)}
}

// Judge implements pipeline.Judge.
func (j *judge) Judge(post waggle.Post, finding waggle.Finding, weight int, now time.Time) waggle.Judgement {
	return j.profile().Judge(post, finding, weight, now)
}

func (j *judge) profile() *relevance.Profile {
	j.mu.Lock()
	defer j.mu.Unlock()
	if data := j.threats.Data(); data != j.knows {
		j.knows, j.ready = data, j.needs.With(data, j.learnt)
	}
	return j.ready
}
