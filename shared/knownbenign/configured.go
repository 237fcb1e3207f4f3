package knownbenign

import (
	"errors"
	"io/fs"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// Configured opens the compiled lists that a worker's setting names; of an empty
// path they are nil, the built-in list alone. The error is an *upstream.Error
// that says what the admin can do.
func Configured(path string) (*Lists, error) {
	if path == "" {
		return nil, nil
	}
	lists, err := Open(path)
	if err == nil {
		return lists, nil
	}
	e := &upstream.Error{Reason: upstream.BadInput, Message: "configuration: lists: " + err.Error(),
		Next: "compile them again with feeder lists update", Err: err}
	if errors.Is(err, fs.ErrNotExist) {
		e.Next = "give a path as the worker sees it, or leave lists unset: a container has only the files of its image"
	}
	return nil, e
}
