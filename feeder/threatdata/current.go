package threatdata

import (
	"log/slog"
	"os"
	"sync"
	"time"
)

// lookAgain is how often the file is looked at.
const lookAgain = 15 * time.Second

// Current is the data of a file that may be made anew at any time. It is safe
// for concurrent use.
type Current struct {
	path string
	log  *slog.Logger

	mu     sync.Mutex
	data   *Data
	seen   time.Time // the file's modification
	looked time.Time
}

// Follow uses the file at path as it is now and as it will be. One that cannot
// be used is told in the log, and the data from before stay.
func Follow(path string, log *slog.Logger) *Current { return &Current{path: path, log: log} }

// Data gives the data of now; nil is the built-in table alone.
func (c *Current) Data() *Data {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := time.Now(); now.Sub(c.looked) >= lookAgain {
		c.looked = now
		c.look()
	}
	return c.data
}

func (c *Current) look() {
	about, err := os.Stat(c.path)
	if err != nil || about.ModTime().Equal(c.seen) {
		return // a file that is gone: what was known goes on to be
	}
	c.seen = about.ModTime()
	data, err := Open(c.path)
	if err != nil {
		c.log.Error("the threat data cannot be used; run feeder lists update", "error", err)
		return
	}
	c.data = data
	c.log.Info("threat data", "file", c.path, "names", len(data.Names()), "exploited", len(data.known), "epss", data.epss.size(), "cvss", data.cvss.size())
}
