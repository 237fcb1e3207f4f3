package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/ioc"
)

// pageSize is the rows of a page when the query does not say.
const pageSize = 50

// Stories gives a page of the stories that the query chooses, with their
// posts and indicators, and how many it chooses in all.
func (s *Store) Stories(ctx context.Context, q waggle.StoryQuery) ([]waggle.Story, int, error) {
	f := s.storyFilter(q)
	var total int
	if err := s.read.QueryRowContext(ctx, `SELECT COUNT(*) FROM stories s`+f.where(), f.args...).Scan(&total); err != nil {
		return nil, 0, fmt.Errorf("store: stories: %w", err)
	}
	query := `SELECT ` + headColumns + ` FROM stories s` + f.where() + ` ORDER BY ` + storyOrder(q.Sort) +
		` LIMIT ` + f.arg(limit(q.Limit)) + ` OFFSET ` + f.arg(q.Offset)
	stories, err := list(ctx, s.read, func(rows *sql.Rows) (waggle.Story, error) { return scanHead(rows) }, query, f.args...)
	if err != nil {
		return nil, 0, err
	}
	for i := range stories {
		if err := fill(ctx, s.read, &stories[i]); err != nil {
			return nil, 0, err
		}
	}
	return stories, total, nil
}

func (s *Store) storyFilter(q waggle.StoryQuery) *filter {
	f := &filter{}
	if q.Severity > 0 {
		f.add(`s.severity >= ?`, q.Severity)
	}
	if q.Source != "" {
		f.add(`EXISTS (SELECT 1 FROM members m JOIN posts p ON p.ref = m.ref WHERE m.story = s.id AND p.source = ?)`, q.Source)
	}
	if q.Text != "" {
		condition, args := s.matching(q.Text)
		f.add(`(LOWER(s.title) LIKE ? ESCAPE '\' OR s.id IN (SELECT p.story FROM posts p WHERE p.story <> '' AND `+condition+`))`,
			append([]any{like(q.Text)}, args...)...)
	}
	if q.Indicator != "" {
		f.add(`EXISTS (SELECT 1 FROM indicators i WHERE i.story = s.id AND i.value = ?)`, plainValue(q.Indicator))
	}
	if !q.Since.IsZero() {
		f.add(`s.last >= ?`, stamp(q.Since))
	}
	return f
}

// plainValue is the value as the store has it, for one typed defanged, in
// capitals or with a trailing dot.
func plainValue(typed string) string {
	if found, ok := ioc.Parse(typed); ok {
		return found.Value
	}
	return typed
}

func storyOrder(by waggle.StorySort) string {
	switch by {
	case waggle.ByNewest:
		return `s.last DESC, s.id`
	case waggle.ByPosts:
		return `s.revision - s.reviews DESC, s.last DESC, s.id` // each post made one revision
	}
	return `s.score DESC, s.last DESC, s.id`
}

// Posts gives a page of the posts that the query chooses, without their
// findings, and how many it chooses in all.
func (s *Store) Posts(ctx context.Context, q waggle.PostQuery) ([]waggle.Record, int, error) {
	f := s.postFilter(q)
	var total int
	if err := s.read.QueryRowContext(ctx, `SELECT COUNT(*) FROM posts p`+f.where(), f.args...).Scan(&total); err != nil {
		return nil, 0, fmt.Errorf("store: posts: %w", err)
	}
	page := `SELECT p.ref FROM posts p` + f.where() + ` ORDER BY p.occurred DESC, p.ref`
	if q.Limit >= 0 {
		page += ` LIMIT ` + f.arg(limit(q.Limit)) + ` OFFSET ` + f.arg(q.Offset)
	}
	// What is skipped is skipped in the index, and not read.
	query := `SELECT p.ref, p.fate, p.reason, p.score, p.severity, p.story, c.post FROM posts p JOIN contents c ON c.ref = p.ref
		WHERE p.ref IN (` + page + `) ORDER BY p.occurred DESC, p.ref`
	records, err := list(ctx, s.read, func(rows *sql.Rows) (r waggle.Record, err error) {
		var post string
		err = rows.Scan(&r.Ref, &r.Fate, &r.Reason, &r.Score, &r.Severity, &r.Story, &post)
		err = errors.Join(err, decode(post, &r.Post))
		return r, err
	}, query, f.args...)
	return records, total, err
}

func (s *Store) postFilter(q waggle.PostQuery) *filter {
	f := &filter{}
	if q.Fate != "" {
		f.add(`p.fate = ?`, q.Fate)
	}
	if q.Source != "" {
		f.add(`p.source = ?`, q.Source)
	}
	if q.Text != "" {
		condition, args := s.matching(q.Text)
		f.add(condition, args...)
	}
	return f
}

// Post gives a post with all that is known of it; waggle.ErrNotFound if it is
// not known.
func (s *Store) Post(ctx context.Context, ref string) (waggle.Record, error) {
	var r waggle.Record
	var post, text, finding, judgement string
	err := s.read.QueryRowContext(ctx, `
		SELECT p.ref, p.fate, p.reason, p.score, p.severity, p.story, c.post, c.text, c.finding, c.judgement
		FROM posts p JOIN contents c ON c.ref = p.ref WHERE p.ref = $1`, ref).
		Scan(&r.Ref, &r.Fate, &r.Reason, &r.Score, &r.Severity, &r.Story, &post, &text, &finding, &judgement)
	if errors.Is(err, sql.ErrNoRows) {
		return waggle.Record{}, fmt.Errorf("post %s: %w", ref, waggle.ErrNotFound)
	}
	err = errors.Join(err, decode(post, &r.Post))
	if finding != "" {
		r.Finding = &waggle.Finding{}
		err = errors.Join(err, decode(finding, r.Finding))
		r.Finding.Text = text
	}
	if judgement != "" {
		r.Judgement = &waggle.Judgement{}
		err = errors.Join(err, decode(judgement, r.Judgement))
	}
	if err != nil {
		return waggle.Record{}, fmt.Errorf("store: post %s: %w", ref, err)
	}
	return r, nil
}

// Fates counts the posts by source and fate.
func (s *Store) Fates(ctx context.Context) (map[string]map[waggle.Fate]int, error) {
	counts := map[string]map[waggle.Fate]int{}
	_, err := list(ctx, s.read, func(rows *sql.Rows) (struct{}, error) {
		var source string
		var fate waggle.Fate
		var n int
		err := rows.Scan(&source, &fate, &n)
		if counts[source] == nil {
			counts[source] = map[waggle.Fate]int{}
		}
		counts[source][fate] = n
		return struct{}{}, err
	}, `SELECT source, fate, COUNT(*) FROM posts GROUP BY source, fate`)
	return counts, err
}

func limit(n int) int { return cmp.Or(n, pageSize) }
