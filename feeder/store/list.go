package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/ioc"
)

// pageSize is the rows of a page when the query does not say.
const pageSize = 50

// Stories gives a page of the stories that the query chooses, with their
// posts and indicators, and how many it chooses in all; of those that a text is
// searched in, the ones of waggle.MostFound posts.
func (s *Store) Stories(ctx context.Context, q waggle.StoryQuery) (stories []waggle.Story, total int, err error) {
	f, order := s.storyFilter(q), storyOrder(q.Sort)
	var ids []string
	if q.Text != "" {
		ids, err = s.keys(ctx, `SELECT s.id FROM stories s`+f.where()+` ORDER BY `+order, f)
		total = len(ids)
		ids = cut(ids, q.Offset, q.Limit)
	} else {
		err = s.read.QueryRowContext(ctx, `SELECT COUNT(*) FROM stories s`+f.where(), f.args...).Scan(&total)
		if err == nil {
			ids, err = s.keys(ctx, `SELECT s.id FROM stories s`+f.where()+` ORDER BY `+order+` LIMIT `+f.arg(limit(q.Limit))+` OFFSET `+f.arg(q.Offset), f)
		}
	}
	if err != nil {
		return nil, 0, fmt.Errorf("store: stories: %w", err)
	}
	for some := range slices.Chunk(ids, batch) { // a statement takes so many arguments only
		part, err := loadStories(ctx, s.read, some)
		if err != nil {
			return nil, 0, fmt.Errorf("store: stories: %w", err)
		}
		stories = append(stories, part...)
	}
	return stories, total, nil
}

// keys reads a column of keys.
func (s *Store) keys(ctx context.Context, query string, f *filter) ([]string, error) {
	return list(ctx, s.read, func(rows *sql.Rows) (key string, err error) {
		return key, rows.Scan(&key)
	}, query, f.args...)
}

// cut is a page of what a search found: to search once and cut costs less than
// to search once more to count. A negative limit means all.
func cut(keys []string, offset, most int) []string {
	if most < 0 {
		return keys
	}
	return keys[min(offset, len(keys)):min(offset+limit(most), len(keys))]
}

func (s *Store) storyFilter(q waggle.StoryQuery) *filter {
	f := &filter{}
	if q.Severity > 0 {
		f.add(`s.severity >= ?`, q.Severity)
	}
	if q.Source != "" {
		f.add(`s.id IN (SELECT p.story FROM posts p WHERE p.source = ? AND p.story <> '')`, q.Source)
	}
	if q.Text != "" {
		posts := &filter{args: f.args}
		s.found(posts, q.Text, q.Source, waggle.Told)
		f.args = posts.args
		f.conditions = append(f.conditions, `s.id IN (SELECT p.story FROM posts p`+posts.where()+`)`)
	}
	if q.Indicator != "" {
		f.add(`s.id IN (SELECT i.story FROM indicators i WHERE i.value = ?)`, plainValue(q.Indicator))
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
// findings, and how many it chooses in all; of those that a text is searched in
// at most waggle.MostFound.
func (s *Store) Posts(ctx context.Context, q waggle.PostQuery) (posts []waggle.Record, total int, err error) {
	f := postFilter(q)
	if q.Text != "" {
		s.found(f, q.Text, q.Source, q.Fate)
		refs, err := s.keys(ctx, `SELECT p.ref FROM posts p`+f.where()+` ORDER BY `+newest, f)
		if total = len(refs); err != nil || total == 0 {
			return nil, 0, err
		}
		posts, err = s.loadPosts(ctx, cut(refs, q.Offset, q.Limit))
		return posts, total, err
	}
	err = s.read.QueryRowContext(ctx, `SELECT COALESCE(CAST(SUM(p.posts) AS BIGINT), 0) FROM counts p`+f.where(), f.args...).Scan(&total)
	if err != nil {
		return nil, 0, fmt.Errorf("store: posts: %w", err)
	}
	if q.Limit < 0 {
		posts, err = s.records(ctx, f)
		return posts, total, err
	}
	refs, err := s.postPage(ctx, f, q.Offset, limit(q.Limit), total)
	if err != nil {
		return nil, 0, err
	}
	posts, err = s.loadPosts(ctx, refs)
	return posts, total, err
}

// newest is the order of posts, oldest its reverse.
const (
	newest = `p.occurred DESC, p.ref`
	oldest = `p.occurred, p.ref DESC`
)

// postPage gives the refs of a page of total posts. What is before it is
// skipped in an index, from the end that is nearer.
func (s *Store) postPage(ctx context.Context, f *filter, offset, most, total int) ([]string, error) {
	order := newest
	if most = min(most, total-offset); most <= 0 {
		return nil, nil
	}
	if rest := total - offset - most; rest < offset {
		order, offset = oldest, rest
	}
	return s.keys(ctx, `SELECT p.ref FROM posts p`+f.where()+` ORDER BY `+order+` LIMIT `+f.arg(most)+` OFFSET `+f.arg(offset), f)
}

func (s *Store) loadPosts(ctx context.Context, refs []string) ([]waggle.Record, error) {
	if len(refs) == 0 {
		return nil, nil
	}
	f := &filter{}
	f.among(`p.ref`, refs)
	return s.records(ctx, f)
}

func (s *Store) records(ctx context.Context, f *filter) ([]waggle.Record, error) {
	return list(ctx, s.read, func(rows *sql.Rows) (r waggle.Record, err error) {
		var post string
		err = rows.Scan(&r.Ref, &r.Fate, &r.Reason, &r.Score, &r.Severity, &r.Story, &post)
		err = errors.Join(err, decode(post, &r.Post))
		return r, err
	}, `SELECT p.ref, p.fate, p.reason, p.score, p.severity, p.story, c.post FROM posts p JOIN contents c ON c.ref = p.ref`+f.where()+` ORDER BY `+newest, f.args...)
}

// postFilter chooses posts, or their counts.
func postFilter(q waggle.PostQuery) *filter {
	f := &filter{}
	if q.Fate != "" {
		f.add(`p.fate = ?`, q.Fate)
	}
	if q.Source != "" {
		f.add(`p.source = ?`, q.Source)
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
	}, `SELECT source, fate, posts FROM counts WHERE posts > 0`)
	return counts, err
}

func limit(n int) int { return cmp.Or(n, pageSize) }
