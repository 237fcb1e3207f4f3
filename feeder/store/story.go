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

// Told is a post with what it adds to its story.
type Told struct {
	Post       waggle.Post
	Joined     string // why it belongs; empty for the story's first post
	Indicators []ioc.Indicator
	Keys       []Key
}

// Tell stores the story's head as the post left it, the post as its newest
// member, and the post's indicators; the post has met its fate then. The
// story's Revision must be one more than it was.
func (t *Tx) Tell(ctx context.Context, head waggle.Story, told Told, reason string, now time.Time) error {
	ref := told.Post.Ref()
	err := t.saveHead(ctx, head, now)
	if err == nil {
		err = insert(ctx, t.tx, "members (story, ref, revision, joined)", "", [][]any{{head.ID, ref, head.Revision, told.Joined}})
	}
	if err == nil {
		err = t.saveIndicators(ctx, head, ref, told.Indicators)
	}
	if err == nil {
		err = t.saveKeys(ctx, head.ID, told.Keys, told.Post.When())
	}
	if err == nil {
		err = t.settle(ctx, ref, waggle.Told, reason, head.ID)
	}
	if err != nil {
		return fmt.Errorf("store: story %s: %w", head.ID, err)
	}
	return nil
}

func (t *Tx) saveHead(ctx context.Context, s waggle.Story, now time.Time) error {
	tags, err := encode(s.Tags)
	if err != nil {
		return err
	}
	reasons, err := encode(s.Reasons)
	if err != nil {
		return err
	}
	_, err = t.tx.ExecContext(ctx, `
		INSERT INTO stories (id, title, summary, source, url, score, severity, tlp, pap, tags, reasons, first, last, revision, waiting, judged, unjudged)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $15)
		ON CONFLICT (id) DO UPDATE SET title = excluded.title, summary = excluded.summary, source = excluded.source, url = excluded.url,
			score = excluded.score, severity = excluded.severity, tlp = excluded.tlp, pap = excluded.pap, tags = excluded.tags,
			reasons = excluded.reasons, first = excluded.first, last = excluded.last, revision = excluded.revision, judged = excluded.judged,
			unjudged = CASE WHEN stories.unjudged = 0 THEN excluded.unjudged ELSE stories.unjudged END,
			waiting = CASE WHEN stories.alert_revision = stories.revision THEN excluded.waiting ELSE stories.waiting END`,
		s.ID, s.Title, s.Summary, s.Source, s.URL, s.Score, s.Severity, s.TLP, s.PAP, tags, reasons,
		stamp(s.First), stamp(s.Last), s.Revision, now.UnixMicro(), s.Judged)
	return err
}

func (t *Tx) saveIndicators(ctx context.Context, s waggle.Story, ref string, found []ioc.Indicator) error {
	rows := make([][]any, len(found))
	for i, f := range found {
		body, err := encode(f)
		if err != nil {
			return err
		}
		rows[i] = []any{s.ID, f.Kind, f.Value, ref, s.Revision, i, body}
	}
	return insert(ctx, t.tx, "indicators (story, kind, value, ref, revision, position, body)", "ON CONFLICT DO NOTHING", rows)
}

// Story gives a story with its posts and indicators; waggle.ErrNotFound if it
// is not known.
func (s *Store) Story(ctx context.Context, id string) (waggle.Story, error) {
	return loadStory(ctx, s.read, id)
}

// Story is [Store.Story] as the transaction sees it.
func (t *Tx) Story(ctx context.Context, id string) (waggle.Story, error) {
	return loadStory(ctx, t.tx, id)
}

// Head is [Tx.Story] without posts and indicators.
func (t *Tx) Head(ctx context.Context, id string) (waggle.Story, error) {
	return loadHead(ctx, t.tx, id)
}

const headColumns = `id, title, summary, source, url, score, severity, tlp, pap, tags, reasons, first, last, revision,
	alert_id, alert_revision, alert_at, alert_error, alert_next, alert_tries, judged, verdict, verdict_why`

func scanHead(row interface{ Scan(...any) error }) (waggle.Story, error) {
	var s waggle.Story
	var tags, reasons string
	var v waggle.Verdict
	err := row.Scan(&s.ID, &s.Title, &s.Summary, &s.Source, &s.URL, &s.Score, &s.Severity, &s.TLP, &s.PAP, &tags, &reasons,
		moment{&s.First}, moment{&s.Last}, &s.Revision,
		&s.Alert.ID, &s.Alert.Revision, moment{&s.Alert.At}, &s.Alert.Error, moment{&s.Alert.Next}, &s.Alert.Tries,
		&s.Judged, &v.Level, &v.Why)
	if v.Level != "" {
		s.Verdict = &v
	}
	return s, errors.Join(err, decode(tags, &s.Tags), decode(reasons, &s.Reasons))
}

func loadHead(ctx context.Context, q querier, id string) (waggle.Story, error) {
	s, err := scanHead(q.QueryRowContext(ctx, `SELECT `+headColumns+` FROM stories WHERE id = $1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return waggle.Story{}, fmt.Errorf("story %s: %w", id, waggle.ErrNotFound)
	}
	if err != nil {
		return waggle.Story{}, fmt.Errorf("store: story %s: %w", id, err)
	}
	return s, nil
}

func loadStory(ctx context.Context, q querier, id string) (waggle.Story, error) {
	s, err := loadHead(ctx, q, id)
	if err != nil {
		return waggle.Story{}, err
	}
	err = fill(ctx, q, &s)
	return s, err
}

// fill adds a story's posts, in the order they joined, its indicators, in the
// order of the posts and of their texts, with their verdicts, and its actions.
func fill(ctx context.Context, q querier, s *waggle.Story) error {
	var err error
	s.Posts, err = list(ctx, q, func(rows *sql.Rows) (m waggle.Member, err error) {
		return m, rows.Scan(&m.Ref, &m.Source, &m.URL, &m.Title, moment{&m.Published}, &m.Score, &m.Joined)
	}, `SELECT p.ref, p.source, p.url, p.title, p.occurred, p.score, m.joined
		FROM members m JOIN posts p ON p.ref = m.ref WHERE m.story = $1 ORDER BY m.revision`, s.ID)
	if err != nil {
		return err
	}
	if s.Indicators, err = loadIndicators(ctx, q, s.ID); err != nil {
		return err
	}
	if err := fillVerdicts(ctx, q, s); err != nil {
		return err
	}
	s.Actions, err = actionsOf(ctx, q, s.ID)
	return err
}

func loadIndicators(ctx context.Context, q querier, story string) ([]waggle.Indicator, error) {
	type row struct {
		ref, body string
		revision  int
		found     ioc.Indicator
	}
	rows, err := list(ctx, q, func(rows *sql.Rows) (r row, err error) {
		err = rows.Scan(&r.ref, &r.revision, &r.body)
		return r, errors.Join(err, decode(r.body, &r.found))
	}, `SELECT ref, revision, body FROM indicators WHERE story = $1 ORDER BY revision, position`, story)
	if err != nil {
		return nil, err
	}
	type value struct {
		kind  ioc.Kind
		value string
	}
	at := map[value]int{}
	all := []waggle.Indicator{}
	for _, r := range rows {
		v := value{r.found.Kind, r.found.Value}
		i, known := at[v]
		if !known {
			i = len(all)
			at[v] = i
			all = append(all, waggle.Indicator{Indicator: r.found, Revision: r.revision})
		}
		all[i].Posts = append(all[i].Posts, r.ref)
	}
	return all, nil
}
