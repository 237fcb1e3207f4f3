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
	"time"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver"
	"modernc.org/sqlite"
)

// file is what a store in an SQLite file has of its own.
type file struct {
	path string
	lock *lock // nil when opened to read only
	bell *bell
}

func (f *file) close() error {
	if f.lock == nil {
		return nil
	}
	return f.lock.release()
}

func openFile(ctx context.Context, database string) (*Store, error) {
	path, err := filePath(database)
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
	s := &Store{name: path, file: &file{path: path, lock: held, bell: newBell()}}
	if err := s.begin(ctx, path); err != nil {
		return nil, errors.Join(fmt.Errorf("open the database %s: %w", path, advised(err)), s.Close())
	}
	return s, nil
}

func (s *Store) begin(ctx context.Context, path string) error {
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
	if err := migrate(ctx, s.write, goose.DialectSQLite3, s.SQLite()); err != nil {
		return err
	}
	if _, err := s.write.ExecContext(ctx, searchFile); err != nil {
		return fmt.Errorf("make the index for searching: %w", err)
	}
	if err := s.catchUp(ctx); err != nil {
		return err
	}
	// An INSERT of several rows keeps the pages it changes until it is over: in
	// memory, not in a file. Only now, since migrations may sort whole tables.
	if _, err := s.write.ExecContext(ctx, `PRAGMA temp_store=MEMORY`); err != nil {
		return err
	}
	return s.readWith(path)
}

func (s *Store) readWith(path string) (err error) {
	if s.reads, err = connect(path, readers, "query_only(1)"); err != nil {
		return err
	}
	s.reads.SetConnMaxIdleTime(idleReader)
	s.read = s.reads
	return nil
}

// Shrink gives back the memory that SQLite keeps pages of the file in, to be
// called when there may be nothing to do for a while. What is needed again is
// read again, mostly from the system's own cache. PostgreSQL keeps none here.
// https://sqlite.org/pragma.html#pragma_shrink_memory
func (s *Store) Shrink(ctx context.Context) error {
	if s.file == nil || s.write == nil {
		return nil
	}
	if _, err := s.write.ExecContext(ctx, `PRAGMA shrink_memory`); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

func readFile(ctx context.Context, database string) (*Store, error) {
	path, err := filePath(database)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w at %s: start `feeder run` or `feeder once` first", ErrNoData, path)
	}
	s := &Store{name: path, file: &file{path: path}}
	if err := s.readWith(path); err != nil {
		return nil, fmt.Errorf("open the database %s: %w", path, err)
	}
	return checked(ctx, s)
}

// SQLite is what River keeps its jobs with: the store's own connection, so
// that a job can be inserted in a transaction of the store. It is nil where
// the store is in PostgreSQL.
func (s *Store) SQLite() riverdriver.Driver[*sql.Tx] {
	if s.file == nil {
		return nil
	}
	return newSQLiteDriver(s.write, s.file.bell)
}

// readers is how many queries may read at once beside the writer. Those that
// nobody has needed for a while are closed, with the pages they keep.
const (
	readers    = 4
	idleReader = time.Minute
)

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
	if database == "" {
		return "", errors.New("no database given: set WAGGLE_DATABASE or `database:` to a path such as data/waggle.db")
	}
	return filepath.Abs(database)
}
