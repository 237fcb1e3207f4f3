// Package web is the feeder's page for people and its JSON for programs:
// stories with their reasons, posts with their fate, sources with their
// health.
//
// Pages are plain HTML that works without scripts; nothing is loaded from
// elsewhere. Whatever came from a source is hostile: it is escaped, its values
// are shown defanged, and none of them becomes a link.
//
//	/            stories            /api/v1/stories
//	/story/{id}  one story          /api/v1/story/{id}
//	/posts       posts, all fates   /api/v1/posts
//	/post/{ref}  one post           /api/v1/post/{ref}
//	/threats     what to do         /api/v1/threats  /feeds/threats.rss  /feeds/threats.json
//	/blocks      what is blocked    /api/v1/blocks
//	/sources     health             /api/v1/sources
//	             values' posts      /api/v1/lookup
//	             its description    /api/openapi.json
//	/metrics     Prometheus         /healthz  200 or 503
//	/login       asks for the token, where one is needed
//	/events      tells pages that are open of what changed (server-sent events)
//
// It only reads, but for POST /post/{ref}/retry, /blocks/remove and /logout.
//
// With scripts, a page that is open keeps itself up to date (static/live.js).
package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/waggle-cti/waggle/feeder/blocks"
	"github.com/waggle-cti/waggle/feeder/report"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

// Store is what the pages read. Lists come with the number of all matches
// beside the page of them.
type Store interface {
	Stories(context.Context, waggle.StoryQuery) ([]waggle.Story, int, error)
	// Story gives waggle.ErrNotFound for an unknown id.
	Story(ctx context.Context, id string) (waggle.Story, error)
	Posts(context.Context, waggle.PostQuery) ([]waggle.Record, int, error)
	// Post gives waggle.ErrNotFound for an unknown ref.
	Post(ctx context.Context, ref string) (waggle.Record, error)
	// Readings gives the posts that a normalised value was read in, the newest first.
	Readings(ctx context.Context, value string) ([]waggle.Reading, error)
	Sources(context.Context) ([]waggle.Health, error)
	// Published counts the posts since then.
	Published(ctx context.Context, since time.Time) (int, error)
	// Days counts the posts since that day by day and source.
	Days(ctx context.Context, since time.Time) ([]waggle.Day, error)
	// Changes tells how often something changed, by topic.
	Changes(context.Context) (map[waggle.Topic]int, error)
	// Alerts counts the stories that TheHive took in since then by day (UTC).
	Alerts(ctx context.Context, since time.Time) (map[time.Time]int, error)
	// Troubles gives the services that take nothing of what waits for them.
	Troubles(ctx context.Context) ([]waggle.Trouble, error)
	// Blocks gives what is blocked now, the newest first, and when that changed.
	Blocks(ctx context.Context, now time.Time) ([]waggle.Block, time.Time, error)
	// Unblocked gives what was taken off last, the latest first.
	Unblocked(ctx context.Context, n int) ([]waggle.Block, error)
}

// Options is what the pages need; Store is the only one that must be set.
type Options struct {
	Store   Store
	Metrics http.Handler                // answers /metrics; nil = 404
	Healthy func(context.Context) error // nil = always healthy; an error's text is shown on /healthz
	Version string                      // shown at the foot of each page
	Profile string                      // name of the profile that posts are judged by

	// Listen is the address that is served. On loopback only requests for
	// 127.0.0.0/8, [::1], localhost and Hosts are answered, so that no web
	// site can read the page by pointing its own name at 127.0.0.1.
	Listen string
	Hosts  []string // further names this server is asked by; without port

	// TheHiveURL is the address people open TheHive at; empty = none is
	// configured and stories stay here.
	TheHiveURL string
	// TheHiveVersion tells TheHive's version ("4.1.24-1"), on which the form
	// of a link to an alert depends; nil or "" = 4.
	TheHiveVersion func() string

	Login Login // who may read the page
	// Lists are the keys of the block lists, for their addresses.
	Lists blocks.Keys
	// Stop is closed when the server is about to end, which ends the streams of
	// events. nil = they end with their requests.
	Stop <-chan struct{}
	// Retry lets a post that failed go on; waggle.ErrNotFound if no such post
	// failed. nil = the page does not offer it.
	Retry func(ctx context.Context, ref string) error
	// Unblock takes values off the block lists. nil = the page does not offer it.
	Unblock func(ctx context.Context, o blocks.Order) ([]blocks.Change, error)

	Now func() time.Time // nil = time.Now
	Log *slog.Logger     // nil = slog.Default
}

