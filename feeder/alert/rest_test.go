package alert_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/alert"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// long is a story of n further values, which came in with its revision.
func long(s waggle.Story, n int) waggle.Story {
	for i := range n {
		s.Indicators = append(s.Indicators, value(ioc.Domain, fmt.Sprintf("r%d-h%d.evil.example.net", s.Revision, i), s.Revision, "a"))
	}
	return s
}

// grownBy is a delivered story with n values more.
func grownBy(s waggle.Story, held waggle.Delivery, n int) waggle.Story {
	s.Alert, s.Revision = held, s.Revision+1
	return long(s, n)
}

// attached reads the files of the only alert as CSV.
func attached(t *testing.T, server *thehivetest.Server) (files [][][]string) {
	t.Helper()
	require.Len(t, server.Alerts(), 1)
	for _, content := range server.Files(server.Alerts()[0].ID) {
		rows, err := csv.NewReader(strings.NewReader(string(content))).ReadAll()
		require.NoError(t, err)
		files = append(files, rows)
	}
	return files
}

func TestDeliverAttachesTheRest(t *testing.T) {
	for _, version := range []string{"4.1.24-1", "5.7.3-1"} {
		t.Run(version, func(t *testing.T) {
			server, raiser := hive(t, version)
			s := long(story(), 250)
			s.Indicators = append(s.Indicators, value(ioc.Filename, "=cmd|x.exe", 2, "b"))
			for range 2 { // the second time as after a crash
				_, err := raiser.Deliver(t.Context(), s)
				require.NoError(t, err)
			}
			held, err := raiser.Deliver(t.Context(), s)
			require.NoError(t, err)

			files := attached(t, server)
			require.Len(t, files, 1)
			assert.Len(t, files[0], 1+len(s.Indicators)-alert.MaxObservables)
			assert.Equal(t, []string{"type", "value", "datatype", "confidence", "ioc", "source", "post"}, files[0][0])
			assert.Equal(t, []string{"domain", "r2-h195.evil.example.net", "fqdn", "90", "true", "blog", "Loader spreads by invoice"}, files[0][1])
			assert.Equal(t, "'=cmd|x.exe", files[0][len(files[0])-1][1], "no formula")

			s = grownBy(s, held, 30)
			for range 2 {
				_, err = raiser.Deliver(t.Context(), s)
				require.NoError(t, err)
			}
			files = attached(t, server)
			require.Len(t, files, 1, "the longer file is there instead")
			assert.Len(t, files[0], 1+len(s.Indicators)-alert.MaxObservables)
			assert.Contains(t, server.Alerts()[0].Description, "the attached file waggle-01234567.csv")
		})
	}
}

func TestDeliverAttachesNothingNeedless(t *testing.T) {
	for name, c := range map[string]struct {
		values int
		files  int
	}{
		"none beyond":          {0, 0},
		"as many as may be":    {alert.MaxObservables - 5, 0},
		"one more than may be": {alert.MaxObservables - 4, 1},
	} {
		t.Run(name, func(t *testing.T) {
			server, raiser := hive(t, "4.1.24-1")
			_, err := raiser.Deliver(t.Context(), long(story(), c.values))
			require.NoError(t, err)
			assert.Len(t, attached(t, server), c.files)
		})
	}
	t.Run("it grew by a post without values", func(t *testing.T) {
		server, raiser := hive(t, "4.1.24-1")
		s := long(story(), 250)
		held, err := raiser.Deliver(t.Context(), s)
		require.NoError(t, err)
		before := len(server.Requests())
		_, err = raiser.Deliver(t.Context(), grownBy(s, held, 0))
		require.NoError(t, err)
		for _, r := range server.Requests()[before:] {
			assert.NotContains(t, r.Path, "artifact")
		}
	})
}

func TestDeliverWhereNoFileIsTaken(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		waits  bool
	}{
		"files are refused": {http.StatusRequestEntityTooLarge, false},
		"it fails":          {http.StatusInternalServerError, true},
		"no right":          {http.StatusForbidden, true},
	} {
		t.Run(name, func(t *testing.T) {
			server, raiser := hive(t, "4.1.24-1")
			server.Fail(func(r *http.Request) thehivetest.Fault {
				if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
					return thehivetest.Fault{Status: c.status}
				}
				return thehivetest.Fault{}
			})
			got, err := raiser.Deliver(t.Context(), long(story(), 250))
			assert.NotEmpty(t, got.ID)
			if c.waits {
				require.Error(t, err)
				assert.Zero(t, got.Revision)
				assert.NotEqual(t, upstream.BadInput, upstream.ReasonOf(err))
				return
			}
			require.NoError(t, err)
			assert.Equal(t, 2, got.Revision, "the rest of the alert is there")
			assert.Contains(t, got.Error, "waggle-01234567.csv")
		})
	}
}
