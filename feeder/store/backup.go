package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"
)

// errServer is the error of asking for a copy of a file where there is none.
var errServer = errors.New("the data are in PostgreSQL: use its pg_dump and pg_restore")

// Backup writes a copy of the data, as they are at one moment, to a new file.
// A feeder may go on working on them meanwhile. The error is fs.ErrExist,
// wrapped, where there is a file of that name.
// https://sqlite.org/lang_vacuum.html#vacuuminto
func (s *Store) Backup(ctx context.Context, to string) error {
	if s.file == nil {
		return errServer
	}
	if err := absent(to); err != nil {
		return err
	}
	// SQLite makes the file with the rights of its folder's other files; nobody
	// else is to see it while it is written, either.
	folder, err := os.MkdirTemp(filepath.Dir(to), ".waggle-backup-")
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	defer os.RemoveAll(folder)
	copied := filepath.Join(folder, "waggle.db")
	// A connection of its own: those of the store refuse all that writes.
	db, err := connect(s.file.path, 1)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	_, err = db.ExecContext(ctx, `VACUUM INTO $1`, copied)
	if err = errors.Join(err, db.Close()); err != nil {
		return fmt.Errorf("backup of %s: %w", s.name, err)
	}
	if err := errors.Join(os.Chmod(copied, 0o600), flushed(copied)); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	// A link, unlike a renaming, does not put itself over a file that came
	// meanwhile.
	if err := os.Link(copied, to); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return nil
}

// flushed waits until the disk has a file.
func flushed(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}

// Restore makes a backup the data. database must be a path at which there are
// none, and no feeder runs: the error is fs.ErrExist or ErrBusy, wrapped. A
// backup of an older feeder is brought up to date by the next start.
func Restore(ctx context.Context, from, database string) error {
	if isURL(database) {
		return errServer
	}
	path, err := filePath(database)
	if err != nil {
		return err
	}
	if err := checkBackup(ctx, from); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	held, err := acquire(path + ".lock")
	if err != nil {
		return err
	}
	// A log that was left of other data would be taken for this one's.
	if err = errors.Join(absent(path), absent(path+"-wal")); err == nil {
		err = copyFile(from, path)
	}
	return errors.Join(err, held.release())
}

// checkBackup makes sure that a file is a feeder's data, and whole.
func checkBackup(ctx context.Context, path string) error {
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	db, err := connect(path, 1, "query_only(1)")
	if err != nil {
		return fmt.Errorf("restore %s: %w", path, err)
	}
	err = sound(ctx, db)
	if err = errors.Join(err, db.Close()); err != nil {
		return fmt.Errorf("restore %s: it is no backup of a feeder, or a damaged one: %w", path, err)
	}
	return nil
}

func sound(ctx context.Context, db *sql.DB) error {
	var found string
	if err := db.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&found); err != nil {
		return err
	}
	if found != "ok" {
		return errors.New(found)
	}
	var posts int
	return db.QueryRowContext(ctx, `SELECT COUNT(*) FROM posts`).Scan(&posts)
}

func absent(path string) error {
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("%s: %w: move it away first", path, fs.ErrExist)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func copyFile(from, to string) (err error) {
	source, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	defer source.Close()
	target, err := renameio.NewPendingFile(to, renameio.WithPermissions(0o600))
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	defer func() { err = errors.Join(err, target.Cleanup()) }()
	if _, err := io.Copy(target, source); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	if err := target.CloseAtomicallyReplace(); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	return nil
}
