package lists

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/waggle-cti/waggle/shared/knownbenign"
)

// lookAgain is how long the file is taken to be as it was.
const lookAgain = 10 * time.Second

// Current is a compiled file as it is now: one that takes its place is used
// within seconds, without a start. It is looked for when values are asked for;
// while nobody asks, nothing is done. It is safe for concurrent use.
type Current struct {
	path  string
	log   *slog.Logger
	start time.Time // what follows counts from it, so that no clock that is set matters

	due     atomic.Int64 // when to look at the file again, as a time.Duration
	looking sync.Mutex   // held by the one who does
	seen    fs.FileInfo  // the file that was looked at last; nil: there was none

	mu    sync.RWMutex // held while lists are asked, and while they are changed
	lists *knownbenign.Lists
}

// Follow uses the compiled file at path, for as long as the process lives.
// Without one, the built-in list must do; so it must where the file cannot be
// used, which is logged, unless another one was read before: that is kept.
func Follow(path string, log *slog.Logger) *Current {
	c := &Current{path: path, log: log, start: time.Now()}
	c.look()
	return c
}

// Known is knownbenign.Lists.Known.
func (c *Current) Known(kind, value string) (list string, ok bool) {
	c.look()
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.lists.Known(kind, value)
}

// Note is knownbenign.Lists.Note.
func (c *Current) Note(kind, value string) string {
	c.look()
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.lists.Note(kind, value)
}

// look takes the file that is there, if it is another one. Who finds somebody
// looking goes on with what there is.
func (c *Current) look() {
	now := time.Since(c.start)
	if now < time.Duration(c.due.Load()) || !c.looking.TryLock() {
		return
	}
	defer c.looking.Unlock()
	c.due.Store(int64(now + lookAgain))
	file, err := os.Stat(c.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if c.seen != nil {
			c.seen = nil
			c.use(nil)
			c.log.Warn("the compiled warninglists are gone, only the built-in list is used; run feeder lists update", "file", c.path)
		}
	case err != nil:
		c.log.Error("the compiled warninglists cannot be looked at", "error", err)
	case c.seen == nil || !same(file, c.seen):
		c.seen = file
		c.take()
	}
}

func same(a, b fs.FileInfo) bool {
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}

// take opens the file and uses it if it is whole.
func (c *Current) take() {
	lists, err := knownbenign.Open(c.path)
	if err == nil {
		if err = lists.Verify(); err != nil {
			err = errors.Join(err, lists.Close())
		}
	}
	if err != nil {
		instead := "only the built-in list is"
		if c.lists != nil { // read without mu: only who looks writes it
			instead = "those read before are"
		}
		c.log.Error("the compiled warninglists cannot be used, "+instead+"; run feeder lists update", "error", err)
		return
	}
	c.use(lists)
	c.log.Info("the compiled warninglists are used", "file", c.path, "lists", len(lists.Loaded()))
}

// use changes the lists when nobody is asking the old ones, and closes those.
func (c *Current) use(lists *knownbenign.Lists) {
	c.mu.Lock()
	old := c.lists
	c.lists = lists
	c.mu.Unlock()
	if err := old.Close(); err != nil {
		c.log.Error("the old warninglists could not be closed", "error", err)
	}
}
