package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/waggle-cti/waggle/feeder/waggle"
)

// The index of the posts' words. It is derived from the posts and specific to
// the database, so no migration makes it. A post is indexed when it meets its
// fate, so ids are in the order of that.
//
// SQLite's FTS5 keeps the words alone: the texts are in contents already. The
// column about holds the post's source and fate, to choose by before the search
// has found too many. https://sqlite.org/fts5.html#contentless_delete_tables
//
// Earlier feeders made indexes of other shapes, which are dropped.
const (
	searchFile = `
DROP TRIGGER IF EXISTS search_settled;
DROP TRIGGER IF EXISTS search_quiet;
DROP TABLE IF EXISTS search;
DROP TABLE IF EXISTS search_refs;
CREATE TABLE IF NOT EXISTS indexed (id INTEGER PRIMARY KEY, ref TEXT NOT NULL UNIQUE);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (text, about, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 0");
`
	searchServer = `
DROP INDEX IF EXISTS posts_search;
DROP INDEX IF EXISTS contents_search;
CREATE TABLE IF NOT EXISTS indexed (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, ref TEXT NOT NULL UNIQUE, words TSVECTOR NOT NULL);
CREATE INDEX IF NOT EXISTS indexed_words ON indexed USING GIN (words);
`
)

// document is what is searched of a post.
type document struct {
	ref, source string
	fate        waggle.Fate
	title, text string
}

// index makes a post findable by its words, and by no others from before.
func (t *Tx) index(ctx context.Context, d document) error {
	text := words(d.title + " " + d.text)
	if t.postgres != nil {
		_, err := t.tx.ExecContext(ctx, `INSERT INTO indexed (ref, words) VALUES ($1, to_tsvector('simple', $2))
			ON CONFLICT (ref) DO UPDATE SET words = excluded.words`, d.ref, text)
		return err
	}
	var id int64
	err := t.tx.QueryRowContext(ctx, `INSERT INTO indexed (ref) VALUES ($1) ON CONFLICT (ref) DO UPDATE SET ref = excluded.ref RETURNING id`, d.ref).Scan(&id)
	if err != nil {
		return err
	}
	_, err = t.tx.ExecContext(ctx, `INSERT OR REPLACE INTO words (rowid, text, about) VALUES ($1, $2, $3)`,
		id, text, ofSource(d.source)+" "+ofFate(d.fate))
	return err
}

// ofSource and ofFate are the words of the column about.
func ofSource(name string) string    { return "s" + hex.EncodeToString([]byte(name)) }
func ofFate(fate waggle.Fate) string { return "f" + string(fate) }

// found is a condition on p, a row of posts: its title or text has all the
// words, the last of which may be the beginning of one. It holds for
// waggle.MostFound posts at most, those of the source and fate (if any is given)
// that met their fate last.
func (s *Store) found(f *filter, text, source string, fate waggle.Fate) {
	all := phrases(text)
	switch {
	case len(all) == 0:
		f.add(`1 = 0`) // signs alone are in no index
	case s.server != nil:
		s.foundByServer(f, all, source, fate)
	default:
		f.add(`p.ref IN (SELECT i.ref FROM (SELECT rowid AS id FROM words WHERE words MATCH ? ORDER BY rowid DESC LIMIT ?) w JOIN indexed i ON i.id = w.id)`,
			matchFile(all, source, fate), waggle.MostFound)
	}
}

// matchFile is a search as an FTS5 query: phrases in quotes, so that nothing in
// them is an operator. https://sqlite.org/fts5.html#full_text_query_syntax
func matchFile(all []string, source string, fate waggle.Fate) string {
	query := `text : ("` + strings.Join(all, `" AND "`) + `"*)`
	if source != "" {
		query += ` AND about : "` + ofSource(source) + `"`
	}
	if fate != "" {
		query += ` AND about : "` + ofFate(fate) + `"`
	}
	return query
}

// foundByServer is found in PostgreSQL.
// https://www.postgresql.org/docs/current/datatype-textsearch.html#DATATYPE-TSQUERY
func (s *Store) foundByServer(f *filter, all []string, source string, fate waggle.Fate) {
	parts := make([]string, len(all))
	for i, phrase := range all {
		parts[i] = strings.ReplaceAll(phrase, " ", " <-> ")
	}
	condition := `i.words @@ to_tsquery('simple', ?)`
	args := []any{strings.Join(parts, " & ") + ":*"}
	if source != "" {
		condition += ` AND q.source = ?`
		args = append(args, source)
	}
	if fate != "" {
		condition += ` AND q.fate = ?`
		args = append(args, fate)
	}
	f.add(`p.ref IN (SELECT i.ref FROM indexed i JOIN posts q ON q.ref = i.ref WHERE `+condition+` ORDER BY i.id DESC LIMIT ?)`,
		append(args, waggle.MostFound)...)
}

// atOnce is how many posts are indexed in one transaction.
const atOnce = 256

// catchUp makes counts and index what the posts are: an older feeder that
// worked on the data until now, or beside this one, kept neither.
func (s *Store) catchUp(ctx context.Context) error {
	var missing []string
	err := s.Tx(ctx, func(t *Tx) error {
		if err := t.recount(ctx); err != nil {
			return err
		}
		var posts, indexed int
		err := t.tx.QueryRowContext(ctx, `SELECT (SELECT COALESCE(CAST(SUM(posts) AS BIGINT), 0) FROM counts WHERE fate <> $1), (SELECT COUNT(*) FROM indexed)`,
			waggle.Pending).Scan(&posts, &indexed)
		if err != nil || posts <= indexed { // a post that is tried again is indexed from before
			return err
		}
		missing, err = list(ctx, t.tx, func(rows *sql.Rows) (ref string, err error) {
			return ref, rows.Scan(&ref)
		}, `SELECT p.ref FROM posts p WHERE p.fate <> $1 AND NOT EXISTS (SELECT 1 FROM indexed i WHERE i.ref = p.ref) ORDER BY p.occurred`, waggle.Pending)
		return err
	})
	for len(missing) > 0 && err == nil {
		some := missing[:min(len(missing), atOnce)]
		missing = missing[len(some):]
		err = s.Tx(ctx, func(t *Tx) error { return t.indexAll(ctx, some) })
	}
	if err != nil {
		return fmt.Errorf("index the posts: %w", err)
	}
	return nil
}

func (t *Tx) indexAll(ctx context.Context, refs []string) error {
	f := &filter{}
	f.among(`p.ref`, refs)
	documents, err := list(ctx, t.tx, func(rows *sql.Rows) (d document, err error) {
		return d, rows.Scan(&d.ref, &d.source, &d.fate, &d.title, &d.text)
	}, `SELECT p.ref, p.source, p.fate, p.title, c.text FROM posts p JOIN contents c ON c.ref = p.ref`+f.where()+` ORDER BY p.occurred`, f.args...)
	for _, d := range documents {
		err = errors.Join(err, wrap(d.ref, t.index(ctx, d)))
	}
	return err
}
