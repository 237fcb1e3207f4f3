package web

import (
	"bytes"
	"embed"
	"encoding/json"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed page frame
var pageFiles embed.FS

// pages are the templates by name, each complete with the layout.
type pages map[string]*template.Template

func loadPages(a assets, now func() time.Time) pages {
	base := template.Must(template.New("base").Funcs(words(now)).Funcs(template.FuncMap{"asset": a.address}).
		ParseFS(pageFiles, "frame/*.html"))
	files, err := fs.Glob(pageFiles, "page/*.html")
	if err != nil {
		panic(err) // embedded: cannot fail once it was built
	}
	all := pages{}
	for _, file := range files {
		all[strings.TrimSuffix(path.Base(file), ".html")] = template.Must(template.Must(base.Clone()).ParseFS(pageFiles, file))
	}
	return all
}

// view is one page, ready to be written.
type view struct {
	Title   string
	Here    string // the entry of the menu this page belongs to
	Refresh bool   // ask again in a few seconds
	Data    any

	Version string // set for all pages alike
	Session bool   // who asks has logged in here, and may log out
	Seen    string // the counts of /events from before the page was read, as JSON; empty if they could not be had
}

// problem is the data of the error page.
type problem struct {
	Code int
	Text string
}

func (s *site) page(name string, read func(*http.Request) (view, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		code, file := http.StatusOK, name
		seen := s.seen(r)
		v, err := read(r)
		if err != nil {
			var text string
			code, text = status(err)
			s.report(r, code, err)
			file, v = "error", view{Title: http.StatusText(code), Data: problem{code, text}}
		}
		v.Version, v.Session, v.Seen = s.Version, s.gate.session(r), seen
		var out bytes.Buffer // whole or not at all: a half page would look like the truth
		if err := s.pages[file].ExecuteTemplate(&out, "layout", v); err != nil {
			s.report(r, http.StatusInternalServerError, err)
			http.Error(w, "The page could not be drawn. The feeder's log says why.", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(code)
		_, _ = out.WriteTo(w)
	})
}

// seen gives what a page tells its script: what changes from then on, also before
// the page hears /events, makes it look again.
func (s *site) seen(r *http.Request) string {
	times, err := s.Store.Changes(r.Context())
	if err != nil {
		return "" // the page fails itself, or does without
	}
	text, err := json.Marshal(times)
	if err != nil {
		return ""
	}
	return string(text)
}

// json answers with what read gives, or with {"error": "…"}.
func (s *site) json(read func(*http.Request) (any, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		code := http.StatusOK
		data, err := read(r)
		if err != nil {
			var text string
			code, text = status(err)
			s.report(r, code, err)
			data = map[string]string{"error": text}
		}
		body, err := json.Marshal(data)
		if err != nil {
			s.report(r, http.StatusInternalServerError, err)
			http.Error(w, `{"error":"The answer could not be written."}`, http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(code)
		_, _ = w.Write(append(body, '\n'))
	})
}
