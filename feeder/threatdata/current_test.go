package threatdata_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/threatdata"
)

func TestFollow(t *testing.T) {
	path := filepath.Join(t.TempDir(), threatdata.File)
	from := folder(t, all())
	var log strings.Builder
	synctest.Test(t, func(t *testing.T) {
		c := threatdata.Follow(path, slog.New(slog.NewTextHandler(&log, nil)))
		assert.Nil(t, c.Data(), "no file yet")

		_, _, err := threatdata.Update(t.Context(), path, threatdata.Options{Folder: from, Now: now()})
		require.NoError(t, err)
		assert.Nil(t, c.Data(), "not looked at yet")
		time.Sleep(time.Minute)
		data := c.Data()
		assert.NotNil(t, data.Vulnerability("CVE-2026-11111").Exploited)

		require.NoError(t, os.WriteFile(path, []byte("damaged"), 0o600))
		time.Sleep(time.Minute)
		assert.Same(t, data, c.Data(), "the data from before stay")
		assert.Contains(t, log.String(), "cannot be used; run feeder lists update")

		require.NoError(t, os.Remove(path))
		time.Sleep(time.Minute)
		assert.Same(t, data, c.Data())
	})
}
