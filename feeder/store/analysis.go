package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/ioc"
)

// Task is an analysis with what it takes to run it.
type Task struct {
	waggle.Analysis
	DataType string // of the value, as Cortex is sent it
	TLP, PAP int
	Tries    int // that failed
}

// Wanted is an analysis that a story is to have.
type Wanted struct {
	Kind     ioc.Kind
	Value    string
	Analyzer string
	DataType string
	TLP, PAP int
}

// WantAnalyses notes that a story is to be analysed as it is at a revision.
func (t *Tx) WantAnalyses(ctx context.Context, story string, revision int, now time.Time) error {
	_, err := t.tx.ExecContext(ctx, `
		INSERT INTO enrichments (story, wanted, waiting) VALUES ($1, $2, $3)
		ON CONFLICT (story) DO UPDATE SET wanted = excluded.wanted,
			waiting = CASE WHEN enrichments.chosen >= enrichments.wanted THEN excluded.waiting ELSE enrichments.waiting END`,
		story, revision, now.UnixMicro())
	return wrapStory(story, err)
}

// NextUnchosen gives the story that has waited longest for its analyses to be
// chosen; waggle.ErrNotFound if there is none.
func (s *Store) NextUnchosen(ctx context.Context) (waggle.Story, error) {
	var id string
	err := s.read.QueryRowContext(ctx, `SELECT story FROM enrichments WHERE chosen < wanted ORDER BY waiting, story LIMIT 1`).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return waggle.Story{}, fmt.Errorf("a story to analyse: %w", waggle.ErrNotFound)
	}
	if err != nil {
		return waggle.Story{}, fmt.Errorf("store: %w", err)
	}
	return s.Story(ctx, id)
}

// Freshness says until when an analysis need not be made again.
type Freshness struct {
	Done   time.Time // it gave a report since then
	Failed time.Time // it gave none, and was tried since then
}

// ChooseAnalyses notes what a story's revision is to have: those that are there
// and fresh stay, the others wait to be run. note says what is left out, and why.
func (t *Tx) ChooseAnalyses(ctx context.Context, story string, revision int, wanted []Wanted, note string, fresh Freshness, now time.Time) error {
	for _, w := range wanted {
		_, err := t.tx.ExecContext(ctx, `
			INSERT INTO analyses (kind, value, analyzer, data_type, tlp, pap, state, at, waiting) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
			ON CONFLICT (kind, value, analyzer) DO UPDATE SET data_type = excluded.data_type, tlp = excluded.tlp, pap = excluded.pap,
				state = excluded.state, job = '', note = '', observable = '', direct = '', at = excluded.at, waiting = excluded.waiting, due = 0, tries = 0
			WHERE (analyses.state = $10 AND analyses.at < $11) OR (analyses.state IN ($12, $13) AND analyses.at < $14)`,
			w.Kind, w.Value, w.Analyzer, w.DataType, w.TLP, w.PAP, waggle.AnalysisWaiting, stamp(now), now.UnixMicro(),
			waggle.AnalysisDone, stamp(fresh.Done), waggle.AnalysisFailed, waggle.AnalysisSkipped, stamp(fresh.Failed))
		if err != nil {
			return wrapStory(story, err)
		}
	}
	t.changed(waggle.ChangedStories)
	_, err := t.tx.ExecContext(ctx, `
		UPDATE enrichments SET chosen = $2, note = $3, look = 1, waiting = $4 WHERE story = $1`, story, revision, note, now.UnixMicro())
	return wrapStory(story, err)
}

// longestHold is the longest that an analysis is put off. One whose time is
// further away got it from a clock that was wrong, and is due.
const longestHold = 25 * time.Hour

// DueAnalyses gives the analyses that wait to be run and may be now, the one
// that has waited longest first.
func (s *Store) DueAnalyses(ctx context.Context, n int, now time.Time) ([]Task, error) {
	return tasks(ctx, s.read, `WHERE state = $1 AND (due <= $2 OR due > $3) ORDER BY waiting, kind, value, analyzer LIMIT $4`,
		waggle.AnalysisWaiting, stamp(now), stamp(now.Add(longestHold)), n)
}

// RunningAnalyses gives the analyses that Cortex has, or may have, the oldest
// first.
func (s *Store) RunningAnalyses(ctx context.Context) ([]Task, error) {
	return tasks(ctx, s.read, `WHERE state = $1 ORDER BY at, kind, value, analyzer`, waggle.AnalysisRunning)
}

