package pipeline

import (
	"context"
	"slices"
	"strings"

	"github.com/riverqueue/river"

	"github.com/waggle-cti/waggle/feeder/relevance"
	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/story"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

// joinWorker makes posts part of the story they tell, or the first of a new
// one. Looking for the story and writing it are one transaction, and those run
// one after another, so two posts of one story cannot begin two.
type joinWorker struct {
	*Pipeline
	river.WorkerDefaults[joinArgs]
}

// Work implements river.Worker.
func (w *joinWorker) Work(ctx context.Context, job *river.Job[joinArgs]) error {
	s := stage{Pipeline: w.Pipeline, name: store.Join, self: joinArgs{}, do: w.join}
	return s.work(ctx, job.JobRow)
}

func (w *joinWorker) join(_ context.Context, at store.Progress) (outcome, error) {
	keys := story.Keys(at.Post, at.Finding)
	var head waggle.Story
	var why string
	write := func(ctx context.Context, tx *store.Tx) (next []river.JobArgs, err error) {
		if head, why, err = w.find(ctx, tx, at, keys); err != nil {
			return nil, err
		}
		head = grown(head, at, w.spec(at.Post.Source))
		told := store.Told{
			Post: at.Post, Joined: why, Indicators: at.Finding.Telling(),
			Lookups: storeKeys(story.Lookup(keys)), Keys: storeKeys(story.Compared(keys)),
		}
		if w.Raiser != nil {
			next = append(next, alertArgs{})
		}
		if w.Weigher != nil {
			next = append(next, verdictArgs{})
		}
		if err := tx.Tell(ctx, head, told, reason(at.Judgement, why), w.Now()); err != nil || w.Enricher == nil {
			return next, err
		}
		return append(next, enrichArgs{}), tx.WantAnalyses(ctx, head.ID, head.Revision, w.Now())
	}
	told := func() {
		w.fate(at.Post, waggle.Told, reason(at.Judgement, why), "score", at.Judgement.Score, "story", head.ID)
	}
	return outcome{write, told}, nil
}

// find gives the story that a post belongs to and why, or the start of a new
// one.
func (p *Pipeline) find(ctx context.Context, tx *store.Tx, at store.Progress, keys []story.Key) (head waggle.Story, why string, err error) {
	found, err := tx.Candidates(ctx, storeKeys(story.Lookup(keys)), at.Post.When().Add(-p.Window))
	if err != nil {
		return waggle.Story{}, "", err
	}
	id, why, ok := story.Match(at.Post, keys, candidates(found), p.Window)
	if !ok {
		return waggle.Story{ID: waggle.StoryID(at.Post)}, "", nil
	}
	head, err = tx.Head(ctx, id)
	return head, why, err
}

// maxTags bounds the tags of a story.
const maxTags = 60

// grown is a story's head with one more post.
func grown(head waggle.Story, at store.Progress, spec source.Spec) waggle.Story {
	when := at.Post.When()
	if head.Revision == 0 {
		head.Title, head.Source, head.URL = title(at.Post), at.Post.Source, at.Post.URL
		head.Summary = story.Summary(head.Title, at.Finding.Text)
		head.First, head.Last = when, when
	}
	head.Score, head.Reasons = relevance.Corroborate(head, at.Post.Source, at.Judgement)
	if judged := max(head.Judged, at.Judgement.Severity, waggle.Low); judged > head.Judged {
		head.Judged, head.Severity = judged, max(head.Severity, judged) // what a verdict lowered it stays so until it is worse
	}
	// The strictest of the sources' markings holds for what joins them.
	head.TLP, head.PAP = max(head.TLP, spec.TLP), max(head.PAP, spec.PAP)
	tags := slices.Clone(spec.Tags)
	for _, r := range at.Judgement.Reasons {
		tags = append(tags, r.Tags...)
	}
	for _, tag := range tags {
		if !slices.Contains(head.Tags, tag) && len(head.Tags) < maxTags {
			head.Tags = append(head.Tags, tag)
		}
	}
	if when.Before(head.First) {
		head.First = when
	}
	if when.After(head.Last) {
		head.Last = when
	}
	head.Revision++
	return head
}

// title is what a story is called: a post without a title goes by its address.
func title(p waggle.Post) string {
	for _, t := range []string{p.Title, p.URL, p.ID} {
		if t != "" {
			return t
		}
	}
	return p.Ref()
}

// reason says why a post is in a story.
func reason(j waggle.Judgement, joined string) string {
	if joined == "" {
		return j.Why
	}
	return strings.TrimSuffix(j.Why, ".") + "; joined: " + joined
}

func storeKeys(keys []story.Key) []store.Key {
	out := make([]store.Key, len(keys))
	for i, k := range keys {
		out[i] = store.Key(k)
	}
	return out
}

func candidates(found []store.Candidate) []story.Candidate {
	out := make([]story.Candidate, len(found))
	for i, c := range found {
		keys := make([]story.Key, len(c.Keys))
		for j, k := range c.Keys {
			keys[j] = story.Key(k)
		}
		out[i] = story.Candidate{Story: c.Story, Title: c.Title, Last: c.Last, Keys: keys}
	}
	return out
}
