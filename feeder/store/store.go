// Package store keeps what the feeder knows: sources, posts, findings,
// judgements and stories, and the jobs that carry a post on.
//
// It is one SQLite file. The feeder's tables and River's job table are in the
// same file, so that a stage's result and the next job are one transaction:
// a crash leaves both or neither.
//
// # What survives
//
// The file runs in WAL mode, where a commit survives the end of the process
// (kill -9 included) at once, but a power cut only after an fsync. An fsync a
// commit would hold every stage to the disk's pace, so commits are plain
// (synchronous=NORMAL) except where the outside world is about to be told:
// [Store.DurableTx] waits for the disk before a source's cursor counts as
// moved and before TheHive is sent a story. What a power cut takes back is
// then only work that is done again from posts which are on disk.
// https://sqlite.org/pragma.html#pragma_synchronous
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/riverqueue/river/riverdriver"
	"modernc.org/sqlite"
)

// ErrBusy is the error, wrapped, of opening a store that another feeder
// writes to.
var ErrBusy = errors.New("another feeder is running on this data")

// ErrNoData is the error, wrapped, of reading a store that no feeder has
// begun.
var ErrNoData = errors.New("no data yet")

// Store is the feeder's memory. It is safe for concurrent use.
type Store struct {
	path  string
	write *sql.DB // one connection; nil when opened to read only
	read  *sql.DB
	lock  *lock
	bell  *bell
}

// Open opens the store at path to read and write, and makes what is missing:
// the folder, the file, the tables. Only one process may have it open this
// way; a second gets ErrBusy.
func Open(ctx context.Context, path string) (*Store, error) {
	path, err := filePath(path)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the database: %w", err)
	}
	held, err := acquire(path + ".lock")
	if err != nil {
		return nil, err
	}
	s := &Store{path: path, lock: held, bell: newBell()}
	if err := s.open(ctx, path); err != nil {
		return nil, errors.Join(fmt.Errorf("open the database %s: %w", path, err), s.Close())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, path string) error {
	// What is read before it is published elsewhere is nobody else's business.
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	// One connection writes, so our transactions and River's wait for one
	// another in this process instead of failing with SQLITE_BUSY.
	if s.write, err = connect(path, 1, "synchronous(NORMAL)", "cache_size(-16000)", "wal_autocheckpoint(8000)"); err != nil {
		return err
	}
	if err := migrate(ctx, s.write); err != nil {
		return err
	}
	s.read, err = connect(path, readers, "query_only(1)")
	return err
}

// OpenReader opens the store at path to look at, also while a feeder runs on
// it. ErrNoData says that there is nothing to look at yet.
func OpenReader(ctx context.Context, path string) (*Store, error) {
	path, err := filePath(path)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w at %s: start `feeder run` or `feeder once` first", ErrNoData, path)
	}
	read, err := connect(path, readers, "query_only(1)")
	if err != nil {
		return nil, fmt.Errorf("open the database %s: %w", path, err)
	}
	s := &Store{path: path, read: read}
	if err := checkVersion(ctx, read); err != nil {
		return nil, errors.Join(fmt.Errorf("read the database %s: %w", path, err), s.Close())
	}
	return s, nil
}

// Close closes the store. Transactions must have ended.
func (s *Store) Close() error {
	var errs []error
	for _, db := range []*sql.DB{s.read, s.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if s.lock != nil {
		errs = append(errs, s.lock.release())
	}
	return errors.Join(errs...)
}

// Driver is what River keeps its jobs with: the store's own connection, so
// that a job can be inserted in a transaction of the store.
func (s *Store) Driver() riverdriver.Driver[*sql.Tx] { return newSQLiteDriver(s.write, s.bell) }

// readers is how many queries may read at once beside the writer.
const readers = 4

func connect(path string, connections int, pragmas ...string) (*sql.DB, error) {
	query := url.Values{"_txlock": {"immediate"}}
	// The timeout covers a reader meeting a checkpoint, and a backup by hand.
	for _, p := range append([]string{"busy_timeout(10000)", "journal_mode(WAL)", "foreign_keys(1)"}, pragmas...) {
		query.Add("_pragma", p)
	}
	connector, err := sqlite.NewConnector((&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: query.Encode()}).String())
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(prepared{connector})
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

// filePath gives the absolute path of the database file.
func filePath(database string) (string, error) {
	if scheme, _, ok := strings.Cut(database, "://"); ok {
		return "", fmt.Errorf("database %s://…: this version keeps its data in an SQLite file only: give a path such as data/waggle.db", scheme)
	}
	if database == "" {
		return "", errors.New("no database given: set WAGGLE_DATABASE or `database:` to a path such as data/waggle.db")
	}
	return filepath.Abs(database)
}
