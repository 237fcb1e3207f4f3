package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/waggle-cti/waggle/feeder/waggle"
)

// Demand adds the actions that a story has not had demanded before, and tells
// whether there were any.
func (t *Tx) Demand(ctx context.Context, story string, actions []waggle.Action, now time.Time) (fresh bool, err error) {
	for _, a := range actions {
		result, err := t.tx.ExecContext(ctx, `
			INSERT INTO actions (story, name, rule, state, revision, at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (story, name) DO NOTHING`,
			story, a.Name, validText(a.Rule), waggle.ActionWanted, a.Revision, stamp(now))
		if err != nil {
			return false, wrapStory(story, err)
		}
		n, err := result.RowsAffected()
		if err != nil {
			return false, wrapStory(story, err)
		}
		fresh = fresh || n > 0
	}
	if fresh {
		t.changed(waggle.ChangedStories)
	}
	return fresh, nil
}

// Update has the actions done again that a story has outgrown, see
// [waggle.ActionName.Repeats], each so long after it was done the last time. It
// tells whether there were any.
func (t *Tx) Update(ctx context.Context, story string, every time.Duration, now time.Time) (any bool, err error) {
	result, err := t.tx.ExecContext(ctx, `
		UPDATE actions SET state = $2, error = '', tries = 0, at = $4,
			next = CASE WHEN at + $3 > $4 THEN at + $3 ELSE 0 END, revision = (SELECT revision FROM stories WHERE id = $1)
		WHERE story = $1 AND name = $5 AND state = $6 AND revision < (SELECT revision FROM stories WHERE id = $1)`,
		story, waggle.ActionWanted, every.Milliseconds(), stamp(now), waggle.ToMISP, waggle.ActionDone)
	if err != nil {
		return false, wrapStory(story, err)
	}
	n, err := result.RowsAffected()
	if n > 0 {
		t.changed(waggle.ChangedStories)
	}
	return n > 0, wrapStory(story, err)
}

// NextAction gives the action that is to be gone on with now and has waited
// longest, with its story; waggle.ErrNotFound if there is none. One whose time is
// more than a day away got it from a clock that was wrong, and is due.
func (t *Tx) NextAction(ctx context.Context, now time.Time) (waggle.Story, waggle.Action, error) {
	var story string
	a, err := scanAction(t.tx.QueryRowContext(ctx, `
		SELECT `+actionColumns+`, story FROM actions WHERE state IN ('wanted', 'running') AND (next <= $1 OR next > $2) ORDER BY next, at, story, name LIMIT 1`,
		stamp(now), stamp(now.Add(longestHold))), &story)
	if errors.Is(err, sql.ErrNoRows) {
		return waggle.Story{}, waggle.Action{}, fmt.Errorf("an action: %w", waggle.ErrNotFound)
	}
	if err != nil {
		return waggle.Story{}, waggle.Action{}, fmt.Errorf("store: actions: %w", err)
	}
	s, err := t.Story(ctx, story)
	return s, a, err
}

// SetAction records how far an action has come.
func (t *Tx) SetAction(ctx context.Context, story string, a waggle.Action) error {
	t.changed(waggle.ChangedStories)
	_, err := t.tx.ExecContext(ctx, `UPDATE actions SET state = $3, ref = $4, note = $5, error = $6, tries = $7, next = $8, at = $9, revision = $10, times = $11 WHERE story = $1 AND name = $2`,
		story, a.Name, a.State, a.Ref, validText(a.Note), validText(a.Error), a.Tries, stamp(a.Next), stamp(a.At), a.Revision, a.Times)
	return wrapStory(story, err)
}

// OpenActions counts the actions that are not over, and tells when the first of
// them is to be gone on with.
func (t *Tx) OpenActions(ctx context.Context) (n int, first time.Time, err error) {
	err = t.tx.QueryRowContext(ctx, `SELECT COUNT(*), COALESCE(MIN(next), 0) FROM actions WHERE state IN ('wanted', 'running')`).Scan(&n, moment{&first})
	if err != nil {
		return 0, time.Time{}, fmt.Errorf("store: actions: %w", err)
	}
	return n, first, nil
}

// UntroubledActions counts the actions that are not over, whose last try did not
// fail, if there was one since [Tx.RetryActions], and that do not wait for the
// time of an update.
func (s *Store) UntroubledActions(ctx context.Context, now time.Time) (n int, err error) {
	err = s.read.QueryRowContext(ctx, `
		SELECT COUNT(*) FROM actions WHERE state IN ('wanted', 'running') AND (error = '' OR next = 0) AND NOT (`+updates+` AND next > $1)`, stamp(now)).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("store: actions: %w", err)
	}
	return n, nil
}

// updates is the condition of actions that wait to be done once more, and have
// not been tried.
const updates = `state = 'wanted' AND times > 0 AND tries = 0 AND error = ''`

// RetryActions makes the actions that failed due: what they failed at may be
// mended by now.
func (t *Tx) RetryActions(ctx context.Context) error {
	if _, err := t.tx.ExecContext(ctx, `UPDATE actions SET next = 0 WHERE state IN ('wanted', 'running') AND next > 0 AND NOT (`+updates+`)`); err != nil {
		return fmt.Errorf("store: actions: %w", err)
	}
	return nil
}

const actionColumns = `name, rule, state, revision, ref, note, error, tries, next, at, times`

func scanAction(row interface{ Scan(...any) error }, more ...any) (a waggle.Action, err error) {
	return a, row.Scan(append([]any{&a.Name, &a.Rule, &a.State, &a.Revision, &a.Ref, &a.Note, &a.Error, &a.Tries, moment{&a.Next}, moment{&a.At}, &a.Times}, more...)...)
}

// loadActions gives the actions of stories, by name.
func loadActions(ctx context.Context, q querier, stories []string) (map[string][]waggle.Action, error) {
	f := &filter{}
	f.among(`story`, stories)
	actions := map[string][]waggle.Action{}
	_, err := list(ctx, q, func(rows *sql.Rows) (struct{}, error) {
		var story string
		a, err := scanAction(rows, &story)
		actions[story] = append(actions[story], a)
		return struct{}{}, err
	}, `SELECT `+actionColumns+`, story FROM actions`+f.where()+` ORDER BY story, name`, f.args...)
	return actions, err
}
