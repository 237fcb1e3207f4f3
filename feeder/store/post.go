package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/waggle-cti/waggle/feeder/address"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

// Stage is the next thing to happen to a post.
type Stage string

// The stages, in their order. A post with a fate has none left.
const (
	Read  Stage = "read"
	Judge Stage = "judge"
	Join  Stage = "join"
	Done  Stage = ""
)

// Progress is a post under way, with what the stages so far gave.
type Progress struct {
	Stage     Stage
	Post      waggle.Post
	Finding   waggle.Finding
	Judgement waggle.Judgement
}

// SavePosts stores the posts which are new, older ones than quietBefore with
// the fate Quiet (the zero time: none), and gives the refs of those that are
// to be read. Posts which are known stay as they are. posts are one answer of
// one source; where it uses an id for several posts, the later ones get ids of
// their own, see [waggle.Post.Apart].
func (t *Tx) SavePosts(ctx context.Context, posts []waggle.Post, quietBefore time.Time) (read []string, quiet int, err error) {
	uses := map[string]int{} // of an id in this answer
	for _, p := range posts {
		uses[p.ID]++
	}
	for _, p := range posts {
		if p, err = t.toldApart(ctx, p, uses[p.ID] > 1); err != nil {
			return nil, 0, fmt.Errorf("store: post %s: %w", p.Ref(), err)
		}
		stage, fate, reason := Read, waggle.Pending, ""
		if p.When().Before(quietBefore) {
			stage, fate = Done, waggle.Quiet
			reason = "older than " + quietBefore.UTC().Format("2 January 2006 15:04") + " when its source was first read"
		}
		isNew, err := t.savePost(ctx, p, stage, fate, reason)
		switch {
		case err != nil:
			return nil, 0, fmt.Errorf("store: post %s: %w", p.Ref(), err)
		case isNew && fate == waggle.Quiet:
			quiet++
		case isNew:
			read = append(read, p.Ref())
		}
	}
	return read, quiet, nil
}

// toldApart gives a post whose id another post holds already an id of its own.
// A known post that was edited keeps its id: it has its old title or its old
// address still, and, unless its id is shared, is alone with it in the answer.
func (t *Tx) toldApart(ctx context.Context, p waggle.Post, shared bool) (waggle.Post, error) {
	var held publication
	err := t.tx.QueryRowContext(ctx, `SELECT url, title FROM posts WHERE source = $1 AND id = $2`, p.Source, p.ID).Scan(&held.url, &held.title)
	if errors.Is(err, sql.ErrNoRows) {
		return p, nil
	}
	if err == nil && held.another(p, shared) {
		return p.Apart(), nil
	}
	return p, err
}

// publication is what a person knows a post by.
type publication struct{ url, title string }

// another tells whether the post is not the publication but another one.
func (k publication) another(p waggle.Post, shared bool) bool {
	moved := address.Canonical(k.url)+address.Fragment(k.url) != address.Canonical(p.URL)+address.Fragment(p.URL)
	renamed := k.title != p.Title
	if shared {
		return moved || renamed
	}
	return moved && renamed && k.url != "" && p.URL != ""
}

func (t *Tx) savePost(ctx context.Context, p waggle.Post, stage Stage, fate waggle.Fate, reason string) (isNew bool, err error) {
	ref := p.Ref()
	result, err := t.tx.ExecContext(ctx, `
		INSERT INTO posts (ref, source, id, url, title, published, fetched, occurred, stage, fate, reason)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING`,
		ref, p.Source, p.ID, p.URL, p.Title, stamp(p.Published), stamp(p.Fetched), stamp(p.When()), stage, fate, reason)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	if err != nil || n == 0 {
		return false, err
	}
	post, err := encode(p)
	if err != nil {
		return false, err
	}
	_, err = t.tx.ExecContext(ctx, `INSERT INTO contents (ref, post) VALUES ($1, $2)`, ref, post)
	return true, err
}

// Progress gives a post under way; waggle.ErrNotFound if it is not known.
func (s *Store) Progress(ctx context.Context, ref string) (Progress, error) {
	return progress(ctx, s.read, ref)
}

// Progress is [Store.Progress] as the transaction sees it.
func (t *Tx) Progress(ctx context.Context, ref string) (Progress, error) {
	return progress(ctx, t.tx, ref)
}

