package demo

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"html/template"
	"net/http"
	"slices"
	"time"

	_ "embed" // for the article page
)

//go:embed article.html
var articlePage string

// Handler serves the feeds of Sources and the articles behind them. The posts
// are as old as their files say when Handler is called, and stay as they are
// from then on, so a second poll learns that nothing is new.
func Handler() http.Handler { return handler(time.Now()) }

func handler(now time.Time) http.Handler {
	posts, err := load(now)
	if err != nil {
		panic(err) // embedded: the tests read them all
	}
	article := template.Must(template.New("article").Parse(articlePage))
	mux := http.NewServeMux()
	for _, c := range channels {
		own := slices.DeleteFunc(slices.Clone(posts), func(p post) bool { return p.Source != c.slug })
		mux.HandleFunc("GET "+c.address(), func(w http.ResponseWriter, r *http.Request) {
			body, mediaType, err := c.form("http://"+r.Host, c, own)
			serve(w, r, now, body, mediaType, err)
		})
	}
	mux.HandleFunc("GET /articles/{slug}", func(w http.ResponseWriter, r *http.Request) {
		i := slices.IndexFunc(posts, func(p post) bool { return p.slug == r.PathValue("slug") })
		if i < 0 {
			http.NotFound(w, r)
			return
		}
		p := posts[i]
		var out bytes.Buffer
		err := article.Execute(&out, map[string]any{
			"Title": p.Title, "Author": p.Author, "At": p.published,
			"Content": template.HTML(p.Content), // ours, embedded
		})
		serve(w, r, now, out.Bytes(), "text/html; charset=utf-8", err)
	})
	return mux
}

// serve answers with a body, or with 304 to who has it already.
func serve(w http.ResponseWriter, r *http.Request, modified time.Time, body []byte, mediaType string, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	sum := sha256.Sum256(body)
	w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:8])+`"`)
	w.Header().Set("Content-Type", mediaType)
	http.ServeContent(w, r, "", modified, bytes.NewReader(body))
}
