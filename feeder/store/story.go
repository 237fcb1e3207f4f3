package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/ioc"
)

// Told is a post with what it adds to its story.
type Told struct {
	Post       waggle.Post
	Joined     string // why it belongs; empty for the story's first post
	Indicators []ioc.Indicator
	Lookups    []Key // by which the story is to be found from now on
	Keys       []Key // which it is compared by then
}

// Tell stores the story's head as the post left it, the post as its newest
// member, and the post's indicators; the post has met its fate then. The
// story's Revision must be one more than it was.
func (t *Tx) Tell(ctx context.Context, head waggle.Story, told Told, reason string, now time.Time) error {
	ref := told.Post.Ref()
	err := t.saveHead(ctx, head, now)
	if err == nil {
		err = t.saveMember(ctx, head, told)
	}
	if err == nil {
		err = t.saveIndicators(ctx, head, ref, told.Indicators)
	}
	if err == nil {
		err = t.saveLookups(ctx, head.ID, told.Lookups, told.Post.When())
	}
	if err == nil {
		err = t.settle(ctx, ref, waggle.Told, reason, head.ID)
	}
	if err != nil {
		return fmt.Errorf("store: story %s: %w", head.ID, err)
	}
	t.changed(waggle.ChangedStories)
	return nil
}

func (t *Tx) saveMember(ctx context.Context, head waggle.Story, told Told) error {
	keys, err := encodeKeys(told.Keys)
	if err != nil {
		return err
	}
	row := []any{head.ID, told.Post.Ref(), head.Revision, told.Joined, keys}
	return insert(ctx, t.tx, "members (story, ref, revision, joined, keys)", "", [][]any{row})
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
	stories, err := loadStories(ctx, q, []string{id})
	if err == nil && len(stories) == 0 {
		err = fmt.Errorf("story %s: %w", id, waggle.ErrNotFound)
	}
	if err != nil {
		return waggle.Story{}, err
	}
	return stories[0], nil
}

// loadStories gives stories with their posts, indicators, analyses, verdicts and actions,
// in the order of the ids, without those that are not known.
func loadStories(ctx context.Context, q querier, ids []string) ([]waggle.Story, error) {
	f := &filter{}
	f.among(`id`, ids)
	heads, err := list(ctx, q, func(rows *sql.Rows) (waggle.Story, error) { return scanHead(rows) }, `SELECT `+headColumns+` FROM stories`+f.where(), f.args...)
	if err != nil {
		return nil, err
	}
	posts, err := loadMembers(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	indicators, err := loadIndicators(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	if err := addVerdicts(ctx, q, ids, indicators); err != nil {
		return nil, err
	}
	if err := addAnalyses(ctx, q, ids, indicators); err != nil {
		return nil, err
	}
	notes, err := loadAnalysisNotes(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	actions, err := loadActions(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	for i, s := range heads {
		heads[i].Posts, heads[i].Indicators, heads[i].Actions = posts[s.ID], append([]waggle.Indicator{}, indicators[s.ID]...), actions[s.ID]
		heads[i].AnalysisNote = notes[s.ID]
	}
	slices.SortFunc(heads, func(a, b waggle.Story) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
	return heads, nil
}

// loadMembers gives the posts of stories, in the order they joined.
func loadMembers(ctx context.Context, q querier, stories []string) (map[string][]waggle.Member, error) {
	f := &filter{}
	f.among(`m.story`, stories)
	posts := map[string][]waggle.Member{}
	_, err := list(ctx, q, func(rows *sql.Rows) (struct{}, error) {
		var story string
		var m waggle.Member
		err := rows.Scan(&story, &m.Ref, &m.Source, &m.URL, &m.Title, moment{&m.Published}, &m.Score, &m.Joined)
		posts[story] = append(posts[story], m)
		return struct{}{}, err
	}, `SELECT m.story, p.ref, p.source, p.url, p.title, p.occurred, p.score, m.joined
		FROM members m JOIN posts p ON p.ref = m.ref`+f.where()+` ORDER BY m.story, m.revision`, f.args...)
	return posts, err
}

// value is a value of a story.
type value struct {
	story string
	kind  ioc.Kind
	value string
}

// loadIndicators gives the indicators of stories, in the order of the posts and
// of their texts.
func loadIndicators(ctx context.Context, q querier, stories []string) (map[string][]waggle.Indicator, error) {
	f := &filter{}
	f.among(`story`, stories)
	at := map[value]int{}
	all := map[string][]waggle.Indicator{}
	_, err := list(ctx, q, func(rows *sql.Rows) (struct{}, error) {
		var v value
		var ref, body string
		var revision int
		if err := rows.Scan(&v.story, &v.kind, &v.value, &ref, &revision, &body); err != nil {
			return struct{}{}, err
		}
		known := all[v.story]
		if i, ok := at[v]; ok {
			known[i].Posts = append(known[i].Posts, ref)
			return struct{}{}, nil
		}
		var found ioc.Indicator
		err := decode(body, &found)
		at[v] = len(known)
		all[v.story] = append(known, waggle.Indicator{Indicator: found, Revision: revision, Posts: []string{ref}})
		return struct{}{}, err
	}, `SELECT story, kind, value, ref, revision, body FROM indicators`+f.where()+` ORDER BY story, revision, position`, f.args...)
	return all, err
}
