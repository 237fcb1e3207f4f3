package triage_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/triage"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/thehive"
)

// hive tells what a test says, and counts how often it is asked.
type hive struct {
	alerts, cases []thehive.Triaged
	err           error
	asked         atomic.Int32
	since         time.Time
}

func (h *hive) TriagedAlerts(_ context.Context, typ string, since time.Time) ([]thehive.Triaged, error) {
	h.asked.Add(1)
	h.since = since
	return h.alerts, h.err
}

func (h *hive) TriagedCases(context.Context, time.Time) ([]thehive.Triaged, error) {
	return h.cases, h.err
}

// said is what a story's posts say: its name.
func said(_ context.Context, story string) (string, error) {
	if strings.HasPrefix(story, "foreign") {
		return "", waggle.ErrNotFound
	}
	return strings.ReplaceAll(story, "-", " "), nil
}

func learner(t *testing.T, path string, h *hive) *triage.Learner {
	t.Helper()
	l, err := triage.Open(triage.Options{Path: path, TheHive: h, Type: "waggle", Reader: reader, Text: said})
	require.NoError(t, err)
	return l
}

func at(minute int) time.Time { return time.Date(2026, 11, 20, 9, minute, 0, 0, time.UTC) }

func TestLearn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", triage.File) // in a folder that is not there yet
	h := &hive{alerts: []thehive.Triaged{
		{ID: "~1", Ref: "firewall-flaw-exploited", Case: "~c1", Outcome: thehive.Imported, Updated: at(5)},
		{ID: "~2", Ref: "phone-trojan", Outcome: thehive.Ignored, Updated: at(4)},
		{ID: "~3", Ref: "foreign-story", Outcome: thehive.Ignored, Updated: at(3)},
		{ID: "~4", Ref: "open-question", Updated: at(2)},
	}}
	l := learner(t, path, h)
	n, err := l.Learn(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 2, n)
	counts(t, l, 1, 1)

	n, err = l.Learn(t.Context())
	require.NoError(t, err)
	assert.Zero(t, n, "the same again teaches nothing")
	assert.Equal(t, at(5), h.since)

	h.cases = []thehive.Triaged{{ID: "~c1", Outcome: thehive.FalsePositive, Updated: at(9)}, {ID: "~c9", Outcome: thehive.TruePositive, Updated: at(8)}}
	n, err = l.Learn(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 1, n)
	counts(t, l, 0, 2)

	// The alert is told again, as imported: how its case ended counts.
	h.cases = nil
	_, err = l.Learn(t.Context())
	require.NoError(t, err)
	counts(t, l, 0, 2)

	counts(t, learner(t, path, h), 0, 2) // after a restart
}

func TestLearnShifts(t *testing.T) {
	h := &hive{}
	for i := range 8 {
		h.alerts = append(h.alerts,
			thehive.Triaged{Ref: fmt.Sprintf("firewall-flaw-exploited-%d", i), Outcome: thehive.Imported, Updated: at(i)},
			thehive.Triaged{Ref: fmt.Sprintf("phone-trojan-%d", i), Outcome: thehive.Ignored, Updated: at(i)})
	}
	l := learner(t, filepath.Join(t.TempDir(), triage.File), h)
	points, _ := l.Shift("Another firewall flaw exploited")
	assert.Zero(t, points)
	_, err := l.Learn(t.Context())
	require.NoError(t, err)
	points, why := l.Shift("Another firewall flaw exploited")
	assert.Positive(t, points)
	assert.Contains(t, why, "your team took up")
}

func TestLearnChangesItsMind(t *testing.T) {
	h := &hive{alerts: []thehive.Triaged{{ID: "~1", Ref: "flaw", Outcome: thehive.Ignored, Updated: at(1)}}}
	l := learner(t, filepath.Join(t.TempDir(), triage.File), h)
	_, err := l.Learn(t.Context())
	require.NoError(t, err)
	counts(t, l, 0, 1)
	h.alerts[0] = thehive.Triaged{ID: "~1", Ref: "flaw", Outcome: thehive.Imported, Case: "~c1", Updated: at(2)}
	_, err = l.Learn(t.Context())
	require.NoError(t, err)
	counts(t, l, 1, 0)
}

func TestLearnFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), triage.File)
	h := &hive{err: errors.New("TheHive is away")}
	_, err := learner(t, path, h).Learn(t.Context())
	assert.EqualError(t, err, "TheHive is away")
	assert.NoFileExists(t, path)
}

func TestOpenDamagedLessons(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"no JSON": {"x", "lessons of triage"},
		"newer":   {`{"version":2}`, "take the file away to learn anew"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), triage.File)
			require.NoError(t, os.WriteFile(path, []byte(c.text), 0o600))
			_, err := triage.Open(triage.Options{Path: path})
			assert.ErrorContains(t, err, c.want)
		})
	}
}

func TestRunLooksNowAndThenAndSoonAfterAHook(t *testing.T) {
	path := filepath.Join(t.TempDir(), triage.File)
	synctest.Test(t, func(t *testing.T) {
		h := &hive{}
		l := learner(t, path, h)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { l.Run(ctx); close(done) }()
		synctest.Wait()
		assert.EqualValues(t, 1, h.asked.Load(), "at once")
		time.Sleep(10*time.Minute + time.Second)
		assert.EqualValues(t, 2, h.asked.Load())

		for range 50 {
			time.Sleep(time.Second)
			w := httptest.NewRecorder()
			l.Hook().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", strings.NewReader(`{"objectType":"alert"}`)))
			assert.Equal(t, http.StatusNoContent, w.Code)
		}
		assert.EqualValues(t, 5, h.asked.Load(), "many hooks, a look each 15 seconds")
		stop()
		<-done
	})
}

func TestHookIsForPosts(t *testing.T) {
	l := learner(t, filepath.Join(t.TempDir(), triage.File), &hive{})
	w := httptest.NewRecorder()
	l.Hook().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	assert.Equal(t, http.StatusMethodNotAllowed, w.Code)
}

func counts(t *testing.T, l *triage.Learner, wanted, others int) {
	t.Helper()
	w, o := l.Lessons()
	assert.Equal(t, [2]int{wanted, others}, [2]int{w, o})
}

func TestImportedStoriesAreTold(t *testing.T) {
	h := &hive{alerts: []thehive.Triaged{
		{ID: "~1", Ref: "taken", Case: "~9", Outcome: thehive.Imported, Updated: at(2)}, {ID: "~2", Ref: "passed", Outcome: thehive.Ignored, Updated: at(1)},
		{ID: "~3", Ref: "foreign", Case: "~8", Outcome: thehive.Imported, Updated: at(1)},
	}}
	l := learner(t, filepath.Join(t.TempDir(), triage.File), h)
	var told []string
	failing := errors.New("the disk is full")
	l.Imported = func(_ context.Context, story string) error {
		told = append(told, story)
		return failing
	}
	_, err := l.Learn(t.Context())
	require.ErrorIs(t, err, failing)
	failing = nil
	for range 2 {
		_, err = l.Learn(t.Context())
		require.NoError(t, err)
	}
	assert.Equal(t, []string{"taken", "taken"}, told, "until it was heard")
}
