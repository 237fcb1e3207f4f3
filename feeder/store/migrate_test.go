package store

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/store/postgrestest"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

// bare opens a new database as it is before any feeder opened it.
func bare(t *testing.T) (database string, db *sql.DB, dialect goose.Dialect) {
	t.Helper()
	database, dialect = postgrestest.Database(t), goose.DialectSQLite3
	var err error
	if strings.Contains(database, "://") {
		dialect = goose.DialectPostgres
		db, err = sql.Open("pgx", database)
	} else {
		require.NoError(t, os.MkdirAll(filepath.Dir(database), 0o700))
		db, err = connect(database, 1)
	}
	require.NoError(t, err)
	return database, db, dialect
}

// TestTheFirstFeedersDataAreReadByThisOne makes a database as the first version
// wrote it, with each thing that a feeder keeps, and opens it.
func TestTheFirstFeedersDataAreReadByThisOne(t *testing.T) {
	database, db, dialect := bare(t)
	first, err := provider(db, dialect)
	require.NoError(t, err)
	_, err = first.UpTo(t.Context(), 1)
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), `
		INSERT INTO sources (name, kind, url, every, position, cursor, failures) VALUES ('blog', 'rss', 'https://blog.example.com/feed', 60000, 0, '{"etag":"a"}', 0);
		INSERT INTO posts (ref, source, id, url, title, published, fetched, occurred, stage, fate, story) VALUES
			('aaaa', 'blog', '1', 'https://blog.example.com/1', 'Told', 1, 1, 1, '', 'story', 's1'),
			('bbbb', 'blog', '2', 'https://blog.example.com/2', 'Failed', 1, 1, 1, '', 'failed', ''),
			('cccc', 'blog', '3', 'https://blog.example.com/3', 'Under way', 1, 1, 1, 'judge', 'pending', '');
		INSERT INTO contents (ref, post, text) VALUES
			('aaaa', '{"source":"blog","id":"1","title":"Told"}', 'text'), ('bbbb', '{"source":"blog","id":"2","title":"Failed"}', ''),
			('cccc', '{"source":"blog","id":"3","title":"Under way"}', 'text');
		INSERT INTO stories (id, title, summary, source, url, score, severity, tlp, pap, tags, reasons, first, last, revision, waiting, alert_id, alert_revision)
			VALUES ('s1', 'Told', '', 'blog', '', 50, 3, 2, 2, '[]', '[]', 1, 1, 1, 1, '~1', 1);
		INSERT INTO members VALUES ('s1', 'aaaa', 1, '');
		INSERT INTO indicators VALUES ('s1', 'domain', 'evil.example.net', 'aaaa', 1, 0, '{"kind":"domain","value":"evil.example.net"}');
		INSERT INTO story_keys VALUES ('s1', 'weak', 'domain:evil.example.net', 1), ('s1', 'word', 'loader', 1), ('s1', 'band', '0:a', 1)`)
	require.NoError(t, err)
	require.NoError(t, db.Close())

	s, err := Open(t.Context(), database)
	require.NoError(t, err)
	defer func() { assert.NoError(t, s.Close()) }()

	story, err := s.Story(t.Context(), "s1")
	require.NoError(t, err)
	assert.Equal(t, []any{"~1", 1, 1}, []any{story.Alert.ID, len(story.Posts), len(story.Indicators)})
	fates, err := s.Fates(t.Context())
	require.NoError(t, err)
	assert.Equal(t, map[waggle.Fate]int{waggle.Told: 1, waggle.Failed: 1, waggle.Pending: 1}, fates["blog"])
	at, err := s.Position(t.Context(), "blog")
	require.NoError(t, err)
	assert.JSONEq(t, `{"etag":"a"}`, string(at.Cursor))
	batch, err := s.Batch(t.Context(), Judge, "", 9, time.Now())
	require.NoError(t, err)
	assert.Len(t, batch, 1, "it goes on where it was")
	require.NoError(t, s.Tx(t.Context(), func(tx *Tx) error {
		for key, want := range map[Key]int{{"weak", "domain:evil.example.net"}: 1, {"band", "0:a"}: 1, {"word", "loader"}: 0} {
			found, err := tx.Candidates(t.Context(), []Key{key}, time.Time{})
			if err != nil {
				return err
			}
			assert.Len(t, found, want, key)
			for _, c := range found {
				assert.ElementsMatch(t, []Key{{"weak", "domain:evil.example.net"}, {"word", "loader"}}, c.Keys)
			}
		}
		_, stage, err := tx.Revive(t.Context(), "bbbb")
		assert.Equal(t, Read, stage, "where it failed was not kept then")
		return err
	}))
}
