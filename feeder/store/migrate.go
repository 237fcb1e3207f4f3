package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivermigrate"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the tables up to date, ours by goose and River's by its own
// migrations.
func migrate[T any](ctx context.Context, db *sql.DB, dialect goose.Dialect, jobs riverdriver.Driver[T]) error {
	ours, err := provider(db, dialect)
	if err != nil {
		return err
	}
	have, newest, err := ours.GetVersions(ctx)
	if err != nil {
		return err
	}
	if have > newest {
		return fmt.Errorf("it was written by a newer feeder (schema %d, this one knows %d): use that one", have, newest)
	}
	if _, err := ours.Up(ctx); err != nil {
		return err
	}
	rivers, err := rivermigrate.New(jobs, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	_, err = rivers.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

// checkVersion refuses to read tables of another shape.
func (s *Store) checkVersion(ctx context.Context) error {
	var have int64
	if err := s.read.QueryRowContext(ctx, `SELECT MAX(version_id) FROM `+goose.DefaultTablename).Scan(&have); err != nil {
		if _, unknown := errors.AsType[*pgconn.PgError](err); unknown {
			return fmt.Errorf("%w: start `feeder run` or `feeder once` first", ErrNoData)
		}
		if said, ok := errors.AsType[*sqlite.Error](err); ok && said.Code() == sqlite3.SQLITE_ERROR { // no such table
			return fmt.Errorf("it is no feeder's database, or empty: %w", err)
		}
		return advised(err)
	}
	ours, err := provider(s.reads, goose.DialectSQLite3) // both have the same
	if err != nil {
		return err
	}
	sources := ours.ListSources()
	if newest := sources[len(sources)-1].Version; have != newest {
		return fmt.Errorf("its schema is %d and this feeder's is %d: start the newer feeder's `run` once", have, newest)
	}
	return nil
}

func provider(db *sql.DB, dialect goose.Dialect) (*goose.Provider, error) {
	folder, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, errors.Join(errors.New("read the embedded migrations"), err)
	}
	return goose.NewProvider(dialect, db, folder, goose.WithDisableGlobalRegistry(true), goose.WithGoMigrations(lookups(dialect)), goose.WithSlog(slog.New(slog.DiscardHandler)))
}
