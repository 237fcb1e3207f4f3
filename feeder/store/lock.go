package store

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// lock is a held flock(2). The kernel drops it when the process ends in any
// way, so nothing has to be cleared after a crash.
type lock struct{ file *os.File }

func acquire(path string) (*lock, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the data: %w", err)
	}
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		holder, _ := os.ReadFile(path)
		file.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, fmt.Errorf("%w (process %s holds %s): stop it, or give this one another --database", ErrBusy, strings.TrimSpace(string(holder)), path)
		}
		return nil, fmt.Errorf("lock the data (%s): %w", path, err)
	}
	if err := note(file); err != nil {
		file.Close()
		return nil, fmt.Errorf("lock the data (%s): %w", path, err)
	}
	return &lock{file}, nil
}

// note leaves the process number in the file, for the message of whoever
// comes second.
func note(file *os.File) error {
	if err := file.Truncate(0); err != nil {
		return err
	}
	_, err := fmt.Fprintln(file, os.Getpid())
	return err
}

// release lets the next one in. The file stays: removing it would let two
// processes lock two files of the same name.
func (l *lock) release() error { return l.file.Close() }
