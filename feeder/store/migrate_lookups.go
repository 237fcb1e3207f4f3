package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/pressly/goose/v3"
)

// lookups is migration 12. Keys were rows of their own, each of them stored
// three times with its text. Now a story is found by hashes in a table that is
// its own index, and compared by the keys that stand with its posts. SQL has no
// such hash, and SQLite alone has tables without row ids, so it is written in Go.
func lookups(dialect goose.Dialect) *goose.Migration {
	table := `CREATE TABLE story_lookups (
		hash   BIGINT NOT NULL,             -- of a key, see Key.hash
		story  TEXT NOT NULL,
		last   BIGINT NOT NULL,             -- time of the newest post that has the key
		PRIMARY KEY (hash, story)
	)`
	if dialect == goose.DialectSQLite3 {
		table += ` WITHOUT ROWID`
	}
	up := func(ctx context.Context, tx *sql.Tx) error {
		for _, change := range []string{table, `ALTER TABLE members ADD COLUMN keys TEXT NOT NULL DEFAULT ''`} {
			if _, err := tx.ExecContext(ctx, change); err != nil {
				return err
			}
		}
		for story, more := "", true; more; {
			var err error
			if story, more, err = moveKeys(ctx, tx, story); err != nil {
				return fmt.Errorf("keys of the stories after %q: %w", story, err)
			}
		}
		_, err := tx.ExecContext(ctx, `DROP TABLE story_keys`)
		return err
	}
	down := func(context.Context, *sql.Tx) error {
		return errors.New("the keys of stories cannot be made of their hashes: restore a backup of before")
	}
	return goose.NewGoMigration(12, &goose.GoFunc{RunTx: up}, &goose.GoFunc{RunTx: down})
}

// moveKeys moves the keys of the first story after one, to its newest post:
// of which post each was is not known.
func moveKeys(ctx context.Context, tx *sql.Tx, after string) (story string, more bool, err error) {
	err = tx.QueryRowContext(ctx, `SELECT story FROM story_keys WHERE story > $1 ORDER BY story LIMIT 1`, after).Scan(&story)
	if errors.Is(err, sql.ErrNoRows) {
		return after, false, nil
	}
	if err != nil {
		return after, false, err
	}
	var compared []Key
	found := map[time.Time][]Key{}
	_, err = list(ctx, tx, func(rows *sql.Rows) (k Key, err error) {
		var last time.Time
		err = rows.Scan(&k.Kind, &k.Value, moment{&last})
		// As the kinds were then: words, own pages and sketches only confirmed,
		// bands only found.
		if k.Kind != "band" {
			compared = append(compared, k)
		}
		if k.Kind != "word" && k.Kind != "own" && k.Kind != "sketch" {
			found[last] = append(found[last], k)
		}
		return k, err
	}, `SELECT kind, value, last FROM story_keys WHERE story = $1`, story)
	if err != nil {
		return story, false, err
	}
	t := &Tx{tx: tx}
	for last, keys := range found {
		if err := t.saveLookups(ctx, story, keys, last); err != nil {
			return story, false, err
		}
	}
	text, err := encodeKeys(compared)
	if err != nil {
		return story, false, err
	}
	_, err = tx.ExecContext(ctx, `UPDATE members SET keys = $2 WHERE story = $1
		AND revision = (SELECT MAX(revision) FROM members WHERE story = $1)`, story, text)
	return story, true, err
}
