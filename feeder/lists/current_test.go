package lists_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/renameio/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/lists"
	"github.com/waggle-cti/waggle/shared/knownbenign"
)

// compile puts a list of one name into the place of the file.
func compile(t *testing.T, path, list, name string, benign bool) {
	t.Helper()
	c := knownbenign.NewCompiler()
	_, err := c.Add(knownbenign.Warninglist{Name: list, Match: knownbenign.Hostname, Entries: []string{name}, Benign: benign})
	require.NoError(t, err)
	data, err := c.Bytes(time.Now(), "a test")
	require.NoError(t, err)
	require.NoError(t, renameio.WriteFile(path, data, 0o600))
}

func TestCurrentFollowsTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), lists.File)
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		c := lists.Follow(path, slog.New(slog.NewTextHandler(&log, nil)))
		known := func() string {
			list, _ := c.Known("domain", "www.acme.example")
			return list
		}
		assert.Empty(t, known(), "there is no file")
		assert.Empty(t, log.String(), "which is nothing to tell")

		compile(t, path, "first", "acme.example", true)
		assert.Empty(t, known(), "it is not looked at each time")
		time.Sleep(time.Minute)
		assert.Equal(t, "first", known())
		assert.Contains(t, log.String(), "the compiled warninglists are used")

		compile(t, path, "second", "acme.example", false)
		time.Sleep(time.Minute)
		assert.Empty(t, known())
		assert.Equal(t, "on the list second (flag only)", c.Note("domain", "acme.example"))

		require.NoError(t, renameio.WriteFile(path, []byte("no lists at all, whatever else it is"), 0o600))
		log.Reset()
		for range 3 {
			time.Sleep(time.Minute)
			assert.Equal(t, "on the list second (flag only)", c.Note("domain", "acme.example"), "what was read before is kept")
		}
		assert.Equal(t, 1, bytes.Count(log.Bytes(), []byte("those read before are; run feeder lists update")), "it is told once: %s", &log)

		require.NoError(t, os.Remove(path))
		time.Sleep(time.Minute)
		assert.Empty(t, c.Note("domain", "acme.example"))
		assert.Contains(t, log.String(), "are gone")
		list, ok := c.Known("ip", "9.9.9.9")
		assert.True(t, ok)
		assert.Equal(t, knownbenign.Resolvers, list)
	})
}

// TestCurrentChangesWhileItIsAsked closes files that others are just asking.
func TestCurrentChangesWhileItIsAsked(t *testing.T) {
	path := filepath.Join(t.TempDir(), lists.File)
	compile(t, path, "list 0", "acme.example", true)
	synctest.Test(t, func(t *testing.T) {
		c := lists.Follow(path, slog.New(slog.DiscardHandler))
		var asking sync.WaitGroup
		for range 4 {
			asking.Go(func() {
				for range 200 {
					_, ok := c.Known("domain", "www.acme.example")
					assert.True(t, ok)
					time.Sleep(time.Second)
				}
			})
		}
		for n := range 10 {
			compile(t, path, fmt.Sprintf("list %d", n), "acme.example", true)
			time.Sleep(20 * time.Second)
		}
		asking.Wait()
		list, _ := c.Known("domain", "acme.example")
		assert.Equal(t, "list 9", list)
	})
}
