package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"mime"
	"net/http"
	"path"
	"time"

	"github.com/waggle-cti/waggle/feeder/report"
)

//go:embed static
var staticFiles embed.FS

// assets are the files of static by name, and the style sheet of the report. Their addresses carry a digest of
// their content, so a browser may keep them for ever and still sees the next
// version at once.
type assets map[string]asset

type asset struct {
	body   []byte
	digest string
}

func loadAssets() assets {
	entries, err := staticFiles.ReadDir("static")
	if err != nil {
		panic(err) // embedded: cannot fail once it was built
	}
	all := assets{}
	for _, e := range entries {
		body, err := staticFiles.ReadFile(path.Join("static", e.Name()))
		if err != nil {
			panic(err)
		}
		all[e.Name()] = newAsset(body)
	}
	all["threats.css"] = newAsset(report.Style)
	return all
}

func newAsset(body []byte) asset {
	sum := sha256.Sum256(body)
	return asset{body, hex.EncodeToString(sum[:6])}
}

// address is where a page loads the asset from.
func (a assets) address(name string) string {
	return "/assets/" + name + "?v=" + a[name].digest
}

// ServeHTTP answers /assets/{name}.
func (a assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	file, ok := a[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	w.Header().Set("ETag", `"`+file.digest+`"`)
	w.Header().Set("Cache-Control", "no-cache")
	if r.URL.Query().Get("v") == file.digest {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(file.body))
}
