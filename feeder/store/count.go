package store

import (
	"context"
	"fmt"

	"github.com/waggle-cti/waggle/feeder/waggle"
)

// tally is what a transaction changed of what pages count and show. It is
// added to the counts once, when the transaction ends.
type tally struct {
	fates  map[counted]*row
	days   map[daily]*row
	topics map[waggle.Topic]bool
}

// counted is a row of counts, daily one of days.
type (
	counted struct {
		source string
		fate   waggle.Fate
	}
	daily struct {
		day    int64
		source string
	}
)

// row is what is added to such a row.
type row struct{ posts, told, latest int64 }

// came counts a new post; occurred is its time as a column.
func (t *Tx) came(source string, occurred int64, fate waggle.Fate) {
	t.count(counted{source, fate}, 1, occurred)
	t.countDay(daily{occurred / dayLength, source}, 1, 0)
}

// moved counts a post that had another fate before.
func (t *Tx) moved(source string, occurred int64, from, to waggle.Fate) {
	t.count(counted{source, from}, -1, 0)
	t.count(counted{source, to}, 1, occurred)
	if to == waggle.Told {
		t.countDay(daily{occurred / dayLength, source}, 0, 1)
	}
}

func (t *Tx) count(at counted, posts, occurred int64) {
	if t.tally.fates == nil {
		t.tally.fates = map[counted]*row{}
	}
	r := t.tally.fates[at]
	if r == nil {
		r = &row{}
		t.tally.fates[at] = r
	}
	r.posts += posts
	r.latest = max(r.latest, occurred)
	t.changed(waggle.ChangedPosts)
}

func (t *Tx) countDay(at daily, posts, told int64) {
	if t.tally.days == nil {
		t.tally.days = map[daily]*row{}
	}
	r := t.tally.days[at]
	if r == nil {
		r = &row{}
		t.tally.days[at] = r
	}
	r.posts += posts
	r.told += told
}

// changed notes that pages about the topic have something new to show.
func (t *Tx) changed(topic waggle.Topic) {
	if t.tally.topics == nil {
		t.tally.topics = map[waggle.Topic]bool{}
	}
	t.tally.topics[topic] = true
}

// addUp writes the tally.
func (t *Tx) addUp(ctx context.Context) error {
	var fates, days, topics [][]any
	for at, r := range t.tally.fates {
		fates = append(fates, []any{at.source, at.fate, r.posts, r.latest})
	}
	for at, r := range t.tally.days {
		days = append(days, []any{at.day, at.source, r.posts, r.told})
	}
	for topic := range t.tally.topics {
		topics = append(topics, []any{topic, 1})
	}
	err := insert(ctx, t.tx, "counts (source, fate, posts, latest)", `ON CONFLICT (source, fate) DO UPDATE SET posts = counts.posts + excluded.posts,
		latest = CASE WHEN excluded.latest > counts.latest THEN excluded.latest ELSE counts.latest END`, fates)
	if err == nil {
		err = insert(ctx, t.tx, "days (day, source, posts, told)",
			"ON CONFLICT (day, source) DO UPDATE SET posts = days.posts + excluded.posts, told = days.told + excluded.told", days)
	}
	if err == nil {
		err = insert(ctx, t.tx, "changes (topic, times)", "ON CONFLICT (topic) DO UPDATE SET times = changes.times + 1", topics)
	}
	return err
}

// recount counts all posts. Every start does: an older feeder that worked on
// the same data until now counted nothing.
func (t *Tx) recount(ctx context.Context) error {
	for _, statement := range []struct {
		text string
		args []any
	}{
		{`DELETE FROM counts`, nil},
		{`INSERT INTO counts (source, fate, posts, latest) SELECT source, fate, COUNT(*), MAX(occurred) FROM posts GROUP BY source, fate`, nil},
		{`DELETE FROM days`, nil},
		{`INSERT INTO days (day, source, posts, told) SELECT occurred / $1, source, COUNT(*), SUM(CASE WHEN fate = $2 THEN 1 ELSE 0 END)
			FROM posts GROUP BY occurred / $1, source`, []any{dayLength, waggle.Told}},
	} {
		if _, err := t.tx.ExecContext(ctx, statement.text, statement.args...); err != nil {
			return fmt.Errorf("count the posts: %w", err)
		}
	}
	return nil
}
