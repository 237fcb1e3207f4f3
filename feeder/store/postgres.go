package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
)

// server is what a store in PostgreSQL has of its own.
type server struct {
	pool    *pgxpool.Pool
	replica *replica // nil when opened to read only
}

func (s *server) close() {
	if s.replica != nil {
		s.replica.close()
	}
	s.pool.Close()
}

// connections is how many connections a feeder has to PostgreSQL at most,
// beside the one or two that hold its locks.
const connections = 10

// session are the settings of every connection. A feeder that hangs in a
// transaction, or whose machine is gone, must not hold up the others.
// https://www.postgresql.org/docs/current/runtime-config-client.html
func session() map[string]string {
	return map[string]string{
		"application_name":                    "waggle",
		"idle_in_transaction_session_timeout": "60s",
		"tcp_keepalives_idle":                 "10",
		"tcp_keepalives_interval":             "5",
		"tcp_keepalives_count":                "3",
	}
}

func openServer(ctx context.Context, database string, write bool) (*Store, error) {
	config, err := parseServer(database)
	if err != nil {
		return nil, err
	}
	if !write {
		config.ConnConfig.RuntimeParams["default_transaction_read_only"] = "on"
	}
	s, err := dial(ctx, serverName(database), config)
	if err != nil {
		return nil, fmt.Errorf("open the database %s: %w: check that PostgreSQL runs there and lets this user in", serverName(database), plainly(err, config.ConnConfig.Password))
	}
	if !write {
		return checked(ctx, s)
	}
	s.write = s.reads
	if err := s.join(ctx, config.ConnConfig); err != nil {
		err = fmt.Errorf("open the database %s: %w", s.name, plainly(err, config.ConnConfig.Password))
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func dial(ctx context.Context, name string, config *pgxpool.Config) (*Store, error) {
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	db := stdlib.OpenDBFromPool(pool)
	db.SetMaxIdleConns(0) // the pool keeps them
	return &Store{name: name, reads: db, read: valid{db}, server: &server{pool: pool}}, nil
}

// join makes the tables what they are to be and the process one of those that
// share them.
func (s *Store) join(ctx context.Context, config *pgx.ConnConfig) error {
	alone, err := pgx.ConnectConfig(ctx, config.Copy())
	if err != nil {
		return err
	}
	defer alone.Close(context.WithoutCancel(ctx)) // which gives the lock back
	if _, err := alone.Exec(ctx, `SELECT pg_advisory_lock($1, $2)`, lockClass, lockMigrate); err != nil {
		return err
	}
	if err := migrate(ctx, s.write, goose.DialectPostgres, s.Postgres()); err != nil {
		return err
	}
	if _, err := alone.Exec(ctx, searchServer); err != nil {
		return err
	}
	if err := s.catchUp(ctx); err != nil {
		return err
	}
	s.server.replica, err = newReplica(ctx, config)
	return err
}

// parseServer reads a URL. Its error repeats nothing of it: a password may
// stand anywhere in what cannot be read.
func parseServer(database string) (*pgxpool.Config, error) {
	scheme, _, _ := strings.Cut(database, "://")
	if scheme != "postgres" && scheme != "postgresql" {
		return nil, fmt.Errorf("database %s://…: give the path of an SQLite file, such as data/waggle.db, or postgres://user:password@host/name", scheme)
	}
	config, err := pgxpool.ParseConfig(database)
	if err != nil {
		return nil, errors.New("the database's address cannot be read: write postgres://user:password@host:5432/name?sslmode=require, with %40 for an @ in the password, or keep the password in the file that PGPASSFILE names")
	}
	if !strings.Contains(database, "pool_max_conns") {
		config.MaxConns = connections
	}
	for name, value := range session() {
		if _, set := config.ConnConfig.RuntimeParams[name]; !set {
			config.ConnConfig.RuntimeParams[name] = value
		}
	}
	return config, nil
}

// serverName is the address without what may be secret.
func serverName(database string) string {
	u, err := url.Parse(database)
	if err != nil {
		return "postgres://…"
	}
	shown := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	if u.User != nil {
		shown.User = url.User(u.User.Username())
	}
	return shown.String()
}

// plainly is an error that does not say the password, and each thing once, on
// one line: pgx tells every address it tried, with TLS and without.
func plainly(err error, password string) error {
	text := err.Error()
	if password != "" {
		text = strings.ReplaceAll(text, password, "…")
	}
	if head, tries, several := strings.Cut(text, "\n\t"); several {
		text = head + " " + strings.Join(slices.Compact(strings.Split(tries, "\n\t")), "; ")
	}
	if text == err.Error() {
		return err
	}
	return errors.New(text)
}

// Postgres is what River keeps its jobs with where the store is in PostgreSQL;
// nil where it is not.
func (s *Store) Postgres() riverdriver.Driver[pgx.Tx] {
	if s.server == nil {
		return nil
	}
	return riverpgxv5.New(s.server.pool)
}

// serverTx runs a transaction in PostgreSQL. A lock makes transactions run one
// after another, as SQLite's do: what a stage looks up is then still so when it
// writes. They are short, since nothing is fetched or read in them.
//
// The transaction is River's kind of one. Our own queries go through
// database/sql on the same connection.
func (s *Store) serverTx(ctx context.Context, durable bool, do func(*Tx) error) (err error) {
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	// Raw keeps database/sql off the connection meanwhile: where ctx ends, it
	// may be closing the rows of a query.
	var tx pgx.Tx
	err = conn.Raw(func(raw any) (err error) {
		if tx, err = raw.(*stdlib.Conn).Conn().Begin(ctx); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `SELECT set_config('synchronous_commit', $1, true), pg_advisory_xact_lock($2, $3)`,
			map[bool]string{true: "on", false: "off"}[durable], lockClass, lockWrite)
		return err
	})
	defer func() { // also when do panics
		_ = conn.Raw(func(any) error {
			if tx == nil {
				return nil
			}
			return tx.Rollback(context.WithoutCancel(ctx)) // after Commit it does nothing
		})
	}()
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	t := &Tx{tx: valid{conn}, postgres: tx}
	if err := do(t); err != nil {
		return err
	}
	if err := t.addUp(ctx); err != nil {
		return err
	}
	if err := conn.Raw(func(any) error { return tx.Commit(ctx) }); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

// valid makes texts what PostgreSQL stores. SQLite takes any, and hostile posts
// hold any.
type valid struct{ executor }

// ExecContext implements executor.
func (v valid) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return v.executor.ExecContext(ctx, query, validAll(args)...)
}

// QueryContext implements querier.
func (v valid) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return v.executor.QueryContext(ctx, query, validAll(args)...)
}

// QueryRowContext implements querier.
func (v valid) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return v.executor.QueryRowContext(ctx, query, validAll(args)...)
}

func validAll(args []any) []any {
	out := make([]any, len(args))
	for i, a := range args {
		if text := reflect.ValueOf(a); text.Kind() == reflect.String {
			a = validText(text.String())
		}
		out[i] = a
	}
	return out
}

// heartbeat is the longest that a lock's connection may take to answer.
const heartbeat = 5 * time.Second
