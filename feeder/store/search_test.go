package store_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/store/postgrestest"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

// drop brings a post with a text to its fate.
func drop(t *testing.T, s *store.Store, p waggle.Post, text string) {
	t.Helper()
	tx(t, s, func(tx *store.Tx) error {
		if _, _, err := tx.SavePosts(t.Context(), store.Arrivals([]waggle.Post{p}, time.Time{})); err != nil {
			return err
		}
		if _, err := tx.SetFinding(t.Context(), p.Ref(), waggle.Finding{Text: text}); err != nil {
			return err
		}
		_, err := tx.SetJudgement(t.Context(), p.Ref(), waggle.Judgement{Why: "of no matter"})
		return err
	})
}

func TestSearch(t *testing.T) {
	s, _ := open(t)
	titled := post("a")
	titled.Title = "Café servers under attack"
	drop(t, s, titled, "A loader from evil-cdn[.]top and 192.0.2.66, NEAR the end; AND \"quoted\" text")
	drop(t, s, post("b"), "攻撃者は脆弱性を悪用しています")
	drop(t, s, post("c"), "servers of no interest")
	a, b, c := titled.Ref(), post("b").Ref(), post("c").Ref()

	for _, look := range []struct {
		name, text string
		want       []string
	}{
		{"a word of the title", "attack", []string{a}},
		{"without its accent", "CAFE", []string{a}},
		{"the beginning of a word", "serv", []string{a, c}},
		{"all words count", "servers interest", []string{c}},
		{"a value as it is written", "evil-cdn[.]top", []string{a}},
		{"a value refanged", "evil-cdn.top", []string{a}},
		{"an address", "192.0.2.66", []string{a}},
		{"the parts of an address elsewhere", "0.192.66.2", nil},
		{"words of the query language are words", "NEAR AND", []string{a}},
		{"quotes are text", `"quoted"`, []string{a}},
		{"a column is none", "title:attack", nil},
		{"a lone quote", `"`, nil},
		{"signs alone", "-- ^ * ( )", nil},
		{"a script without spaces", "脆弱性", []string{b}},
		{"its signs in another order", "弱脆性", nil},
	} {
		t.Run(look.name, func(t *testing.T) {
			found, total, err := s.Posts(t.Context(), waggle.PostQuery{Text: look.text})
			require.NoError(t, err)
			var refs []string
			for _, r := range found {
				refs = append(refs, r.Ref)
			}
			assert.ElementsMatch(t, look.want, refs)
			assert.Equal(t, len(look.want), total)
		})
	}
}

func TestASearchIsNarrowedBeforeItIsCut(t *testing.T) {
	s, _ := open(t)
	p := post("rare")
	p.Source = "rare source"
	drop(t, s, p, "common")
	for i := range waggle.MostFound + 10 {
		drop(t, s, post(fmt.Sprint(i)), "common")
	}
	_, total, err := s.Posts(t.Context(), waggle.PostQuery{Text: "common"})
	require.NoError(t, err)
	assert.Equal(t, waggle.MostFound, total)
	for name, q := range map[string]waggle.PostQuery{
		"source": {Text: "common", Source: "rare source"},
		"both":   {Text: "common", Source: "rare source", Fate: waggle.Dropped},
	} {
		found, total, err := s.Posts(t.Context(), q)
		require.NoError(t, err)
		require.Equal(t, 1, total, name)
		assert.Equal(t, p.Ref(), found[0].Ref)
	}
	_, total, err = s.Posts(t.Context(), waggle.PostQuery{Text: "common", Fate: waggle.Told})
	require.NoError(t, err)
	assert.Zero(t, total)
}

// TestAnEarlierFeedersIndexIsMadeAnew opens data with the index of an earlier
// feeder, which knew neither this index nor the counts.
func TestAnEarlierFeedersIndexIsMadeAnew(t *testing.T) {
	postgrestest.File(t)
	path := filepath.Join(t.TempDir(), "waggle.db")
	s, err := store.Open(t.Context(), path)
	require.NoError(t, err)
	drop(t, s, post("a"), "servers of no interest")
	require.NoError(t, s.Close())
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), `
		DROP TABLE words; DROP TABLE indexed; DELETE FROM counts; DELETE FROM days;
		CREATE TABLE search_refs (id INTEGER PRIMARY KEY, ref TEXT NOT NULL UNIQUE);
		CREATE VIRTUAL TABLE search USING fts5 (title, text, content='', contentless_delete=1);
		CREATE TRIGGER search_quiet AFTER INSERT ON posts WHEN new.fate <> 'pending' BEGIN
			INSERT INTO search (rowid, title, text) VALUES (1, new.title, '');
		END`)
	require.NoError(t, err)
	require.NoError(t, db.Close())

	again, err := store.Open(t.Context(), path)
	require.NoError(t, err)
	defer again.Close()
	_, total, err := again.Posts(t.Context(), waggle.PostQuery{Text: "interest"})
	require.NoError(t, err)
	assert.Equal(t, 1, total)
	fates, err := again.Fates(t.Context())
	require.NoError(t, err)
	assert.Equal(t, map[waggle.Fate]int{waggle.Dropped: 1}, fates["blog"])
	drop(t, again, post("b"), "another text")
	_, total, err = again.Posts(t.Context(), waggle.PostQuery{Text: "another"})
	require.NoError(t, err)
	assert.Equal(t, 1, total)
}
