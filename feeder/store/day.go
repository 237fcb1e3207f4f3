package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/waggle-cti/waggle/feeder/waggle"
)

// dayLength is a day in the milliseconds of a time column.
const dayLength = 24 * 60 * 60 * 1000

// Days counts the posts that were published since the beginning of that day
// (UTC), by day and source; days without one are left out.
func (s *Store) Days(ctx context.Context, since time.Time) ([]waggle.Day, error) {
	return list(ctx, s.read, func(rows *sql.Rows) (d waggle.Day, err error) {
		var day int64
		err = rows.Scan(&day, &d.Source, &d.Posts, &d.Told)
		d.Day = time.UnixMilli(day * dayLength).UTC()
		return d, err
	}, `SELECT day, source, posts, told FROM days WHERE day >= $1 AND posts > 0 ORDER BY day, source`, stamp(since)/dayLength)
}

// Published counts the posts that were published since then.
func (s *Store) Published(ctx context.Context, since time.Time) (posts int, err error) {
	next := (stamp(since)/dayLength + 1) * dayLength // the day after: what is left of the first day is few
	err = s.read.QueryRowContext(ctx, `
		SELECT (SELECT COUNT(*) FROM posts WHERE occurred >= $1 AND occurred < $2) +
		       (SELECT COALESCE(CAST(SUM(posts) AS BIGINT), 0) FROM days WHERE day >= $3)`,
		stamp(since), next, next/dayLength).Scan(&posts)
	if err != nil {
		return 0, fmt.Errorf("store: posts: %w", err)
	}
	return posts, nil
}

// Changes tells how often something changed, by topic: a number that is another
// than before means that there is something new to see.
func (s *Store) Changes(ctx context.Context) (map[waggle.Topic]int, error) {
	times := map[waggle.Topic]int{}
	_, err := list(ctx, s.read, func(rows *sql.Rows) (struct{}, error) {
		var topic waggle.Topic
		var n int
		err := rows.Scan(&topic, &n)
		times[topic] = n
		return struct{}{}, err
	}, `SELECT topic, times FROM changes`)
	return times, err
}

// Alerts counts the stories that TheHive took in since then, by day (UTC) of
// its latest revision.
func (s *Store) Alerts(ctx context.Context, since time.Time) (map[time.Time]int, error) {
	counts := map[time.Time]int{}
	_, err := list(ctx, s.read, func(rows *sql.Rows) (struct{}, error) {
		var day int64
		var n int
		err := rows.Scan(&day, &n)
		counts[time.UnixMilli(day*dayLength).UTC()] = n
		return struct{}{}, err
	}, `SELECT alert_at / $1 AS day, COUNT(*) FROM stories WHERE alert_at >= $2 AND alert_at > 0 GROUP BY day`, dayLength, stamp(since))
	return counts, err
}
