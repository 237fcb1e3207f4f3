package store_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/store/postgrestest"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

func TestOnPostgreSQL(t *testing.T) { postgrestest.Again(t) }

// two opens the same PostgreSQL database twice, as two processes would.
func two(t *testing.T) (a, b *store.Store, database string) {
	t.Helper()
	postgrestest.Server(t)
	a, database = open(t)
	b, err := store.Open(t.Context(), database)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, b.Close()) })
	return a, b, database
}

func TestNoErrorTellsThePassword(t *testing.T) {
	const password = "hunter2%21"
	for name, database := range map[string]string{
		"nobody listens":   "postgres://waggle:" + password + "@127.0.0.1:1/waggle?connect_timeout=2",
		"no such host":     "postgres://waggle:" + password + "@db.invalid/waggle?connect_timeout=2",
		"no port":          "postgres://waggle:" + password + "@db.example.com:port/waggle",
		"no address":       "postgres://waggle:" + password + "%zz@[/waggle",
		"an unknown word":  "postgres://waggle:" + password + "@127.0.0.1/waggle?sslmode=maybe",
		"the query has it": "postgres://127.0.0.1:1/waggle?user=waggle&password=" + password,
		"another server":   "mysql://waggle:" + password + "@db.example.com/waggle",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := store.Open(t.Context(), database)
			require.Error(t, err)
			assert.NotContains(t, err.Error(), "hunter2")
			_, err = store.OpenReader(t.Context(), database)
			require.Error(t, err)
			assert.NotContains(t, err.Error(), "hunter2")
			assert.NotContains(t, store.Name(database), "hunter2")
		})
	}
}

func TestARefusedPasswordIsNotTold(t *testing.T) {
	postgrestest.Server(t)
	wrong := strings.Replace(postgrestest.Database(t), postgrestest.Password, "hunter2", 1)
	_, err := store.Open(t.Context(), wrong)
	require.ErrorContains(t, err, "password authentication failed")
	assert.NotContains(t, err.Error(), "hunter2")
}

func TestTextsThatNoDatabaseTakes(t *testing.T) {
	s, _ := open(t)
	p := post("zero \x00 and \xff\xfe")
	p.Title, p.Content = "A \x00 title \xc3", "text \x00\x80"
	found := waggle.Finding{Text: "The text \x00 of it \xf0\x9f"}
	tx(t, s, func(tx *store.Tx) error {
		read, _, err := tx.SavePosts(t.Context(), store.Arrivals([]waggle.Post{p}, time.Time{}))
		if assert.Len(t, read, 1) {
			moved, err := tx.SetFinding(t.Context(), read[0], found)
			assert.True(t, moved)
			require.NoError(t, err)
		}
		return err
	})
	batch, err := s.Batch(t.Context(), store.Judge, "", 9, noon())
	require.NoError(t, err)
	require.Len(t, batch, 1)
	assert.Equal(t, batch[0].Ref, batch[0].Post.Ref(), "a post keeps its name")
	assert.Contains(t, batch[0].Post.Title, " title ")

	tx(t, s, func(tx *store.Tx) error {
		read, _, err := tx.SavePosts(t.Context(), store.Arrivals([]waggle.Post{p}, time.Time{}))
		assert.Empty(t, read, "it is known")
		return err
	})
}

func TestFeedersShareAServer(t *testing.T) {
	a, b, _ := two(t)
	save(t, a, "blog", "1")
	_, err := b.Post(t.Context(), ref("blog", "1"))
	require.NoError(t, err)
	assert.NotEqual(t, a.Replica(), b.Replica())
}

func TestTransactionsOfFeedersRunOneAfterAnother(t *testing.T) {
	a, b, _ := two(t)
	var all sync.WaitGroup
	var mu sync.Mutex
	var seen []string
	for i := range 40 {
		all.Go(func() {
			assert.NoError(t, []*store.Store{a, b}[i%2].Tx(t.Context(), func(tx *store.Tx) error {
				n, _, err := tx.Left(t.Context(), store.Read, "")
				if err != nil {
					return err
				}
				mu.Lock()
				seen = append(seen, fmt.Sprint(n))
				mu.Unlock()
				_, _, err = tx.SavePosts(t.Context(), store.Arrivals([]waggle.Post{post(fmt.Sprint(i))}, time.Time{}))
				return err
			}))
		})
	}
	all.Wait()
	var want []string
	for i := range 40 {
		want = append(want, fmt.Sprint(i))
	}
	assert.Equal(t, want, seen, "each sees what those before it wrote")
}

func TestOneFeederHasTheSeat(t *testing.T) {
	a, b, _ := two(t)
	seat, ok, err := a.TakeSeat(t.Context(), store.Alerting)
	require.NoError(t, err)
	require.True(t, ok)
	require.NoError(t, seat.Held(t.Context()))
	_, ok, err = b.TakeSeat(t.Context(), store.Alerting)
	require.NoError(t, err)
	assert.False(t, ok)

	seat.Leave()
	require.Error(t, seat.Held(t.Context()))
	require.Eventually(t, func() bool { // the server takes note of it in its own time
		seat, ok, err = b.TakeSeat(t.Context(), store.Alerting)
		return err == nil && ok
	}, time.Minute, 10*time.Millisecond)
	seat.Leave()
}

func TestJobsOfAFeederThatEndedGoOn(t *testing.T) {
	a, b, database := two(t)
	c, err := pgx.Connect(t.Context(), database)
	require.NoError(t, err)
	defer c.Close(t.Context())
	_, err = c.Exec(t.Context(), `
		INSERT INTO river_job (kind, args, state, queue, max_attempts, attempted_by) VALUES
			('of-a', '{}', 'running', 'read', 9, ARRAY['waggle-1', $1]),
			('of-b', '{}', 'running', 'read', 9, ARRAY['waggle-1', $2]),
			('of-nobody', '{}', 'running', 'read', 9, ARRAY[$1, 'waggle-1'])`, a.Replica(), b.Replica())
	require.NoError(t, err)
	running := func() (kinds []string) {
		rows, err := c.Query(t.Context(), `SELECT kind FROM river_job WHERE state = 'running' ORDER BY kind`)
		require.NoError(t, err)
		kinds, err = pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(t, err)
		return kinds
	}

	jobs, err := b.Sweep(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 1, jobs)
	assert.Equal(t, []string{"of-a", "of-b"}, running())

	require.NoError(t, a.Close())
	require.Eventually(t, func() bool { // the server takes note of it in its own time
		jobs, err := b.Sweep(t.Context())
		return err == nil && jobs == 1
	}, time.Minute, 10*time.Millisecond)
	assert.Equal(t, []string{"of-b"}, running())
}
