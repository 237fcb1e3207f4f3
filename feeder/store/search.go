package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/waggle-cti/waggle/feeder/wording"
)

// maxFound is how many posts a search looks at, the ones read last first: a
// word that stands in every post must not cost a walk through all of them.
const maxFound = 5000

// searchServer makes the full-text indexes of PostgreSQL. A tsvector holds
// 1 MB at most, so the end of a very long text is not searched.
// https://www.postgresql.org/docs/current/textsearch-limitations.html
const searchServer = `
CREATE INDEX IF NOT EXISTS posts_search ON posts USING GIN (to_tsvector('simple', title));
CREATE INDEX IF NOT EXISTS contents_search ON contents USING GIN (to_tsvector('simple', left(text, 150000)));
`

// searchFile makes the full-text index of SQLite. It is derived from the posts and
// specific to the database, so no migration makes it. SQLite's FTS5 keeps the
// words alone: the texts are in contents already. A post is indexed once, when
// it meets its fate. https://sqlite.org/fts5.html#contentless_delete_tables
const searchFile = `
CREATE TABLE search_refs (id INTEGER PRIMARY KEY, ref TEXT NOT NULL UNIQUE);
CREATE VIRTUAL TABLE search USING fts5 (title, text, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 2");

CREATE TRIGGER search_settled AFTER UPDATE OF fate ON posts WHEN new.fate <> 'pending' AND old.fate = 'pending' BEGIN
	DELETE FROM search WHERE rowid = (SELECT id FROM search_refs WHERE ref = new.ref);
	INSERT OR IGNORE INTO search_refs (ref) VALUES (new.ref);
	INSERT INTO search (rowid, title, text)
		SELECT r.id, new.title, COALESCE((SELECT c.text FROM contents c WHERE c.ref = new.ref), '') FROM search_refs r WHERE r.ref = new.ref;
END;
CREATE TRIGGER search_quiet AFTER INSERT ON posts WHEN new.fate <> 'pending' BEGIN
	INSERT OR IGNORE INTO search_refs (ref) VALUES (new.ref);
	INSERT INTO search (rowid, title, text) SELECT r.id, new.title, '' FROM search_refs r WHERE r.ref = new.ref;
END;

INSERT INTO search_refs (ref) SELECT ref FROM posts WHERE fate <> 'pending' ORDER BY occurred;
INSERT INTO search (rowid, title, text)
	SELECT r.id, p.title, c.text FROM search_refs r JOIN posts p ON p.ref = r.ref JOIN contents c ON c.ref = r.ref;
`

// makeSearch makes SQLite's full-text index where there is none.
func makeSearch(ctx context.Context, db *sql.DB) error {
	var there int
	if err := db.QueryRowContext(ctx, `SELECT COUNT(*) FROM sqlite_master WHERE name = 'search'`).Scan(&there); err != nil || there > 0 {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after Commit
	if _, err := tx.ExecContext(ctx, searchFile); err != nil {
		return fmt.Errorf("make the index for searching: %w", err)
	}
	return tx.Commit()
}

// matching is a condition on p, a row of posts: its title or text has all the
// words. In SQLite the last word may be the beginning of one.
func (s *Store) matching(text string) (condition string, args []any) {
	if strings.ContainsFunc(text, wording.Spaceless) { // the index cannot cut it
		return `(LOWER(p.title) LIKE ? ESCAPE '\' OR EXISTS (SELECT 1 FROM contents c WHERE c.ref = p.ref AND LOWER(c.text) LIKE ? ESCAPE '\'))`,
			[]any{like(text), like(text)}
	}
	if s.server != nil {
		return `p.ref IN (SELECT q.ref FROM posts q WHERE to_tsvector('simple', q.title) @@ plainto_tsquery('simple', ?)
			UNION SELECT c.ref FROM contents c WHERE to_tsvector('simple', left(c.text, 150000)) @@ plainto_tsquery('simple', ?))`,
			[]any{text, text}
	}
	return `p.ref IN (SELECT r.ref FROM (SELECT rowid AS id FROM search WHERE search MATCH ? ORDER BY rowid DESC LIMIT ?) f JOIN search_refs r ON r.id = f.id)`,
		[]any{phrases(text), maxFound}
}

// phrases is a text as an FTS5 query: each word a phrase of its own, so that
// nothing in it is an operator. https://sqlite.org/fts5.html#full_text_query_syntax
func phrases(text string) string {
	words := strings.Fields(text)
	for i, w := range words {
		words[i] = `"` + strings.ReplaceAll(w, `"`, `""`) + `"`
	}
	return strings.Join(words, " ") + "*"
}
