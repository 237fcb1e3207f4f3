package store

import (
	recency "container/list"
	"context"
	"database/sql/driver"
	"fmt"
)

// prepared opens SQLite connections that keep the statements they have
// prepared. database/sql hands a query that is not prepared to the driver as
// text, and parsing it costs SQLite more than running it: River's statements
// are long, and neither River nor this package prepares any.
type prepared struct{ driver.Connector }

// Connect implements driver.Connector.
func (p prepared) Connect(ctx context.Context) (driver.Conn, error) {
	opened, err := p.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	conn, ok := opened.(sqliteConn)
	if !ok {
		return nil, fmt.Errorf("the SQLite driver's connection (%T) lacks what database/sql knows by now", opened)
	}
	return &keepingConn{sqliteConn: conn, byText: map[string]*recency.Element{}, byUse: recency.New()}, nil
}

// sqliteConn is what the driver's connections can do.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// sqliteStmt is what the driver's statements can do.
type sqliteStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// mostKept bounds the statements a connection keeps: those of the feeder and
// of River are some hundred.
const mostKept = 256

// keepingConn is a connection with its prepared statements. Like every
// driver.Conn it is used by one goroutine at a time.
//
// A statement is taken out while it runs, so that a query that is made while
// the rows of the same query are still read gets a statement of its own. One
// that a change of the tables made stale SQLite prepares anew by itself.
// https://sqlite.org/c3ref/prepare.html
type keepingConn struct {
	sqliteConn
	byText map[string]*recency.Element // of kept
	byUse  *recency.List               // the latest first
}

// kept is a statement that waits for its next use.
type kept struct {
	text string
	stmt sqliteStmt
}

// ExecContext implements driver.ExecerContext.
func (c *keepingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	stmt, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	defer c.keep(query, stmt)
	return stmt.ExecContext(ctx, args)
}

// QueryContext implements driver.QueryerContext.
func (c *keepingConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	stmt, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := stmt.QueryContext(ctx, args)
	if err != nil {
		c.keep(query, stmt)
		return nil, err
	}
	return &keptRows{rows, func() { c.keep(query, stmt) }}, nil
}

// Close implements driver.Conn.
func (c *keepingConn) Close() error {
	for c.byUse.Len() > 0 {
		c.drop(c.byUse.Front())
	}
	return c.sqliteConn.Close()
}

// take gives a statement for the query: a kept one, or a new one.
func (c *keepingConn) take(ctx context.Context, query string) (sqliteStmt, error) {
	if e, ok := c.byText[query]; ok {
		delete(c.byText, query)
		return c.byUse.Remove(e).(kept).stmt, nil
	}
	stmt, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	able, ok := stmt.(sqliteStmt)
	if !ok {
		_ = stmt.Close() // the error below says more
		return nil, fmt.Errorf("the SQLite driver's statement (%T) lacks what database/sql knows by now", stmt)
	}
	return able, nil
}

// keep keeps a statement for its next use, and drops the one that has waited
// longest when there are too many.
func (c *keepingConn) keep(query string, stmt sqliteStmt) {
	if _, twice := c.byText[query]; twice {
		_ = stmt.Close() // frees memory, and tells of the last run's error again
		return
	}
	c.byText[query] = c.byUse.PushFront(kept{query, stmt})
	if c.byUse.Len() > mostKept {
		c.drop(c.byUse.Back())
	}
}

func (c *keepingConn) drop(e *recency.Element) {
	old := c.byUse.Remove(e).(kept)
	delete(c.byText, old.text)
	_ = old.stmt.Close() // frees memory, and tells of the last run's error again
}

// keptRows are rows that give their statement back.
type keptRows struct {
	driver.Rows
	back func()
}

// Close implements driver.Rows. A second time it does nothing: the statement
// may be another query's by then.
func (r *keptRows) Close() error {
	if r.back == nil {
		return nil
	}
	defer func() { r.back(); r.back = nil }()
	return r.Rows.Close()
}