func tasks(ctx context.Context, q querier, rest string, args ...any) ([]Task, error) {
	return list(ctx, q, func(rows *sql.Rows) (k Task, err error) {
		k.Analysis, err = scanAnalysis(rows, &k.DataType, &k.TLP, &k.PAP, &k.Tries)
		return k, err
	}, `SELECT `+analysisColumns+`, data_type, tlp, pap, tries FROM analyses `+rest, args...)
}

const analysisColumns = `kind, value, analyzer, state, taxonomies, artifacts, job, note, observable, direct, at, due`

func scanAnalysis(row interface{ Scan(...any) error }, more ...any) (waggle.Analysis, error) {
	var a waggle.Analysis
	var taxonomies string
	err := row.Scan(append([]any{&a.Kind, &a.Value, &a.Analyzer, &a.State, &taxonomies, &a.Artifacts, &a.Job, &a.Note, &a.Observable, &a.Direct, moment{&a.At}, moment{&a.Due}}, more...)...)
	return a, errors.Join(err, decode(taxonomies, &a.Taxonomies))
}

// SetAnalysis records how far an analysis has come. One that is over makes the
// stories that name its value be looked at, see [Tx.SettleStories].
func (t *Tx) SetAnalysis(ctx context.Context, k Task) error {
	taxonomies := ""
	if len(k.Taxonomies) > 0 {
		var err error
		if taxonomies, err = encode(k.Taxonomies); err != nil {
			return err
		}
	}
	_, err := t.tx.ExecContext(ctx, `
		UPDATE analyses SET state = $4, job = $5, taxonomies = $6, artifacts = $7, note = $8, at = $9, due = $10, tries = $11,
			observable = $12, direct = $13
		WHERE kind = $1 AND value = $2 AND analyzer = $3`,
		k.Kind, k.Value, k.Analyzer, k.State, k.Job, taxonomies, k.Artifacts, k.Note, stamp(k.At), stamp(k.Due), k.Tries,
		k.Observable, validText(k.Direct))
	if err == nil && k.State != waggle.AnalysisRunning {
		_, err = t.tx.ExecContext(ctx, `UPDATE enrichments SET look = 1 WHERE story IN (SELECT story FROM indicators WHERE kind = $1 AND value = $2)`, k.Kind, k.Value)
	}
	if err != nil {
		return fmt.Errorf("store: analysis by %s: %w", k.Analyzer, err)
	}
	t.changed(waggle.ChangedStories)
	return nil
}

// AskAgain makes what Cortex itself was asked about a story's values wait to be
// asked through TheHive, and tells whether there was anything.
func (t *Tx) AskAgain(ctx context.Context, story string, now time.Time) (any bool, err error) {
	result, err := t.tx.ExecContext(ctx, `
		UPDATE analyses SET state = $2, job = '', note = '', at = $3, waiting = $4, due = 0, tries = 0
		WHERE state = $5 AND observable = '' AND direct = ''
			AND EXISTS (SELECT 1 FROM indicators i WHERE i.story = $1 AND i.kind = analyses.kind AND i.value = analyses.value)`,
		story, waggle.AnalysisWaiting, stamp(now), now.UnixMicro(), waggle.AnalysisDone)
	if err != nil {
		return false, wrapStory(story, err)
	}
	n, err := result.RowsAffected()
	if n > 0 {
		t.changed(waggle.ChangedStories)
	}
	return n > 0, wrapStory(story, err)
}

// ForgetAnalyses drops analyses that were over before then, of values that no story
// with a newer post names, and the counts of days before; n analyses at most. What
// they came to stays, as the verdicts of the stories. It gives how many there were.
func (t *Tx) ForgetAnalyses(ctx context.Context, before time.Time, n int) (analyses int, err error) {
	gone, err := list(ctx, t.tx, func(rows *sql.Rows) (analyzer string, err error) {
		return analyzer, rows.Scan(&analyzer)
	}, `DELETE FROM analyses WHERE (kind, value, analyzer) IN (
			SELECT kind, value, analyzer FROM analyses a WHERE state NOT IN ($1, $2) AND at < $3
				AND NOT EXISTS (SELECT 1 FROM indicators i JOIN stories s ON s.id = i.story WHERE i.kind = a.kind AND i.value = a.value AND s.last >= $3)
			LIMIT $4) RETURNING analyzer`,
		waggle.AnalysisWaiting, waggle.AnalysisRunning, stamp(before), n)
	if err != nil {
		return 0, err
	}
	if _, err := t.tx.ExecContext(ctx, `DELETE FROM analyzer_days WHERE day < $1`, before.UTC().Format(time.DateOnly)); err != nil {
		return 0, fmt.Errorf("store: %w", err)
	}
	return len(gone), nil
}