func progress(ctx context.Context, q querier, ref string) (Progress, error) {
	var p Progress
	var post, text, finding, judgement string
	err := q.QueryRowContext(ctx, `
		SELECT p.stage, c.post, c.text, c.finding, c.judgement FROM posts p JOIN contents c ON c.ref = p.ref WHERE p.ref = $1`, ref).
		Scan(&p.Stage, &post, &text, &finding, &judgement)
	if errors.Is(err, sql.ErrNoRows) {
		return Progress{}, fmt.Errorf("post %s: %w", ref, waggle.ErrNotFound)
	}
	err = errors.Join(err, decode(post, &p.Post), decode(finding, &p.Finding), decode(judgement, &p.Judgement))
	if err != nil {
		return Progress{}, wrap(ref, err)
	}
	p.Finding.Text = text
	return p, nil
}

// SetFinding stores what reading gave and moves the post on to Judge. It does
// nothing and gives false for a post which is not at Read.
func (t *Tx) SetFinding(ctx context.Context, ref string, f waggle.Finding) (moved bool, err error) {
	text := f.Text
	f.Text = ""
	rest, err := encode(f)
	if err != nil {
		return false, err
	}
	if moved, err := t.advance(ctx, ref, Read, Judge); err != nil || !moved {
		return false, err
	}
	_, err = t.tx.ExecContext(ctx, `UPDATE contents SET text = $2, finding = $3 WHERE ref = $1`, ref, text, rest)
	return true, wrap(ref, err)
}

// SetJudgement stores the judgement and moves a kept post on to Join; a
// dropped one has met its fate. It does nothing and gives false for a post
// which is not at Judge.
func (t *Tx) SetJudgement(ctx context.Context, ref string, j waggle.Judgement) (moved bool, err error) {
	text, err := encode(j)
	if err != nil {
		return false, err
	}
	if moved, err := t.advance(ctx, ref, Judge, Join); err != nil || !moved {
		return false, err
	}
	_, err = t.tx.ExecContext(ctx, `UPDATE contents SET judgement = $2 WHERE ref = $1`, ref, text)
	if err == nil {
		_, err = t.tx.ExecContext(ctx, `UPDATE posts SET score = $2, severity = $3 WHERE ref = $1`, ref, j.Score, j.Severity)
	}
	if err == nil && !j.Keep {
		err = t.settle(ctx, ref, waggle.Dropped, j.Why, "")
	}
	return true, wrap(ref, err)
}

// Fail gives a post which is under way the fate Failed; reason is one
// sentence. Posts with a fate keep it.
func (t *Tx) Fail(ctx context.Context, ref, reason string) error {
	return wrap(ref, t.settle(ctx, ref, waggle.Failed, reason, ""))
}

func (t *Tx) advance(ctx context.Context, ref string, from, to Stage) (bool, error) {
	result, err := t.tx.ExecContext(ctx, `UPDATE posts SET stage = $3 WHERE ref = $1 AND stage = $2`, ref, from, to)
	if err != nil {
		return false, wrap(ref, err)
	}
	n, err := result.RowsAffected()
	return n > 0, wrap(ref, err)
}

func (t *Tx) settle(ctx context.Context, ref string, fate waggle.Fate, reason, story string) error {
	_, err := t.tx.ExecContext(ctx, `UPDATE posts SET stage = $2, fate = $3, reason = $4, story = $5 WHERE ref = $1 AND fate = $6`,
		ref, Done, fate, reason, story, waggle.Pending)
	return err
}

// UnderWay lists the posts that have a stage before them, in the order they
// were stored.
func (s *Store) UnderWay(ctx context.Context) (map[Stage][]string, error) {
	type row struct {
		stage Stage
		ref   string
	}
	rows, err := list(ctx, s.read, func(rows *sql.Rows) (r row, err error) {
		return r, rows.Scan(&r.stage, &r.ref)
	}, `SELECT stage, ref FROM posts WHERE stage <> '' ORDER BY fetched, occurred, ref`)
	if err != nil {
		return nil, err
	}
	found := map[Stage][]string{}
	for _, r := range rows {
		found[r.stage] = append(found[r.stage], r.ref)
	}
	return found, nil
}

func wrap(ref string, err error) error {
	if err != nil {
		return fmt.Errorf("store: post %s: %w", ref, err)
	}
	return nil
}
