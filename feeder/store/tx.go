package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Tx is a transaction: all that is done in it is kept, or nothing.
type Tx struct {
	tx       executor
	sqlite   *sql.Tx
	postgres pgx.Tx
	tally    tally
}

// executor is what a transaction is worked in.
type executor interface {
	querier
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// SQLite is the transaction as River's driver for SQLite takes it, see
// [Store.SQLite].
func (t *Tx) SQLite() *sql.Tx { return t.sqlite }

// Postgres is the transaction as River's driver for PostgreSQL takes it, see
// [Store.Postgres].
func (t *Tx) Postgres() pgx.Tx { return t.postgres }

// Tx runs do in a transaction, and keeps what it did if it returns nil.
// Transactions run one after another, those of other feeders on the same data
// included, so do must not wait for anything but the store.
func (s *Store) Tx(ctx context.Context, do func(*Tx) error) error {
	if s.server != nil {
		return s.serverTx(ctx, false, do)
	}
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return s.run(ctx, tx, do)
}

// DurableTx is Tx that returns only when the disk has this transaction and
// every one before it, so that a power cut cannot take it back.
func (s *Store) DurableTx(ctx context.Context, do func(*Tx) error) (err error) {
	if s.server != nil {
		return s.serverTx(ctx, true, do)
	}
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if _, err := conn.ExecContext(ctx, `PRAGMA synchronous=FULL`); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	// Without the caller's context: the connection must not stay slow
	// because the caller was cancelled.
	defer func() {
		_, back := conn.ExecContext(context.WithoutCancel(ctx), `PRAGMA synchronous=NORMAL`)
		err = errors.Join(err, back)
	}()
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return s.run(ctx, tx, do)
}

// run runs a transaction in SQLite.
func (s *Store) run(ctx context.Context, tx *sql.Tx, do func(*Tx) error) error {
	committed := false
	defer func() {
		_ = tx.Rollback() // after Commit it does nothing; also when do panics
		s.file.bell.ended(tx, committed)
	}()
	t := &Tx{tx: tx, sqlite: tx}
	if err := do(t); err != nil {
		return err
	}
	if err := t.addUp(ctx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	committed = true
	return nil
}
