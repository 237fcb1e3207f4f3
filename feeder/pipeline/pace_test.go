package pipeline

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/store/postgrestest"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/upstream"
)

func TestBackoffDoublesUpToItsEnd(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]time.Duration{0: time.Second, 1: time.Second, 2: 2 * time.Second, 5: 16 * time.Second, 9: 4 * time.Minute, 31: 4 * time.Minute, 1 << 40: 4 * time.Minute} {
		for range 20 {
			assert.InEpsilon(t, want, backoff(n, time.Second, 4*time.Minute), 0.101, "try %d", n)
		}
	}
}

func TestOutages(t *testing.T) {
	t.Parallel()
	var o outages
	start := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	down := &upstream.Error{Service: "TheHive", Reason: upstream.Failure}
	assert.False(t, o.hopeless(start, 0), "without an outage there is hope")

	assert.InEpsilon(t, 2*time.Second, o.begin(start, down, patient()).Sub(start), 0.101)
	assert.InEpsilon(t, 4*time.Second, o.begin(start.Add(3*time.Second), down, patient()).Sub(start.Add(3*time.Second)), 0.101)
	assert.False(t, o.hopeless(start.Add(59*time.Second), time.Minute))
	assert.True(t, o.hopeless(start.Add(time.Minute), time.Minute), "counted from the first failure")

	asked := &upstream.Error{Service: "TheHive", Reason: upstream.RateLimited, RetryAfter: time.Minute}
	assert.Equal(t, start.Add(time.Minute), o.begin(start, asked, patient()), "what TheHive asks for is kept")
	asked.RetryAfter = 24 * time.Hour
	assert.Equal(t, start.Add(patient().longest), o.begin(start, asked, patient()), "within reason")

	o.over()
	assert.LessOrEqual(t, o.left(start), time.Duration(0))
	assert.False(t, o.hopeless(start.Add(time.Hour), time.Minute))
	o.begin(start, &upstream.Error{Service: "TheHive", Reason: upstream.Auth}, patient())
	assert.True(t, o.hopeless(start, time.Hour), "a wrong key does not mend itself")
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	assert.Equal(t, time.Second, retryAfter(errors.Join(errors.New("poll"), &upstream.Error{RetryAfter: time.Second})))
	assert.Zero(t, retryAfter(errors.New("no")))
}

func TestAPassEndsWhenNothingCanBeWritten(t *testing.T) {
	t.Parallel()
	path := postgrestest.Database(t)
	begun, err := store.Open(t.Context(), path)
	require.NoError(t, err)
	defer func() { assert.NoError(t, begun.Close()) }()
	require.NoError(t, begun.Tx(t.Context(), func(tx *store.Tx) error {
		_, _, err := tx.SavePosts(t.Context(), store.Arrivals([]waggle.Post{{Source: "blog", ID: "1", Title: "Waits to be read"}}, time.Time{}))
		return err
	}))
	reader, err := store.OpenReader(t.Context(), path) // it refuses writes, as a full disk does
	require.NoError(t, err)
	defer func() { assert.NoError(t, reader.Close()) }()
	p, err := New(Options{Store: reader})
	require.NoError(t, err)
	p.pace = pace{glance: time.Millisecond, write: time.Millisecond}

	assert.ErrorContains(t, p.drain(t.Context(), time.Now(), 0), "read only")
}
