package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/waggle-cti/waggle/feeder/alert"
	"github.com/waggle-cti/waggle/feeder/config"
	"github.com/waggle-cti/waggle/feeder/relevance"
	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/threatdata"
	"github.com/waggle-cti/waggle/feeder/triage"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/thehive"
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

// triagePath is where the lessons of triage are: beside the data.
func triagePath(c *config.Config) string { return filepath.Join(c.Folder(), triage.File) }

// newLearner makes what learns from TheHive's analysts. With lessons that
// cannot be used posts are judged all the same: it is nil then, which the log
// says. hive is nil where no TheHive is configured.
func newLearner(c *config.Config, data *store.Store, hive *thehive.Client, log *slog.Logger) *triage.Learner {
	o := triage.Options{
		Path: triagePath(c), Type: alert.Type, Reader: triage.Reader{Signs: relevance.Subjects}, Log: log,
		Text: func(ctx context.Context, id string) (string, error) { return textOf(ctx, data, id) },
	}
	if hive != nil {
		o.TheHive = hive
	}
	learner, err := triage.Open(o)
	if err != nil {
		log.Error("nothing is learnt from triage", "error", err)
		return nil
	}
	return learner
}

// maxLearnt is how many posts of a story are learnt from.
const maxLearnt = 5

// textOf is what the posts of a story say.
func textOf(ctx context.Context, data *store.Store, id string) (string, error) {
	story, err := data.Story(ctx, id)
	if err != nil {
		return "", err
	}
	var text strings.Builder
	for _, member := range story.Posts[:min(len(story.Posts), maxLearnt)] {
		record, err := data.Post(ctx, member.Ref)
		if err != nil {
			return "", err
		}
		text.WriteString(record.Title + "\n")
		if record.Finding != nil {
			text.WriteString(strings.TrimPrefix(record.Finding.Text, record.Title) + "\n")
		}
	}
	return text.String(), nil
}

// checkTriage says what was learnt from triage.
func checkTriage(c *config.Config) check {
	learner, err := triage.Open(triage.Options{Path: triagePath(c)})
	if err != nil {
		return check{name: "triage", err: err}
	}
	wanted, others := learner.Lessons()
	return check{name: "triage", said: fmt.Sprintf("learnt from %d stories that were taken up and %d that were not", wanted, others)}
}
