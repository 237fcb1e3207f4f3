package store

import (
	"context"
	"database/sql"
	"sync"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riversqlite"
)

// sqliteDriver is River's SQLite driver, with notifications that stay in this
// process. River's own writes them to a table which it reads 20 times a second,
// so that several processes can share a file. Here one process writes (see
// [Open]), and a channel does: an idle feeder reads nothing.
//
// A notification only makes its hearer look sooner than it would. It may be
// lost, and must not come before the commit.
type sqliteDriver struct {
	riverdriver.Driver[*sql.Tx]
	bell *bell
}

func newSQLiteDriver(db *sql.DB, b *bell) *sqliteDriver {
	return &sqliteDriver{riversqlite.New(db), b}
}

// GetListener implements riverdriver.Driver.
func (d *sqliteDriver) GetListener(*riverdriver.GetListenenerParams) riverdriver.Listener {
	return d.bell
}

// GetExecutor implements riverdriver.Driver.
func (d *sqliteDriver) GetExecutor() riverdriver.Executor {
	return &ringingExecutor{d.Driver.GetExecutor(), d.bell}
}

// UnwrapExecutor implements riverdriver.Driver. What it notifies of is heard
// when [Tx] has committed the transaction.
func (d *sqliteDriver) UnwrapExecutor(tx *sql.Tx) riverdriver.ExecutorTx {
	return &ringingTx{ExecutorTx: d.Driver.UnwrapExecutor(tx), hold: func(n []riverdriver.Notification) { d.bell.hold(tx, n) }}
}

// UnwrapTx implements riverdriver.Driver.
func (d *sqliteDriver) UnwrapTx(tx riverdriver.ExecutorTx) *sql.Tx {
	if ours, ok := tx.(*ringingTx); ok {
		tx = ours.ExecutorTx
	}
	return d.Driver.UnwrapTx(tx)
}

// ringingExecutor works outside of transactions.
type ringingExecutor struct {
	riverdriver.Executor
	bell *bell
}

// Begin implements riverdriver.Executor.
func (e *ringingExecutor) Begin(ctx context.Context) (riverdriver.ExecutorTx, error) {
	tx, err := e.Executor.Begin(ctx)
	if err != nil {
		return nil, err
	}
	ringing := &ringingTx{ExecutorTx: tx}
	ringing.hold = func(n []riverdriver.Notification) { ringing.held = append(ringing.held, n...) }
	ringing.committed = func() { e.bell.ring(ringing.held) }
	return ringing, nil
}

// NotifyMany implements riverdriver.Executor.
func (e *ringingExecutor) NotifyMany(_ context.Context, p *riverdriver.NotifyManyParams) error {
	e.bell.ring(notifications(p))
	return nil
}

// ringingTx is a transaction, of the store or of River itself.
type ringingTx struct {
	riverdriver.ExecutorTx
	hold      func([]riverdriver.Notification)
	held      []riverdriver.Notification
	committed func() // nil = whoever began the transaction sees to it
}

// NotifyMany implements riverdriver.Executor.
func (t *ringingTx) NotifyMany(_ context.Context, p *riverdriver.NotifyManyParams) error {
	t.hold(notifications(p))
	return nil
}

// Commit implements riverdriver.ExecutorTx.
func (t *ringingTx) Commit(ctx context.Context) error {
	err := t.ExecutorTx.Commit(ctx)
	if err == nil && t.committed != nil {
		t.committed()
	}
	return err
}

func notifications(p *riverdriver.NotifyManyParams) []riverdriver.Notification {
	list := make([]riverdriver.Notification, len(p.Payload))
	for i, payload := range p.Payload {
		list[i] = riverdriver.Notification{Topic: p.Topic, Payload: payload}
	}
	return list
}

// bell brings notifications from where they are made to River's notifier, of
// which there is one.
type bell struct {
	mu     sync.Mutex
	held   map[*sql.Tx][]riverdriver.Notification // of transactions of the store that go on
	topics map[string]bool
	rung   chan riverdriver.Notification
}

// maxRung is how many notifications may wait to be heard. There is one for
// each of some queues and moment, so the rest would say the same again.
const maxRung = 256

func newBell() *bell {
	return &bell{
		held: map[*sql.Tx][]riverdriver.Notification{}, topics: map[string]bool{},
		rung: make(chan riverdriver.Notification, maxRung),
	}
}

func (b *bell) hold(tx *sql.Tx, n []riverdriver.Notification) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.held[tx] = append(b.held[tx], n...)
}

// ended rings for a transaction of the store, or forgets what it held.
func (b *bell) ended(tx *sql.Tx, committed bool) {
	b.mu.Lock()
	n := b.held[tx]
	delete(b.held, tx)
	b.mu.Unlock()
	if committed {
		b.ring(n)
	}
}

func (b *bell) ring(list []riverdriver.Notification) {
	for _, n := range list {
		if !b.listens(n.Topic) {
			continue
		}
		select {
		case b.rung <- n:
		default:
		}
	}
}

func (b *bell) listens(topic string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.topics[topic]
}

// Connect implements riverdriver.Listener.
func (b *bell) Connect(context.Context) error { return nil }

// Ping implements riverdriver.Listener.
func (b *bell) Ping(context.Context) error { return nil }

// Schema implements riverdriver.Listener.
func (b *bell) Schema() string { return "" }

// SetAfterConnectExec implements riverdriver.Listener, for River's own tests.
func (b *bell) SetAfterConnectExec(string) {}

// Close implements riverdriver.Listener.
func (b *bell) Close(context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	clear(b.topics)
	return nil
}

// Listen implements riverdriver.Listener.
func (b *bell) Listen(_ context.Context, topic string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.topics[topic] = true
	return nil
}

// Unlisten implements riverdriver.Listener.
func (b *bell) Unlisten(_ context.Context, topic string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.topics, topic)
	return nil
}

// WaitForNotification implements riverdriver.Listener.
func (b *bell) WaitForNotification(ctx context.Context) (*riverdriver.Notification, error) {
	select {
	case n := <-b.rung:
		return &n, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
