package pipeline

import (
	"context"
	"fmt"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"

	"github.com/waggle-cti/waggle/feeder/store"
)

// queue is River in transactions of the store, whatever database that is.
type queue interface {
	Start(context.Context) error
	Stop(context.Context) error
	Stopped() <-chan struct{}

	// insert adds jobs, passing over those that are there, and wakes who works
	// them once the transaction is committed.
	insert(ctx context.Context, tx *store.Tx, jobs ...river.JobArgs) error
	// complete ends the job that a worker is at.
	complete(ctx context.Context, tx *store.Tx, job *rivertype.JobRow) error
	// wake makes jobs due that sleep after a failure or until a time, also
	// those that a clock which was ahead made due later than now.
	wake(ctx context.Context, tx *store.Tx) error
}

func newQueue(s *store.Store, c *river.Config) (queue, error) {
	c.ID = s.Replica()
	if driver := s.Postgres(); driver != nil {
		return openQueue(driver, (*store.Tx).Postgres, c)
	}
	return openQueue(s.SQLite(), (*store.Tx).SQLite, c)
}

// riverQueue is a queue whose transactions are River's T.
type riverQueue[T any] struct {
	*river.Client[T]
	of func(*store.Tx) T
}

func openQueue[T any](driver riverdriver.Driver[T], of func(*store.Tx) T, c *river.Config) (queue, error) {
	client, err := river.NewClient(driver, c)
	if err != nil {
		return nil, err
	}
	return &riverQueue[T]{client, of}, nil
}

// topicInsert is what River's producers listen on for new jobs. River tells
// them by itself, but of a queue at most once in a FetchCooldown, and before it
// knows when the transaction ends: a job could then lie until the queue is
// looked at anyway.
const topicInsert = "river_insert"

func (q *riverQueue[T]) insert(ctx context.Context, tx *store.Tx, jobs ...river.JobArgs) error {
	if len(jobs) == 0 {
		return nil
	}
	params := make([]river.InsertManyParams, len(jobs))
	told := map[string]bool{}
	var payloads []string
	for i, job := range jobs {
		params[i].Args = job
		if kind := job.Kind(); !told[kind] {
			told[kind] = true
			payloads = append(payloads, fmt.Sprintf(`{"queue": %q}`, kind))
		}
	}
	// Not its fast variant: on PostgreSQL that fails where a job is there.
	if _, err := q.InsertManyTx(ctx, q.of(tx), params); err != nil {
		return fmt.Errorf("jobs: %w", err)
	}
	err := q.Driver().UnwrapExecutor(q.of(tx)).NotifyMany(ctx, &riverdriver.NotifyManyParams{Topic: topicInsert, Payload: payloads})
	if err != nil {
		return fmt.Errorf("jobs: %w", err)
	}
	return nil
}

func (q *riverQueue[T]) complete(ctx context.Context, tx *store.Tx, job *rivertype.JobRow) error {
	// The kind of arguments is of no matter: they are not looked at.
	_, err := river.JobCompleteTx[riverdriver.Driver[T]](ctx, q.of(tx), &river.Job[alertArgs]{JobRow: job})
	return err
}

func (q *riverQueue[T]) wake(ctx context.Context, tx *store.Tx) error {
	const most = 10_000 // River's limit; the others wake by themselves
	asleep, err := q.JobListTx(ctx, q.of(tx), river.NewJobListParams().
		States(rivertype.JobStateRetryable, rivertype.JobStateScheduled, rivertype.JobStateAvailable).First(most))
	if err != nil {
		return err
	}
	for _, job := range asleep.Jobs {
		if _, err := q.JobRetryTx(ctx, q.of(tx), job.ID); err != nil {
			return err
		}
	}
	return nil
}
