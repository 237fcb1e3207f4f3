package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/waggle-cti/waggle/feeder/waggle"
)

// JudgeAnew notes that there is something new to judge of a story: its analyses
// are over, or what they are weighed by has changed. The job that judges is the
// caller's to insert.
func (t *Tx) JudgeAnew(ctx context.Context, story string, now time.Time) error {
	_, err := t.tx.ExecContext(ctx, `UPDATE stories SET unjudged = $2 WHERE id = $1 AND unjudged = 0`, story, now.UnixMicro())
	return wrapStory(story, err)
}

// Unjudged gives the ids of stories of which there is something new to judge,
// the longest waiting first; n at most.
func (t *Tx) Unjudged(ctx context.Context, n int) ([]string, error) {
	return list(ctx, t.tx, func(rows *sql.Rows) (id string, err error) {
		return id, rows.Scan(&id)
	}, `SELECT id FROM stories WHERE unjudged > 0 ORDER BY unjudged, id LIMIT $1`, n)
}

// CountUnjudged counts the stories of which there is something new to judge.
func (s *Store) CountUnjudged(ctx context.Context) (n int, err error) {
	if err := s.read.QueryRowContext(ctx, `SELECT COUNT(*) FROM stories WHERE unjudged > 0`).Scan(&n); err != nil {
		return 0, fmt.Errorf("store: %w", err)
	}
	return n, nil
}

// SetVerdict stores the verdicts of a story and its values, and its severity,
// as judged has them. Where that differs from what held has, the story as it was
// read in this transaction, the story has a new revision for TheHive, and
// changed is true.
func (t *Tx) SetVerdict(ctx context.Context, held, judged waggle.Story, now time.Time) (changed bool, err error) {
	rows := [][]any{}
	for n, i := range judged.Indicators {
		if v := i.Verdict; v != nil && (held.Indicators[n].Verdict == nil || *held.Indicators[n].Verdict != *v) {
			rows = append(rows, []any{judged.ID, i.Kind, i.Value, v.Level, validText(v.Why)})
		}
	}
	v := waggle.Verdict{}
	if judged.Verdict != nil {
		v = *judged.Verdict
	}
	changed = len(rows) > 0 || held.Severity != judged.Severity || v.Level != "" && (held.Verdict == nil || *held.Verdict != v)
	if !changed {
		_, err = t.tx.ExecContext(ctx, `UPDATE stories SET unjudged = 0 WHERE id = $1`, judged.ID)
		return false, wrapStory(judged.ID, err)
	}
	t.changed(waggle.ChangedStories)
	err = insert(ctx, t.tx, "verdicts (story, kind, value, level, why)",
		"ON CONFLICT (story, kind, value) DO UPDATE SET level = excluded.level, why = excluded.why", rows)
	if err == nil {
		_, err = t.tx.ExecContext(ctx, `
			UPDATE stories SET severity = $2, verdict = $3, verdict_why = $4, unjudged = 0, revision = revision + 1, reviews = reviews + 1,
				waiting = CASE WHEN alert_revision = revision THEN $5 ELSE waiting END
			WHERE id = $1`, judged.ID, judged.Severity, v.Level, validText(v.Why), now.UnixMicro())
	}
	return true, wrapStory(judged.ID, err)
}

// addVerdicts adds the verdicts of the stories' values to them.
func addVerdicts(ctx context.Context, q querier, stories []string, indicators map[string][]waggle.Indicator) error {
	f := &filter{}
	f.among(`story`, stories)
	of := map[value]*waggle.Verdict{}
	_, err := list(ctx, q, func(rows *sql.Rows) (struct{}, error) {
		var at value
		var v waggle.Verdict
		err := rows.Scan(&at.story, &at.kind, &at.value, &v.Level, &v.Why)
		of[at] = &v
		return struct{}{}, err
	}, `SELECT story, kind, value, level, why FROM verdicts`+f.where(), f.args...)
	if err != nil || len(of) == 0 {
		return err
	}
	for story, all := range indicators {
		for n, i := range all {
			all[n].Verdict = of[value{story, i.Kind, i.Value}]
		}
	}
	return nil
}

func wrapStory(id string, err error) error {
	if err != nil {
		return fmt.Errorf("store: story %s: %w", id, err)
	}
	return nil
}
