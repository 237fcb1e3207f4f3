// Package store keeps what the feeder knows: sources, posts, findings,
// judgements and stories, and the jobs that carry a post on.
//
// It is one database: an SQLite file, or a PostgreSQL that several feeders
// share. The feeder's tables and River's job table are in the same one, so that
// a stage's result and the next job are one transaction: a crash leaves both or
// neither.
//
// # What survives
//
// An SQLite file runs in WAL mode, where a commit survives the end of the
// process (kill -9 included) at once, but a power cut only after an fsync. An
// fsync a commit would hold every stage to the disk's pace, so commits are plain
// (synchronous=NORMAL) except where the outside world is about to be told:
// [Store.DurableTx] waits for the disk before a source's cursor counts as
// moved and before TheHive is sent a story. What a power cut takes back is
// then only work that is done again from posts which are on disk.
// https://sqlite.org/pragma.html#pragma_synchronous
//
// PostgreSQL is asked for the same, with synchronous_commit.
// https://www.postgresql.org/docs/current/wal-async-commit.html
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// ErrBusy is the error, wrapped, of opening a file that another feeder writes
// to.
var ErrBusy = errors.New("another feeder is running on this data")

// ErrNoData is the error, wrapped, of reading a store that no feeder has
// begun.
var ErrNoData = errors.New("no data yet")

// Store is the feeder's memory. It is safe for concurrent use.
type Store struct {
	name  string  // of the data in messages: without a password
	read  querier // of reads
	reads *sql.DB
	write *sql.DB // nil when opened to read only

	file   *file   // nil = not SQLite
	server *server // nil = not PostgreSQL
}

// Open opens the store to read and write, and makes what is missing: folder,
// file, tables. database is the path of an SQLite file, which one process may
// have open this way (a second gets ErrBusy), or the URL of a PostgreSQL
// database (postgres://user:password@host/name), which any number may.
// No error holds the password.
func Open(ctx context.Context, database string) (*Store, error) {
	if isURL(database) {
		return openServer(ctx, database, true)
	}
	return openFile(ctx, database)
}

// OpenReader opens the store to look at, also while a feeder runs on it.
// ErrNoData says that there is nothing to look at yet.
func OpenReader(ctx context.Context, database string) (*Store, error) {
	if isURL(database) {
		return openServer(ctx, database, false)
	}
	return readFile(ctx, database)
}

// Name is the database as it may be shown: a path, or an address without
// password.
func Name(database string) string {
	if isURL(database) {
		return serverName(database)
	}
	return database
}

func isURL(database string) bool { return strings.Contains(database, "://") }

// Close closes the store. Transactions must have ended.
func (s *Store) Close() error {
	var errs []error
	for _, db := range []*sql.DB{s.reads, s.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if s.file != nil {
		errs = append(errs, s.file.close())
	}
	if s.server != nil {
		s.server.close()
	}
	return errors.Join(errs...)
}

// checked gives a store that was opened to be read, if its tables are those
// that are known here.
func checked(ctx context.Context, s *Store) (*Store, error) {
	if err := s.checkVersion(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("read the database %s: %w", s.name, err), s.Close())
	}
	return s, nil
}
