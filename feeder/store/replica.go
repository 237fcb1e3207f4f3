package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"

	"github.com/jackc/pgx/v5"
)

// The advisory locks of PostgreSQL that feeders share. A lock is held by a
// connection, so the server frees it when the process ends in any way.
// https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
const (
	lockClass   = 0x77616767 // "wagg": of the locks below
	lockReplica = 0x77616768 // of one lock for each process, by its number

	lockMigrate = 1 // the tables are changed
	lockWrite   = 2 // a transaction of the store
	lockAlert   = 3 // alerts are sent
	lockAnalyse = 4 // analyses are run
	lockAct     = 5 // actions are carried out
)

// replica is a process among those that share a PostgreSQL database. As long as
// it lives it holds a lock by its number: that is how the others know.
type replica struct {
	number int32
	config *pgx.ConnConfig

	mu   sync.Mutex
	held *pgx.Conn
}

func newReplica(ctx context.Context, config *pgx.ConnConfig) (*replica, error) {
	r := &replica{number: 1 + rand.Int32N(1<<31-2), config: config.Copy()}
	return r, r.live(ctx)
}

// id is the replica's name in River's tables.
func (r *replica) id() string { return fmt.Sprintf("waggle-%d", r.number) }

// live makes sure that the lock is held.
func (r *replica) live(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, heartbeat)
	defer cancel()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.held != nil && r.held.Ping(ctx) == nil {
		return nil
	}
	r.drop()
	conn, err := locked(ctx, r.config, lockReplica, r.number)
	if err != nil {
		return fmt.Errorf("store: hold this feeder's place among the others: %w", err)
	}
	r.held = conn
	return nil
}

func (r *replica) drop() {
	if r.held != nil {
		_ = r.held.Close(context.Background()) // it is of no use any more
		r.held = nil
	}
}

func (r *replica) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.drop()
}

// errHeld says that another process holds a lock.
var errHeld = errors.New("another feeder holds the lock")

// locked opens a connection that holds a lock until it is closed.
func locked(ctx context.Context, config *pgx.ConnConfig, class, number int32) (*pgx.Conn, error) {
	conn, err := pgx.ConnectConfig(ctx, config.Copy())
	if err != nil {
		return nil, plainly(err, config.Password)
	}
	got := false
	err = conn.QueryRow(ctx, `SELECT pg_try_advisory_lock($1, $2)`, class, number).Scan(&got)
	if err == nil && !got {
		err = errHeld
	}
	if err != nil {
		_ = conn.Close(context.WithoutCancel(ctx)) // the error above says more
		return nil, err
	}
	return conn, nil
}

// Replica names this process among those that share the data; "" where none
// can.
func (s *Store) Replica() string {
	if s.server == nil || s.server.replica == nil {
		return ""
	}
	return s.server.replica.id()
}

// Work is what only one process may do at a time.
type Work int32

// The works.
const (
	Alerting  Work = lockAlert   // TheHive does not check for duplicates that come at once
	Analysing Work = lockAnalyse // Cortex makes two jobs of two equal requests that come at once
	Acting    Work = lockAct     // a responder is run by who asks for it, as often as that
)

// String names the work.
func (w Work) String() string {
	switch w {
	case Alerting:
		return "to send alerts from"
	case Acting:
		return "to act from"
	}
	return "to run analyses from"
}

// Seat is the right to do a work.
type Seat struct {
	conn *pgx.Conn // nil = no other process can want it
	work Work
}

// TakeSeat takes the one seat for a work. ok is false while another process
// has it.
func (s *Store) TakeSeat(ctx context.Context, w Work) (seat *Seat, ok bool, err error) {
	if s.server == nil {
		return &Seat{}, true, nil
	}
	conn, err := locked(ctx, s.server.replica.config, lockClass, int32(w))
	if errors.Is(err, errHeld) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("store: the seat %s: %w", w, err)
	}
	return &Seat{conn, w}, true, nil
}

// Held makes sure that the seat is still ours. The time between that and what
// is done then is all that is left for two to have it: a server that is cut
// off gives it to another after half a minute.
func (s *Seat) Held(ctx context.Context) error {
	if s.conn == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, heartbeat)
	defer cancel()
	if err := s.conn.Ping(ctx); err != nil {
		return fmt.Errorf("store: the seat %s was lost: %w", s.work, err)
	}
	return nil
}

// Leave gives the seat up.
func (s *Seat) Leave() {
	if s.conn != nil {
		_ = s.conn.Close(context.Background()) // the server frees the lock in any case
	}
}
