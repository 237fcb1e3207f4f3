package pipeline

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/store/postgrestest"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// moody is a TheHive that fails at some titles.
type moody struct {
	fails       map[string]bool
	tried, took []string
}

func (m *moody) Deliver(_ context.Context, s waggle.Story) (waggle.Delivery, error) {
	m.tried = append(m.tried, s.Title)
	if m.fails[s.Title] {
		return s.Alert, &upstream.Error{Service: "TheHive", Reason: upstream.Failure, Status: 500}
	}
	m.took = append(m.took, s.Title)
	return waggle.Delivery{ID: "~1", Revision: s.Revision}, nil
}

// waiting makes a store in which a story of each title waits, in their order.
func waiting(t *testing.T, titles ...string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), postgrestest.Database(t))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	at := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	for i, title := range titles {
		p := waggle.Post{Source: "blog", ID: title, Title: title, Fetched: at}
		head := waggle.Story{ID: waggle.StoryID(p), Title: title, Source: "blog", First: at, Last: at, Revision: 1}
		require.NoError(t, s.Tx(t.Context(), func(tx *store.Tx) error {
			if _, _, err := tx.SavePosts(t.Context(), store.Arrivals([]waggle.Post{p}, time.Time{})); err != nil {
				return err
			}
			return tx.Tell(t.Context(), head, store.Told{Post: p}, "matters", at.Add(time.Duration(i)*time.Second))
		}))
	}
	return s
}

func TestAStoryThatTheHiveFailsAtAlone(t *testing.T) {
	t.Parallel()
	s := waiting(t, "a", "b", "c")
	hive := &moody{fails: map[string]bool{"a": true}}
	w := alertWorkerOf(t, s, hive)

	send(t, w, 6)

	assert.Equal(t, []string{"a", "a", "a", "b", "c"}, hive.tried)
	left, err := s.Undelivered(t.Context(), time.Now())
	require.NoError(t, err)
	assert.Equal(t, []int{0, 1}, []int{left.Waiting, left.Refused})
	assert.Equal(t, "TheHive: upstream (500)", left.Error)
	assert.WithinDuration(t, time.Now().Add(w.pace.refused), left.Next, w.pace.refused/5)
}

func TestAnOutageIsNoFaultOfTheFirstStory(t *testing.T) {
	t.Parallel()
	s := waiting(t, "a", "b", "c")
	hive := &moody{fails: map[string]bool{"a": true, "b": true, "c": true}}
	w := alertWorkerOf(t, s, hive)

	send(t, w, 8)
	assert.Equal(t, []string{"a", "a", "a", "b", "a", "b", "a", "b"}, hive.tried, "another is tried beside the first, to see")
	hive.fails = nil
	send(t, w, 4)

	assert.Equal(t, []string{"a", "b", "c"}, hive.took, "in their order")
}

func TestAStoryAloneIsNotSetAside(t *testing.T) {
	t.Parallel()
	s := waiting(t, "a")
	w := alertWorkerOf(t, s, &moody{fails: map[string]bool{"a": true}})

	send(t, w, 9)

	left, err := s.Undelivered(t.Context(), time.Now())
	require.NoError(t, err)
	assert.Equal(t, 1, left.Waiting, "nothing tells whose fault it is")
}

func alertWorkerOf(t *testing.T, s *store.Store, raiser Raiser) *alertWorker {
	t.Helper()
	p, err := New(Options{Store: s, Raiser: raiser})
	require.NoError(t, err)
	p.pace.patience = 3
	return &alertWorker{Pipeline: p}
}

// send tries so often, without the pauses of an outage.
func send(t *testing.T, w *alertWorker, times int) {
	t.Helper()
	for range times {
		_, err := w.sendNext(t.Context())
		require.NoError(t, err)
	}
}
