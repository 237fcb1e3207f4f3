package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/waggle-cti/waggle/feeder/waggle"
)

// Stage is the next thing to happen to a post.
type Stage string

// The stages, in their order. A post whose own text will do passes Article
// over; one with a fate has no stage left.
const (
	Read    Stage = "read"    // its own text
	Article Stage = "article" // the page it links to
	Judge   Stage = "judge"
	Join    Stage = "join"
	Done    Stage = ""
)

// Progress is a post under way, with what the stages so far gave.
type Progress struct {
	Ref       string
	Stage     Stage
	Tries     int // of this stage that failed, or were cut short
	Post      waggle.Post
	Finding   waggle.Finding
	Judgement waggle.Judgement
}

// longestPause is the longest that a post is put off. One whose time is
// further away got it from a clock that was wrong, and is due.
const longestPause = time.Hour

// isDue is the condition that a post of posts p may be worked on; its
// arguments are two times, see due.
const isDue = `p.stage <> '' AND (p.due <= ? OR p.due > ?)`

func due(now time.Time) []any { return []any{stamp(now), stamp(now.Add(longestPause))} }

// mostAtOnce bounds a batch, in bytes of its posts as they are stored.
const mostAtOnce = 4 << 20

// Batch gives the posts at a stage that may be worked on now, those first that
// were put off least and happened first: at most n, and fewer where they are
// long. source "" means any.
func (s *Store) Batch(ctx context.Context, stage Stage, source string, n int, now time.Time) ([]Progress, error) {
	f := &filter{}
	f.add(`p.stage = ?`, stage)
	f.add(isDue, due(now)...)
	if source != "" {
		f.add(`p.source = ?`, source)
	}
	rows, err := s.read.QueryContext(ctx, selectProgress+f.where()+` ORDER BY p.due, p.occurred, p.ref LIMIT `+f.arg(n), f.args...)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	defer rows.Close()
	var batch []Progress
	for size := 0; size < mostAtOnce && rows.Next(); {
		p, bytes, err := scanProgress(rows)
		if err != nil {
			return nil, err
		}
		batch = append(batch, p)
		size += bytes
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	return batch, nil
}

// Linked is a post whose article is to be fetched.
type Linked struct{ Ref, Host string }

// Articles gives posts of a source that wait for their article and may be
// worked on now: one of each host, so that a host with thousands does not hide
// the others, and n at most.
func (s *Store) Articles(ctx context.Context, source string, n int, now time.Time) ([]Linked, error) {
	f := &filter{}
	f.add(`p.stage = ?`, Article)
	f.add(isDue, due(now)...)
	f.add(`p.source = ?`, source)
	query := `SELECT ref, host FROM (
			SELECT p.ref, p.host, p.due, p.occurred, ROW_NUMBER() OVER (PARTITION BY p.host ORDER BY p.due, p.occurred, p.ref) AS place
			FROM posts p` + f.where() + `) waiting
		WHERE place = 1 ORDER BY due, occurred, ref LIMIT ` + f.arg(n)
	return list(ctx, s.read, func(rows *sql.Rows) (l Linked, err error) {
		return l, rows.Scan(&l.Ref, &l.Host)
	}, query, f.args...)
}

// Progress gives a post under way; waggle.ErrNotFound if it is not known.
func (s *Store) Progress(ctx context.Context, ref string) (Progress, error) {
	p, _, err := scanProgress(s.read.QueryRowContext(ctx, selectProgress+` WHERE p.ref = $1`, ref))
	if errors.Is(err, sql.ErrNoRows) {
		return Progress{}, fmt.Errorf("post %s: %w", ref, waggle.ErrNotFound)
	}
	return p, err
}

const selectProgress = `SELECT p.ref, p.stage, p.tries, c.post, c.text, c.finding, c.judgement FROM posts p JOIN contents c ON c.ref = p.ref`

func scanProgress(row interface{ Scan(...any) error }) (p Progress, bytes int, err error) {
	var post, text, finding, judgement string
	err = row.Scan(&p.Ref, &p.Stage, &p.Tries, &post, &text, &finding, &judgement)
	if err == nil {
		err = errors.Join(decode(post, &p.Post), decode(finding, &p.Finding), decode(judgement, &p.Judgement))
	}
	p.Finding.Text = text
	return p, len(post) + len(text) + len(finding) + len(judgement), wrap(p.Ref, err)
}

// Left counts the posts at a stage, and tells when the first of them may be
// worked on. source "" means any.
func (t *Tx) Left(ctx context.Context, stage Stage, source string) (n int, first time.Time, err error) {
	f := &filter{}
	f.add(`p.stage = ? AND p.stage <> ''`, stage)
	if source != "" {
		f.add(`p.source = ?`, source)
	}
	err = t.tx.QueryRowContext(ctx, `SELECT COUNT(*), COALESCE(MIN(p.due), 0) FROM posts p`+f.where(), f.args...).Scan(&n, moment{&first})
	if err != nil {
		return 0, time.Time{}, fmt.Errorf("store: %w", err)
	}
	return n, first, nil
}

// Tried counts a try of a post's stage.
func (t *Tx) Tried(ctx context.Context, ref string) error {
	_, err := t.tx.ExecContext(ctx, `UPDATE posts SET tries = tries + 1 WHERE ref = $1`, ref)
	return wrap(ref, err)
}

// PutOff lets a post wait, after so many tries, until then.
func (t *Tx) PutOff(ctx context.Context, ref string, tries int, until time.Time) error {
	_, err := t.tx.ExecContext(ctx, `UPDATE posts SET tries = $2, due = $3 WHERE ref = $1`, ref, tries, stamp(until))
	return wrap(ref, err)
}

// SetLinked moves a post on to Article, which comes from the host. It does
// nothing and gives false for a post which is not at Read.
func (t *Tx) SetLinked(ctx context.Context, ref, host string) (moved bool, err error) {
	if moved, err := t.advance(ctx, ref, Article, Read); err != nil || !moved {
		return false, err
	}
	_, err = t.tx.ExecContext(ctx, `UPDATE posts SET host = $2 WHERE ref = $1`, ref, host)
	return true, wrap(ref, err)
}

// SetFinding stores what reading gave and moves the post on to Judge. It does
// nothing and gives false for a post which is at neither Read nor Article.
func (t *Tx) SetFinding(ctx context.Context, ref string, f waggle.Finding) (moved bool, err error) {
	text := f.Text
	f.Text = ""
	rest, err := encode(f)
	if err != nil {
		return false, err
	}
	if moved, err := t.advance(ctx, ref, Judge, Read, Article); err != nil || !moved {
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
	if moved, err := t.advance(ctx, ref, Join, Judge); err != nil || !moved {
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
// sentence. Posts with a fate keep it, and give false.
func (t *Tx) Fail(ctx context.Context, ref, reason string) (failed bool, err error) {
	failed, err = t.ended(ctx, ref, waggle.Failed, `
		UPDATE posts SET failed_at = stage, stage = $2, fate = $3, reason = $4 WHERE ref = $1 AND fate = $5 RETURNING source, occurred, title`,
		ref, Done, waggle.Failed, reason, waggle.Pending)
	return failed, wrap(ref, err)
}

// advance moves a post on from one of two stages.
func (t *Tx) advance(ctx context.Context, ref string, to Stage, from ...Stage) (bool, error) {
	result, err := t.tx.ExecContext(ctx, `UPDATE posts SET stage = $2, tries = 0, due = 0 WHERE ref = $1 AND stage IN ($3, $4)`,
		ref, to, from[0], from[len(from)-1])
	if err != nil {
		return false, wrap(ref, err)
	}
	n, err := result.RowsAffected()
	return n > 0, wrap(ref, err)
}

func (t *Tx) settle(ctx context.Context, ref string, fate waggle.Fate, reason, story string) error {
	_, err := t.ended(ctx, ref, fate, `UPDATE posts SET stage = $2, fate = $3, reason = $4, story = $5 WHERE ref = $1 AND fate = $6 RETURNING source, occurred, title`,
		ref, Done, fate, reason, story, waggle.Pending)
	return err
}

// ended runs the update that gives a post under way its fate, counts it and
// makes it findable; false where the post had a fate.
func (t *Tx) ended(ctx context.Context, ref string, fate waggle.Fate, update string, args ...any) (bool, error) {
	d := document{ref: ref, fate: fate}
	var occurred int64
	err := t.tx.QueryRowContext(ctx, update, args...).Scan(&d.source, &occurred, &d.title)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err == nil {
		err = t.tx.QueryRowContext(ctx, `SELECT text FROM contents WHERE ref = $1`, ref).Scan(&d.text)
	}
	if err != nil {
		return false, err
	}
	t.moved(d.source, occurred, waggle.Pending, fate)
	return true, t.index(ctx, d)
}

// UnderWay gives the sources that have posts under way, by stage. Every post
// is due then: what one was put off for may be over.
func (t *Tx) UnderWay(ctx context.Context) (map[Stage][]string, error) {
	if _, err := t.tx.ExecContext(ctx, `UPDATE posts SET due = 0 WHERE stage <> '' AND due > 0`); err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	found := map[Stage][]string{}
	_, err := list(ctx, t.tx, func(rows *sql.Rows) (struct{}, error) {
		var stage Stage
		var source string
		err := rows.Scan(&stage, &source)
		found[stage] = append(found[stage], source)
		return struct{}{}, err
	}, `SELECT DISTINCT stage, source FROM posts WHERE stage <> '' ORDER BY stage, source`)
	return found, err
}