// New makes the handler of all pages.
func New(o Options) http.Handler {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	s := &site{Options: o, assets: loadAssets(), gate: newGate(o.Login, o.Now), events: events{store: o.Store, stop: o.Stop, log: o.Log}}
	s.pages = loadPages(s.assets, o.Now)

	mux := http.NewServeMux()
	mux.Handle("/{$}", s.page("stories", s.storiesPage))
	mux.Handle("/story/{id}", s.page("story", s.storyPage))
	mux.Handle("/posts", s.page("posts", s.postsPage))
	mux.Handle("/post/{ref}", s.page("post", s.postPage))
	mux.Handle("/sources", s.page("sources", s.sourcesPage))
	mux.Handle("/blocks", s.page("blocks", s.blocksPage))
	mux.Handle("/threats", s.page("threats", s.threatsPage))
	mux.Handle("/feeds/threats.rss", s.feed("application/rss+xml; charset=utf-8", report.Report.RSS))
	mux.Handle("/feeds/threats.json", s.feed("application/feed+json; charset=utf-8", report.Report.JSONFeed))
	for _, c := range s.calls() {
		mux.Handle(c.Path, s.json(c.read))
	}
	mux.Handle("/api/openapi.json", s.json(s.describe))
	mux.Handle("/api/", s.json(func(*http.Request) (any, error) { return nil, waggle.ErrNotFound }))
	mux.HandleFunc("/healthz", s.healthz)
	mux.Handle("/assets/{name}", s.assets)
	if o.Metrics != nil {
		mux.Handle("/metrics", o.Metrics)
	}
	mux.Handle("/", s.page("error", func(*http.Request) (view, error) { return view{}, waggle.ErrNotFound }))
	mux.Handle(eventsPath, &s.events)
	mux.HandleFunc("POST /logout", s.gate.logout)
	if o.Retry != nil {
		mux.HandleFunc("POST /post/{ref}/retry", s.retry)
	}
	if o.Unblock != nil {
		mux.HandleFunc("POST /blocks/remove", s.unblock)
	}
	return guard(o, writes(mux), s.admit(mux))
}

type site struct {
	Options
	pages  pages
	assets assets
	gate   *gate
	events events
}

// answer fits a typed reading of the store to the JSON handler.
func answer[T any](read func(*http.Request) (T, error)) func(*http.Request) (any, error) {
	return func(r *http.Request) (any, error) { return read(r) }
}

// healthy bounds how long a health check may take.
const healthy = 5 * time.Second

func (s *site) healthz(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if s.Healthy != nil {
		ctx, cancel := context.WithTimeout(r.Context(), healthy)
		defer cancel()
		if err := s.Healthy(ctx); err != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = w.Write([]byte(err.Error() + "\n"))
			return
		}
	}
	_, _ = w.Write([]byte("ok\n"))
}

// status says which HTTP status an error of a page is, and what a person
// reads. The text of an unexpected error stays in the log: it may name files.
func status(err error) (code int, text string) {
	var bad *badQuery
	switch {
	case errors.As(err, &bad):
		return http.StatusBadRequest, bad.Error()
	case errors.Is(err, waggle.ErrNotFound):
		return http.StatusNotFound, "There is nothing at this address."
	default:
		return http.StatusInternalServerError, "The store did not answer. The feeder's log says why; nothing is lost, try again."
	}
}

// report logs an error that is the server's own; a visitor who left is none.
func (s *site) report(r *http.Request, code int, err error) {
	if code == http.StatusInternalServerError && !errors.Is(err, context.Canceled) {
		s.Log.ErrorContext(r.Context(), "page failed", "path", r.URL.Path, "error", err)
	}
}
