package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
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
	maxKeys       = 2000 // of one candidate, those of its newest posts
)

// Candidates gives the stories that have one of the keys from a post since
// then, the one with most common keys first. Keys that are in very many
// stories are passed over.
func (t *Tx) Candidates(ctx context.Context, keys []Key, since time.Time) ([]Candidate, error) {
	holders, err := t.holders(ctx, keys, since)
	if err != nil {
		return nil, err
	}
	common := map[string]int{}
	var order []string
	for _, k := range keys {
		stories := holders[k.hash()]
		if len(stories) > maxHub {
			continue
		}
		slices.SortStableFunc(stories, func(a, b holder) int { return cmp.Compare(b.last, a.last) })
		for _, s := range stories {
			if common[s.story] == 0 {
				order = append(order, s.story)
			}
			common[s.story]++
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

// holder is a story that has a key.
type holder struct {
	hash  int64
	story string
	last  int64
}

// holders gives the stories that have keys since then, by the keys' hashes: all
// of them, or more than maxHub. One statement looks up many keys, since most are
// nowhere and a statement costs more than they do.
func (t *Tx) holders(ctx context.Context, keys []Key, since time.Time) (map[int64][]holder, error) {
	found := map[int64][]holder{}
	hashes := hashesOf(keys)
	for len(hashes) > 0 {
		n := inOne(len(hashes))
		f := &filter{}
		after := f.arg(stamp(since))
		parts := make([]string, n)
		for i, h := range hashes[:n] {
			parts[i] = fmt.Sprintf(`SELECT * FROM (SELECT hash, story, last FROM story_lookups WHERE hash = %s AND last >= %s LIMIT %d) k%d`, f.arg(h), after, maxHub+1, i)
		}
		_, err := list(ctx, t.tx, func(rows *sql.Rows) (h holder, err error) {
			err = rows.Scan(&h.hash, &h.story, &h.last)
			found[h.hash] = append(found[h.hash], h)
			return h, err
		}, strings.Join(parts, ` UNION ALL `), f.args...)
		if err != nil {
			return nil, err
		}
		hashes = hashes[n:]
	}
	return found, nil
}

func (t *Tx) candidates(ctx context.Context, ids []string) ([]Candidate, error) {
	found := make([]Candidate, 0, len(ids))
	for _, id := range ids {
		c := Candidate{Story: id}
		err := t.tx.QueryRowContext(ctx, `SELECT title, last FROM stories WHERE id = $1`, id).Scan(&c.Title, moment{&c.Last})
		if err != nil {
			return nil, fmt.Errorf("store: story %s: %w", id, err)
		}
		if c.Keys, err = t.keys(ctx, id); err != nil {
			return nil, err
		}
		found = append(found, c)
	}
	return found, nil
}

// keys gives what the newest posts of a story have to be compared by.
func (t *Tx) keys(ctx context.Context, story string) ([]Key, error) {
	rows, err := t.tx.QueryContext(ctx, `SELECT keys FROM members WHERE story = $1 AND keys <> '' ORDER BY revision DESC`, story)
	if err != nil {
		return nil, fmt.Errorf("store: keys of story %s: %w", story, err)
	}
	defer rows.Close()
	var all []Key
	for len(all) < maxKeys && rows.Next() {
		var text string
		var one map[string][]string
		if err := errors.Join(rows.Scan(&text), decode(text, &one)); err != nil {
			return nil, fmt.Errorf("store: keys of story %s: %w", story, err)
		}
		for kind, values := range one {
			for _, v := range values {
				all = append(all, Key{kind, v})
			}
		}
	}
	return all[:min(len(all), maxKeys)], rows.Err()
}

// encodeKeys is keys as the column that keys reads: JSON, values by kind.
func encodeKeys(keys []Key) (string, error) {
	if len(keys) == 0 {
		return "", nil
	}
	byKind := map[string][]string{}
	for _, k := range keys {
		byKind[k.Kind] = append(byKind[k.Kind], validText(k.Value))
	}
	return encode(byKind)
}

// hash is what a key is looked up by: 64 bits in the place of a long text, which
// is what makes writing them cheap. Two keys of one hash do no harm, since a
// candidate is compared by its keys themselves. What is stored depends on it.
func (k Key) hash() int64 {
	sum := sha256.Sum256([]byte(k.Kind + "\x00" + k.Value))
	return int64(binary.BigEndian.Uint64(sum[:]))
}

// hashesOf gives the hashes of keys, each once and in order: neighbours are on
// one page.
func hashesOf(keys []Key) []int64 {
	hashes := make([]int64, len(keys))
	for i, k := range keys {
		hashes[i] = k.hash()
	}
	slices.Sort(hashes)
	return slices.Compact(hashes)
}

// saveLookups lets a story be found by the keys of a post of that time.
func (t *Tx) saveLookups(ctx context.Context, story string, keys []Key, at time.Time) error {
	hashes := hashesOf(keys)
	rows := make([][]any, len(hashes))
	for i, h := range hashes {
		rows[i] = []any{h, story, stamp(at)}
	}
	return insert(ctx, t.tx, "story_lookups (hash, story, last)",
		"ON CONFLICT (hash, story) DO UPDATE SET last = CASE WHEN excluded.last > story_lookups.last THEN excluded.last ELSE story_lookups.last END", rows)
}
