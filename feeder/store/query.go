package store

import (
	"context"
	"database/sql"
	"fmt"
	"math/bits"
	"strings"
)

// querier is the part of *sql.DB and *sql.Tx that reads.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// list reads all rows of a query.
func list[T any](ctx context.Context, q querier, scan func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("store: %w", err)
		}
		all = append(all, one)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	return all, nil
}

// filter collects the conditions of a query with their arguments.
type filter struct {
	conditions []string
	args       []any
}

// add adds a condition; each ? in it stands for the next argument.
func (f *filter) add(condition string, args ...any) {
	for _, a := range args {
		condition = strings.Replace(condition, "?", f.arg(a), 1)
	}
	f.conditions = append(f.conditions, condition)
}

// arg adds an argument and gives its place in the query.
func (f *filter) arg(a any) string {
	f.args = append(f.args, a)
	return fmt.Sprintf("$%d", len(f.args))
}

// where gives the WHERE clause, empty without conditions.
func (f *filter) where() string {
	if len(f.conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(f.conditions, " AND ")
}

// among adds the condition that a column has one of the values, of which there
// is at least one. The last stands there several times, so that there are few
// different statements.
func (f *filter) among(column string, values []string) {
	places := make([]string, 1<<bits.Len(uint(len(values)-1)))
	for i := range places {
		places[i] = f.arg(values[min(i, len(values)-1)])
	}
	f.conditions = append(f.conditions, column+" IN ("+strings.Join(places, ", ")+")")
}

// batch is the most rows that one INSERT carries, and the most keys that one
// query looks up.
const batch = 64

// inOne is how many of so many things one statement is for: 1, 2, 4 … batch, so
// that there are few different statements and each is prepared once.
func inOne(left int) int { return min(batch, 1<<(bits.Len(uint(left))-1)) }

// insert inserts rows of equal width, many in a statement.
func insert(ctx context.Context, tx executor, into, onConflict string, rows [][]any) error {
	for len(rows) > 0 {
		n := inOne(len(rows))
		var values strings.Builder
		args := make([]any, 0, n*len(rows[0]))
		for i, row := range rows[:n] {
			if i > 0 {
				values.WriteByte(',')
			}
			values.WriteByte('(')
			for j, a := range row {
				if j > 0 {
					values.WriteByte(',')
				}
				args = append(args, a)
				fmt.Fprintf(&values, "$%d", len(args))
			}
			values.WriteByte(')')
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO "+into+" VALUES "+values.String()+" "+onConflict, args...); err != nil {
			return fmt.Errorf("store: %w", err)
		}
		rows = rows[n:]
	}
	return nil
}
