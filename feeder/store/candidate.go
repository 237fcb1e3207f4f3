package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"
)

// Key is something that posts of one story have in common.
type Key struct{ Kind, Value string }

// Candidate is a story that has a key in common with a post.
type Candidate struct {
	Story string
	Title string
	Last  time.Time
	Keys  []Key
}

// Limits of a search for candidates. They bound the work that one hostile
// post can cause.
const (
	maxHub        = 30 // a value in more stories than this tells nothing
	maxCandidates = 50
	maxKeys       = 2000 // of one candidate
)

// Candidates gives the stories that have one of the keys from a post since
// then, the one with most common keys first. Keys that are in very many
// stories are passed over.
func (t *Tx) Candidates(ctx context.Context, keys []Key, since time.Time) ([]Candidate, error) {
	common := map[string]int{}
	var order []string
	for _, k := range keys {
		stories, err := t.holders(ctx, k, since)
		if err != nil {
			return nil, err
		}
		if len(stories) > maxHub {
			continue
		}
		for _, id := range stories {
			if common[id] == 0 {
				order = append(order, id)
			}
			common[id]++
		}
	}
	return t.candidates(ctx, mostCommon(order, common))
}

// mostCommon orders ids by how many keys they have in common, and keeps the
// first maxCandidates.
func mostCommon(order []string, common map[string]int) []string {
	slices.SortStableFunc(order, func(a, b string) int { return common[b] - common[a] })
	return order[:min(len(order), maxCandidates)]
}

func (t *Tx) holders(ctx context.Context, k Key, since time.Time) ([]string, error) {
	return list(ctx, t.tx, func(rows *sql.Rows) (id string, err error) {
		return id, rows.Scan(&id)
	}, `SELECT story FROM story_keys WHERE kind = $1 AND value = $2 AND last >= $3 ORDER BY last DESC LIMIT $4`,
		k.Kind, k.Value, stamp(since), maxHub+1)
}

func (t *Tx) candidates(ctx context.Context, ids []string) ([]Candidate, error) {
	found := make([]Candidate, 0, len(ids))
	for _, id := range ids {
		c := Candidate{Story: id}
		err := t.tx.QueryRowContext(ctx, `SELECT title, last FROM stories WHERE id = $1`, id).Scan(&c.Title, moment{&c.Last})
		if err != nil {
			return nil, fmt.Errorf("store: story %s: %w", id, err)
		}
		c.Keys, err = list(ctx, t.tx, func(rows *sql.Rows) (k Key, err error) {
			return k, rows.Scan(&k.Kind, &k.Value)
		}, `SELECT kind, value FROM story_keys WHERE story = $1 LIMIT $2`, id, maxKeys)
		if err != nil {
			return nil, err
		}
		found = append(found, c)
	}
	return found, nil
}

func (t *Tx) saveKeys(ctx context.Context, story string, keys []Key, at time.Time) error {
	rows := make([][]any, 0, len(keys))
	seen := map[Key]bool{}
	for _, k := range keys {
		if !seen[k] {
			seen[k] = true
			rows = append(rows, []any{story, k.Kind, k.Value, stamp(at)})
		}
	}
	return insert(ctx, t.tx, "story_keys (story, kind, value, last)",
		"ON CONFLICT (story, kind, value) DO UPDATE SET last = CASE WHEN excluded.last > story_keys.last THEN excluded.last ELSE story_keys.last END", rows)
}
