// Package source says what every kind of source has in common: how one is
// described, what it is asked and what it answers. Each kind is a package
// below this one that only fetches posts; package kinds lists them.
package source

import (
	"context"
	"encoding/json"
	"time"

	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/fetch"
)

// Batch is the answer to one poll.
type Batch struct {
	// Posts are what the source shows, in its order; at least all that it did
	// not show at the last poll. Which of them are new is not known here: the
	// store knows, and tells those apart that the source gave one id.
	Posts []waggle.Post

	// Cursor is handed to the next poll. It covers Posts, so it must be stored
	// together with them or not at all.
	Cursor json.RawMessage

	// NotModified means that the source has nothing it did not have at the last
	// poll. Posts is empty then.
	NotModified bool

	// Wait is how long the source asked to be left alone; 0 when it did not.
	Wait time.Duration

	// Note says in words what is worth knowing of the answer: what could not be
	// taken ("2 damaged items were left out"), what of a budget is used. It is
	// shown with the source.
	Note string
}

// Source is one place that publishes posts. A Source keeps no state between
// polls: all it needs to remember is in the cursor.
type Source interface {
	// Poll asks once. The cursor is that of the last stored batch, or nil. An
	// error is an *upstream.Error, so its reason tells whether waiting helps.
	Poll(ctx context.Context, cursor json.RawMessage) (Batch, error)
}

// Getter fetches hostile public addresses; *fetch.Client is one.
type Getter interface {
	Get(ctx context.Context, r fetch.Request) (*fetch.Response, error)
}

// Kind is one kind of source.
type Kind struct {
	// New makes a source of a description that kinds.Check let through. What is
	// wrong with the keys of its own is a *Fault. The Getter may be nil where
	// only the description is looked at.
	New func(Spec, Getter) (Source, error)
	// Keys are those of a description that this kind takes beside the common
	// ones.
	Keys []string
	// URL is the address where a description names none; "" = it must.
	URL string
}
