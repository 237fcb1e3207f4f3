package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/waggle-cti/waggle/feeder/address"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

// firstUndated is how many posts without a date count as new when their source
// is first read. Sources list the newest first; the others are its archive.
const firstUndated = 10

// Arrival is a post of an answer, with what the answer as a whole says of it.
type Arrival struct {
	post   waggle.Post
	shared bool   // other posts of the answer have its id
	quiet  string // why it is not to be read; empty = it is
}

// Arrivals looks at the posts of one answer of one source. Those older than
// quietBefore are not to be read (the zero time: all are; else all but the
// first undated ones are not, too).
func Arrivals(posts []waggle.Post, quietBefore time.Time) []Arrival {
	arrivals := make([]Arrival, len(posts))
	uses := map[string]int{} // of an id
	undated := 0
	for i, p := range posts {
		// What it is known by must be the same when it is read back.
		p.ID, p.URL, p.Title = validText(p.ID), validText(p.URL), validText(p.Title)
		arrivals[i].post = p
		uses[p.ID]++
		if p.When().Before(quietBefore) {
			arrivals[i].quiet = "older than " + quietBefore.UTC().Format("2 January 2006 15:04") + " when its source was first read"
		}
		if p.Published.IsZero() && !quietBefore.IsZero() {
			if undated++; undated > firstUndated {
				arrivals[i].quiet = fmt.Sprintf("without a date, and not among the first %d such posts when its source was first read", firstUndated)
			}
		}
	}
	for i := range arrivals {
		arrivals[i].shared = uses[arrivals[i].post.ID] > 1
	}
	return arrivals
}

// SavePosts stores the posts which are new, with the fate Quiet those that are
// not to be read, counts these, and gives the refs of the others. Posts which
// are known stay as they are, also where their source gives them a new id at
// each poll. Where a source uses an id for several posts, the
// later ones get ids of their own, see [waggle.Post.Apart]. The posts of an
// answer may be saved in parts.
func (t *Tx) SavePosts(ctx context.Context, arrivals []Arrival) (read []string, quiet int, err error) {
	for _, a := range arrivals {
		p, err := t.toldApart(ctx, a.post, a.shared)
		if err != nil {
			return nil, 0, wrap(p.Ref(), err)
		}
		known, err := t.underAnotherID(ctx, p)
		if err != nil {
			return nil, 0, wrap(p.Ref(), err)
		}
		if known {
			continue
		}
		stage, fate := Read, waggle.Pending
		if a.quiet != "" {
			stage, fate = Done, waggle.Quiet
		}
		isNew, err := t.savePost(ctx, p, stage, fate, a.quiet)
		switch {
		case err != nil:
			return nil, 0, wrap(p.Ref(), err)
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

// sameMoment bounds the posts of one moment among which one is looked for, so
// that a source which dates all of its posts alike does not cost their square.
const sameMoment = 100

// underAnotherID tells whether the source has given us this post before under
// another id: then its address, title, time and text are the same. Some feeds
// make new ids at each poll, and all make them once, when their publisher moves;
// an archive that was not to be read would then be news. A text that was dropped
// since counts as the same. A post that has no date or no address may be another
// each time.
func (t *Tx) underAnotherID(ctx context.Context, p waggle.Post) (bool, error) {
	if p.Published.IsZero() || p.URL == "" {
		return false, nil
	}
	rows, err := list(ctx, t.tx, func(rows *sql.Rows) (held waggle.Post, err error) {
		var text string
		err = rows.Scan(&text)
		return held, errors.Join(err, decode(text, &held))
	}, `SELECT c.post FROM (SELECT ref, id, url, title FROM posts WHERE source = $1 AND occurred = $2 LIMIT $3) p JOIN contents c ON c.ref = p.ref
		WHERE p.url = $4 AND p.title = $5 AND p.id <> $6`, p.Source, stamp(p.When()), sameMoment, p.URL, p.Title, p.ID)
	return slices.ContainsFunc(rows, func(held waggle.Post) bool {
		return held.Published.Equal(p.Published) && (held.Content == p.Content || held.Content == "")
	}), err
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
	t.came(p.Source, stamp(p.When()), fate)
	post, err := encode(p)
	if err != nil {
		return false, err
	}
	_, err = t.tx.ExecContext(ctx, `INSERT INTO contents (ref, post) VALUES ($1, $2)`, ref, post)
	if err == nil && fate != waggle.Pending {
		err = t.index(ctx, document{ref: ref, source: p.Source, fate: fate, title: p.Title})
	}
	return true, err
}

func wrap(ref string, err error) error {
	if err != nil {
		return fmt.Errorf("store: post %s: %w", ref, err)
	}
	return nil
}
