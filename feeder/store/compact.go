package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/waggle-cti/waggle/feeder/waggle"
)

// Compact drops what posts say that were fetched before then and have met
// their fate: text, finding and judgement, the text's words in the index, and what
// the post's story is compared by. What they are known by stays, so
// that none comes twice; their stories stay whole, with their values. Posts
// that failed keep everything, to be tried again. It takes at most n posts, and
// gives how many there were.
//
// The file does not shrink: SQLite uses the room for what comes next.
func (t *Tx) Compact(ctx context.Context, before time.Time, n int) (posts int, err error) {
	type stored struct {
		ref  string
		fate waggle.Fate
		post waggle.Post
	}
	old, err := list(ctx, t.tx, func(rows *sql.Rows) (s stored, err error) {
		var text string
		err = rows.Scan(&s.ref, &s.fate, &text)
		return s, errors.Join(err, decode(text, &s.post))
	}, `SELECT p.ref, p.fate, c.post FROM posts p JOIN contents c ON c.ref = p.ref
		WHERE p.compacted = 0 AND p.stage = '' AND p.fate <> $1 AND p.fetched < $2 ORDER BY p.fetched LIMIT $3`, waggle.Failed, stamp(before), n)
	if err != nil {
		return 0, err
	}
	for _, s := range old {
		if err := t.compact(ctx, s.ref, s.fate, s.post); err != nil {
			return 0, wrap(s.ref, err)
		}
	}
	if len(old) > 0 {
		return len(old), nil
	}
	// Lookups of stories that no post can join any more.
	if _, err := t.tx.ExecContext(ctx, `DELETE FROM story_lookups WHERE last < $1`, stamp(before)); err != nil {
		return 0, fmt.Errorf("store: %w", err)
	}
	return 0, nil
}

func (t *Tx) compact(ctx context.Context, ref string, fate waggle.Fate, p waggle.Post) error {
	left, err := encode(waggle.Post{Source: p.Source, ID: p.ID, URL: p.URL, Title: p.Title, Author: p.Author, Published: p.Published, Fetched: p.Fetched})
	if err != nil {
		return err
	}
	_, err = t.tx.ExecContext(ctx, `UPDATE contents SET post = $2, text = '', finding = '', judgement = '' WHERE ref = $1`, ref, left)
	if err != nil {
		return err
	}
	if _, err = t.tx.ExecContext(ctx, `UPDATE members SET keys = '' WHERE ref = $1`, ref); err != nil {
		return err
	}
	if _, err = t.tx.ExecContext(ctx, `UPDATE posts SET compacted = 1 WHERE ref = $1`, ref); err != nil {
		return err
	}
	return t.index(ctx, document{ref: ref, source: p.Source, fate: fate, title: p.Title})
}
