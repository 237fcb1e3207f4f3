package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/waggle-cti/waggle/feeder/waggle"
)

// dayLength is a day in the milliseconds of a time column.
const dayLength = 24 * 60 * 60 * 1000

// Days counts the posts that were published since then, by day (UTC) and
// source; days without one are left out.
func (s *Store) Days(ctx context.Context, since time.Time) ([]waggle.Day, error) {
	return list(ctx, s.read, func(rows *sql.Rows) (d waggle.Day, err error) {
		var day int64
		err = rows.Scan(&day, &d.Source, &d.Posts, &d.Told)
		d.Day = time.UnixMilli(day * dayLength).UTC()
		return d, err
	}, `SELECT occurred / $1 AS day, source, COUNT(*), SUM(CASE WHEN fate = $2 THEN 1 ELSE 0 END)
		FROM posts WHERE occurred >= $3 GROUP BY day, source ORDER BY day, source`, dayLength, waggle.Told, stamp(since))
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
