package main

import (
	"database/sql"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/web"
)

// crowd fills a store with 100,000 posts of 2 kB from 100 sources over 100
// days, of which each fiftieth tells a story.
const crowd = `
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
INSERT INTO sources (name, kind, url, every, position) SELECT 'source-' || i, 'rss', 'https://source.example/' || i, 3600000, i FROM n;

WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
INSERT INTO posts (ref, source, id, url, title, published, fetched, occurred, stage, fate, reason, score, severity, story)
SELECT printf('%016x', i), 'source-' || (i % 100 + 1), i, 'https://source.example/' || i, 'Post ' || i || ' of a vendor about product' || (i % 977),
	t, t, t, '', CASE i % 50 WHEN 0 THEN 'story' ELSE 'dropped' END, 'of no matter', i % 100, i % 4 + 1, CASE i % 50 WHEN 0 THEN printf('%032x', i) ELSE '' END
FROM (SELECT i, (strftime('%s', 'now') - (100000 - i) * 86) * 1000 AS t FROM n);

INSERT INTO contents (ref, post, text, judgement) SELECT ref, json_object('source', source, 'id', id, 'title', title, 'fetched', '2026-01-01T00:00:00Z'),
	title || replace(hex(zeroblob(120)), '00', ' plain words'), '{}' FROM posts;

INSERT INTO stories (id, title, summary, source, url, score, severity, tlp, pap, tags, reasons, first, last, revision, waiting)
SELECT story, title, 'What it is.', source, url, score, severity, 2, 2, '[]', '[{"points":20,"text":"names a product, which you use","touches":"product"}]', occurred, occurred, 1, 0
FROM posts WHERE fate = 'story';
INSERT INTO members (story, ref, revision, joined) SELECT story, ref, 1, '' FROM posts WHERE fate = 'story';
INSERT INTO indicators (story, kind, value, ref, revision, position, body)
SELECT story, 'domain', 'd' || ref || '.example', ref, 1, 0, '{"kind":"domain","value":"d' || ref || '.example"}' FROM posts WHERE fate = 'story';

`

// BenchmarkPage measures the page's answers with 100,000 posts stored.
func BenchmarkPage(b *testing.B) {
	path := filepath.Join(b.TempDir(), "waggle.db")
	data, err := store.Open(b.Context(), path)
	require.NoError(b, err)
	require.NoError(b, data.Close())
	db, err := sql.Open("sqlite", path)
	require.NoError(b, err)
	_, err = db.ExecContext(b.Context(), crowd)
	require.NoError(b, err)
	require.NoError(b, db.Close())
	data, err = store.Open(b.Context(), path)
	require.NoError(b, err)
	defer data.Close()

	page := web.New(web.Options{Store: data, Listen: "127.0.0.1:0"})
	for name, path := range map[string]string{
		"stories": "/", "stories of a source": "/?source=source-51", "stories searched": "/?q=product100", "a story": "/story/000000000000000000000000000186a0",
		"threats": "/threats", "threats of 30 days": "/threats?since=30d", "posts": "/posts", "last posts": "/posts?page=2000",
		"dropped posts": "/posts?fate=dropped", "posts searched": "/posts?q=product100", "posts searched for what all have": "/posts?q=plain+words",
		"a post": "/post/00000000000186a0", "sources": "/sources", "JSON of stories": "/api/v1/stories",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				w := httptest.NewRecorder()
				page.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://127.0.0.1"+path, nil))
				require.Equal(b, http.StatusOK, w.Code, w.Body)
			}
		})
	}
}
