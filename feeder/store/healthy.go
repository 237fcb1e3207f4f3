package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// roomNeeded is the free space, in bytes, below which the store is not well. A
// poll of a large feed may store some ten megabytes.
const roomNeeded = 32 << 20

// Healthy tells whether the store can be read and written, and has room to go
// on: one row may still fit where nothing else does. An error says what to do,
// and names the data's path.
func (s *Store) Healthy(ctx context.Context, now time.Time) error {
	var held int64
	if err := s.read.QueryRowContext(ctx, `SELECT at FROM alive`).Scan(&held); err != nil {
		return fmt.Errorf("the data (%s) cannot be read: %w", s.name, err)
	}
	if err := s.Writable(ctx, now); err != nil {
		return err
	}
	if s.file == nil {
		return nil // the server's disk is the server's concern
	}
	return checkRoom(filepath.Dir(s.file.path), roomNeeded)
}

// Writable commits a row, and gives an error that says what to do if that
// fails.
func (s *Store) Writable(ctx context.Context, now time.Time) error {
	if s.write == nil {
		return errors.New("the data are open to read only")
	}
	if _, err := s.write.ExecContext(ctx, `UPDATE alive SET at = $1`, stamp(now)); err != nil {
		return fmt.Errorf("the data (%s) cannot be written: %w: look for a full disk, a read-only file system or changed rights", s.name, err)
	}
	return nil
}

// checkRoom looks whether the folder's file system has so much room for us.
func checkRoom(folder string, needed uint64) error {
	var fs unix.Statfs_t
	if err := unix.Statfs(folder, &fs); err != nil {
		return fmt.Errorf("the disk of %s: %w", folder, err)
	}
	if room := fs.Bavail * uint64(fs.Bsize); room < needed {
		return fmt.Errorf("the disk of %s has %d MiB left, and %d are needed: make room; what the feeder could not store it fetches again", folder, room>>20, needed>>20)
	}
	return nil
}
