package store

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// oneConnection opens a database with one connection.
func oneConnection(t *testing.T) *sql.DB {
	t.Helper()
	db, err := connect(filepath.Join(t.TempDir(), "test.db"), 1)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, db.Close()) })
	_, err = db.ExecContext(t.Context(), `CREATE TABLE words (word TEXT); INSERT INTO words VALUES ('one'), ('two'), ('three')`)
	require.NoError(t, err)
	return db
}

// statements counts the statements that the connection keeps.
func statements(t *testing.T, db *sql.DB) (n int) {
	t.Helper()
	conn, err := db.Conn(t.Context())
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.Raw(func(c any) error {
		n = len(c.(*keepingConn).byText)
		assert.Equal(t, n, c.(*keepingConn).byUse.Len())
		return nil
	}))
	return n
}

func TestAStatementIsPreparedOnce(t *testing.T) {
	db := oneConnection(t)
	before := statements(t, db)
	for range 5 {
		var n int
		require.NoError(t, db.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM words WHERE word <> $1`, "two").Scan(&n))
		assert.Equal(t, 2, n)
	}
	assert.Equal(t, before+1, statements(t, db))
}

func TestAQueryWhoseRowsAreReadCanBeMadeAgain(t *testing.T) {
	db := oneConnection(t)
	tx, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	defer tx.Rollback()
	const query = `SELECT word FROM words WHERE word LIKE $1 ORDER BY rowid`
	var seen []string
	outer, err := tx.QueryContext(t.Context(), query, "t%")
	require.NoError(t, err)
	defer outer.Close()
	for outer.Next() {
		var word, first string
		require.NoError(t, outer.Scan(&word))
		require.NoError(t, tx.QueryRowContext(t.Context(), query, "o%").Scan(&first))
		seen = append(seen, word, first)
	}
	require.NoError(t, outer.Err())
	assert.Equal(t, []string{"two", "one", "three", "one"}, seen)
}

func TestAKeptStatementSeesChangedTables(t *testing.T) {
	db := oneConnection(t)
	columns := func() []string {
		rows, err := db.QueryContext(t.Context(), `SELECT * FROM words`)
		require.NoError(t, err)
		defer rows.Close()
		names, err := rows.Columns()
		require.NoError(t, err)
		return names
	}
	assert.Equal(t, []string{"word"}, columns())
	_, err := db.ExecContext(t.Context(), `ALTER TABLE words ADD COLUMN meaning TEXT`)
	require.NoError(t, err)
	assert.Equal(t, []string{"word", "meaning"}, columns())
}

func TestAFailedStatementCanBeMadeAgain(t *testing.T) {
	db := oneConnection(t)
	_, err := db.ExecContext(t.Context(), `CREATE UNIQUE INDEX once ON words (word)`)
	require.NoError(t, err)
	for _, c := range []struct {
		word string
		ok   bool
	}{{"four", true}, {"four", false}, {"five", true}} {
		_, err := db.ExecContext(t.Context(), `INSERT INTO words VALUES ($1)`, c.word)
		assert.Equal(t, c.ok, err == nil, "%s: %v", c.word, err)
	}
}

func TestStatementsAreBounded(t *testing.T) {
	db := oneConnection(t)
	for i := range mostKept + 50 {
		var n int
		require.NoError(t, db.QueryRowContext(t.Context(), fmt.Sprintf(`SELECT %d`, i)).Scan(&n))
		assert.Equal(t, i, n)
	}
	assert.Equal(t, mostKept, statements(t, db))
}
