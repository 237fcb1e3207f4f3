package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// advised adds to what SQLite says of a file what to do about it.
// https://sqlite.org/rescode.html
func advised(err error) error {
	said, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return err
	}
	var advice string
	switch said.Code() & 0xff { // the rest says it more finely
	case sqlite3.SQLITE_NOTADB:
		advice = "it is no feeder's data: move it away, or give another path as database"
	case sqlite3.SQLITE_CORRUPT:
		advice = "it is damaged: move it away, with the files beside it whose names begin as its own does, and begin with a backup (feeder restore FILE)"
	case sqlite3.SQLITE_FULL:
		advice = "make room on its disk"
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		advice = "another program holds it: end that"
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
		advice = "let the feeder's user write to it and to its folder"
	case sqlite3.SQLITE_IOERR:
		advice = "look at its disk: it may be full, or fail"
	default:
		return err
	}
	return fmt.Errorf("%w: %s", err, advice)
}

// Creatable tells whether Open may make a database that is not there yet: its
// file in its folder, or that folder. It makes nothing. A database in
// PostgreSQL is made by others.
func Creatable(database string) error {
	if isURL(database) {
		return nil
	}
	path, err := filePath(database)
	if err != nil {
		return err
	}
	folder := filepath.Dir(path)
	for {
		if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		folder = filepath.Dir(folder)
	}
	if err := unix.Access(folder, unix.W_OK|unix.X_OK); err != nil {
		return fmt.Errorf("%s cannot be made: %s: %w: let the feeder's user write there, or give another path as database", path, folder, err)
	}
	return checkRoom(folder, roomNeeded)
}