// AlertOf is where TheHive has a value.
type AlertOf struct {
	ID       string // of the alert; empty = the story has none
	Revision int    // of the story that TheHive holds
	Holds    bool   // that revision has the value
	Failing  bool   // TheHive did not take the last one
}

// mostAlerts bounds the alerts that are looked through for a value.
const mostAlerts = 5

// AlertsOf gives the alerts of the stories that name a value, those of the newest
// stories first.
func (s *Store) AlertsOf(ctx context.Context, kind ioc.Kind, value string) ([]AlertOf, error) {
	return list(ctx, s.read, func(rows *sql.Rows) (a AlertOf, err error) {
		var first int
		var failure string
		err = rows.Scan(&a.ID, &a.Revision, &first, &failure)
		a.Holds, a.Failing = a.Revision >= first, failure != ""
		return a, err
	}, `SELECT s.alert_id, s.alert_revision, i.first, s.alert_error
		FROM (SELECT story, MIN(revision) AS first FROM indicators WHERE kind = $1 AND value = $2 GROUP BY story) i
		JOIN stories s ON s.id = i.story ORDER BY s.last DESC, s.id LIMIT $3`, kind, value, mostAlerts)
}

// HoldAnalyzer puts off everything that waits for an analyzer.
func (t *Tx) HoldAnalyzer(ctx context.Context, analyzer, note string, until time.Time) error {
	t.changed(waggle.ChangedStories)
	_, err := t.tx.ExecContext(ctx, `
		UPDATE enrichments SET look = 1 WHERE story IN (SELECT i.story FROM analyses a JOIN indicators i ON i.kind = a.kind AND i.value = a.value
			WHERE a.state = $1 AND a.analyzer = $2)`, waggle.AnalysisWaiting, analyzer)
	if err == nil {
		_, err = t.tx.ExecContext(ctx, `UPDATE analyses SET due = $3, note = $4 WHERE state = $1 AND analyzer = $2`,
			waggle.AnalysisWaiting, analyzer, stamp(until), note)
	}
	if err != nil {
		return fmt.Errorf("store: analyzer %s: %w", analyzer, err)
	}
	return nil
}

// CountRun counts that an analyzer is asked once more on a day.
func (t *Tx) CountRun(ctx context.Context, analyzer string, day time.Time) error {
	_, err := t.tx.ExecContext(ctx, `
		INSERT INTO analyzer_days (day, analyzer, runs) VALUES ($1, $2, 1)
		ON CONFLICT (day, analyzer) DO UPDATE SET runs = analyzer_days.runs + 1`,
		day.UTC().Format(time.DateOnly), analyzer)
	if err != nil {
		return fmt.Errorf("store: analyzer %s: %w", analyzer, err)
	}
	return nil
}

// Runs tells how often an analyzer was asked on a day.
func (s *Store) Runs(ctx context.Context, analyzer string, day time.Time) (runs int, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT runs FROM analyzer_days WHERE day = $1 AND analyzer = $2`, day.UTC().Format(time.DateOnly), analyzer).Scan(&runs)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("store: analyzer %s: %w", analyzer, err)
	}
	return runs, nil
}

// SettleStories gives the stories of which no analysis is open that may end
// before then, each once after something about it changed. What is put off
// until later does not hold a story up: it settles again when that is over.
func (t *Tx) SettleStories(ctx context.Context, before time.Time) ([]string, error) {
	settled, err := list(ctx, t.tx, func(rows *sql.Rows) (story string, err error) {
		return story, rows.Scan(&story)
	}, `UPDATE enrichments SET settled = settled + 1, look = 0
		WHERE look = 1 AND chosen > 0 AND NOT EXISTS (SELECT 1 FROM indicators i JOIN analyses a ON a.kind = i.kind AND a.value = i.value
			WHERE i.story = enrichments.story AND (a.state = $1 OR (a.state = $2 AND a.due < $3)))
		RETURNING story`, waggle.AnalysisRunning, waggle.AnalysisWaiting, stamp(before))
	if err != nil {
		return nil, err
	}
	if _, err := t.tx.ExecContext(ctx, `UPDATE enrichments SET look = 0 WHERE look = 1`); err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	return settled, nil
}
