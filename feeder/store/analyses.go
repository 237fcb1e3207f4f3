package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/waggle-cti/waggle/feeder/waggle"
)

// OpenAnalyses counts the analyses that are not over.
type OpenAnalyses struct {
	Stories int       // whose analyses are still to be chosen
	Waiting int       // to be run as soon as Cortex takes them
	Running int       // that Cortex has
	Held    int       // put off: by a budget, a rate limit, or a failure
	Next    time.Time // when the first of those may be run; zero without any
}

// Open tells whether any is to be worked on now.
func (o OpenAnalyses) Open() bool { return o.Stories+o.Waiting+o.Running > 0 }

// OpenAnalyses counts what is not over, as seen at the time.
func (s *Store) OpenAnalyses(ctx context.Context, now time.Time) (OpenAnalyses, error) {
	return openAnalyses(ctx, s.read, now)
}

// OpenAnalyses is [Store.OpenAnalyses] as the transaction sees it.
func (t *Tx) OpenAnalyses(ctx context.Context, now time.Time) (OpenAnalyses, error) {
	return openAnalyses(ctx, t.tx, now)
}

func openAnalyses(ctx context.Context, q querier, now time.Time) (OpenAnalyses, error) {
	var o OpenAnalyses
	err := q.QueryRowContext(ctx, `
		SELECT (SELECT COUNT(*) FROM enrichments WHERE chosen < wanted),
		       COALESCE(SUM(CASE WHEN state = $1 AND (due <= $2 OR due > $3) THEN 1 ELSE 0 END), 0),
		       COALESCE(SUM(CASE WHEN state = $4 THEN 1 ELSE 0 END), 0),
		       COALESCE(SUM(CASE WHEN state = $1 AND due > $2 AND due <= $3 THEN 1 ELSE 0 END), 0),
		       COALESCE(MIN(CASE WHEN state = $1 AND due > $2 AND due <= $3 THEN due END), 0)
		FROM analyses WHERE state IN ('waiting', 'running')`,
		waggle.AnalysisWaiting, stamp(now), stamp(now.Add(longestHold)), waggle.AnalysisRunning).
		Scan(&o.Stories, &o.Waiting, &o.Running, &o.Held, moment{&o.Next})
	if err != nil {
		return OpenAnalyses{}, fmt.Errorf("store: analyses: %w", err)
	}
	return o, nil
}

// addAnalyses adds to the indicators of stories what analyzers said of them.
func addAnalyses(ctx context.Context, q querier, stories []string, indicators map[string][]waggle.Indicator) error {
	f := &filter{}
	f.among(`story`, stories)
	of := map[value][]waggle.Analysis{} // by kind and value alone
	_, err := list(ctx, q, func(rows *sql.Rows) (struct{}, error) {
		a, err := scanAnalysis(rows)
		v := value{kind: a.Kind, value: a.Value}
		of[v] = append(of[v], a)
		return struct{}{}, err
	}, `SELECT `+analysisColumns+` FROM (SELECT DISTINCT kind, value FROM indicators`+f.where()+`) i
		JOIN analyses a USING (kind, value) ORDER BY analyzer`, f.args...)
	if err != nil || len(of) == 0 {
		return err
	}
	for _, all := range indicators {
		for n, i := range all {
			all[n].Analyses = of[value{kind: i.Kind, value: i.Value}]
		}
	}
	return nil
}

// loadAnalysisNotes says of stories what is not analysed, and why.
func loadAnalysisNotes(ctx context.Context, q querier, stories []string) (map[string]string, error) {
	f := &filter{}
	f.among(`story`, stories)
	notes := map[string]string{}
	_, err := list(ctx, q, func(rows *sql.Rows) (struct{}, error) {
		var story, note string
		err := rows.Scan(&story, &note)
		notes[story] = note
		return struct{}{}, err
	}, `SELECT story, note FROM enrichments`+f.where(), f.args...)
	return notes, err
}
