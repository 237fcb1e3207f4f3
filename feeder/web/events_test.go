package web

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/secret"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

// listener is a browser that hears a stream.
type listener struct {
	httptest.ResponseRecorder
	mu   sync.Mutex
	text strings.Builder
	gone bool
}

func (l *listener) Write(text []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.gone {
		return 0, io.ErrClosedPipe
	}
	return l.text.Write(text)
}

// heard gives what was said since it was last asked.
func (l *listener) heard() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.text.Reset()
	return l.text.String()
}

func (l *listener) Flush() {}

// streaming opens a stream, and gives a channel that is closed when it ends.
func streaming(ctx context.Context, h http.Handler) (*listener, <-chan struct{}) {
	l, ended := &listener{ResponseRecorder: *httptest.NewRecorder()}, make(chan struct{})
	go func() {
		defer close(ended)
		h.ServeHTTP(l, httptest.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1/events", nil))
	}()
	synctest.Wait()
	return l, ended
}

func over(ended <-chan struct{}) bool {
	synctest.Wait()
	select {
	case <-ended:
		return true
	default:
		return false
	}
}

func TestEventsTellWhatChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := filled()
		ctx, leave := context.WithCancel(t.Context())
		l, ended := streaming(ctx, New(Options{Store: store, Listen: "127.0.0.1:0"}))
		assert.Equal(t, "retry: 5000\n\nevent: changes\ndata: {}\n\n", l.heard())
		assert.Equal(t, "text/event-stream", l.Header().Get("Content-Type"))
		assert.Equal(t, "no", l.Header().Get("X-Accel-Buffering"))
		assert.Contains(t, l.Header().Get("Cache-Control"), "no-store")

		store.change(waggle.ChangedStories)
		time.Sleep(lookEvery)
		synctest.Wait()
		assert.Equal(t, "event: changes\ndata: {\"stories\":1}\n\n", l.heard())
		time.Sleep(beatEvery - lookEvery + time.Second)
		synctest.Wait()
		assert.Equal(t, ":\n\n", l.heard(), "nothing changed, and the stream lives")
		leave()
		assert.True(t, over(ended))
	})
}

func TestEventsEnd(t *testing.T) {
	for name, end := range map[string]func(store *fake, l *listener, stop chan struct{}){
		"when the server stops": func(_ *fake, _ *listener, stop chan struct{}) { close(stop) },
		"when they have lasted": func(*fake, *listener, chan struct{}) { time.Sleep(maxStream) },
		"when nobody hears them": func(_ *fake, l *listener, _ chan struct{}) {
			l.mu.Lock()
			l.gone = true
			l.mu.Unlock()
			time.Sleep(beatEvery)
		},
		"when the store does not work": func(store *fake, _ *listener, _ chan struct{}) { store.fail(assert.AnError); time.Sleep(lookEvery) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store, stop := filled(), make(chan struct{})
				l, ended := streaming(t.Context(), New(Options{Store: store, Listen: "127.0.0.1:0", Stop: stop}))
				require.False(t, over(ended))
				end(store, l, stop)
				assert.True(t, over(ended))
			})
		})
	}
}

func TestStreamsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, leave := context.WithCancel(t.Context())
		h := New(Options{Store: filled(), Listen: "127.0.0.1:0"})
		for range maxStreams {
			_, ended := streaming(ctx, h)
			require.False(t, over(ended))
		}
		l, ended := streaming(ctx, h)
		require.True(t, over(ended))
		assert.Equal(t, http.StatusServiceUnavailable, l.Code)
		assert.Equal(t, "60", l.Header().Get("Retry-After"))
		leave()
		synctest.Wait()
		_, ended = streaming(t.Context(), h)
		assert.False(t, over(ended), "the others have left")
		time.Sleep(maxStream)
	})
}

func TestEventsAreForWhoHasLoggedIn(t *testing.T) {
	h := New(Options{Store: filled(), Listen: "127.0.0.1:0", Login: Login{Token: secret.New(token)}})
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://127.0.0.1/events", nil))
	assert.Equal(t, http.StatusUnauthorized, w.Code)
	assert.Empty(t, w.Header().Get("WWW-Authenticate"), "a challenge would open a window over the page")
}

// wire is a network within one process, whose time is that of its bubble.
type wire struct {
	calls chan net.Conn
	shut  chan struct{}
}

func (w wire) Accept() (net.Conn, error) {
	select {
	case c := <-w.calls:
		return c, nil
	case <-w.shut:
		return nil, net.ErrClosed
	}
}

func (w wire) Close() error   { close(w.shut); return nil }
func (w wire) Addr() net.Addr { return &net.TCPAddr{} }

func (w wire) dial(context.Context, string, string) (net.Conn, error) {
	near, far := net.Pipe()
	w.calls <- far
	return near, nil
}

// TestEventsPassARealServer hears a stream through net/http, whose limits are
// for requests and not for streams.
func TestEventsPassARealServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, stop, network := filled(), make(chan struct{}), wire{make(chan net.Conn), make(chan struct{})}
		server := &http.Server{Handler: New(Options{Store: store, Listen: "127.0.0.1:0", Stop: stop}), ReadTimeout: lookEvery / 20}
		server.RegisterOnShutdown(func() { close(stop) })
		ended := make(chan error, 1)
		go func() { ended <- server.Serve(network) }()
		browser := &http.Client{Transport: &http.Transport{DialContext: network.dial}}
		defer browser.CloseIdleConnections()
		response, err := browser.Get("http://127.0.0.1" + eventsPath)
		require.NoError(t, err)
		defer response.Body.Close()
		lines := bufio.NewScanner(response.Body)
		data := func() string {
			for lines.Scan() {
				if said, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
					return said
				}
			}
			return "the end"
		}
		assert.Equal(t, "{}", data())
		store.change(waggle.ChangedPosts)
		assert.JSONEq(t, `{"posts":1}`, data(), "it is told after the time for requests is over")
		require.NoError(t, server.Shutdown(t.Context()))
		assert.Equal(t, "the end", data())
		assert.ErrorIs(t, <-ended, http.ErrServerClosed)
	})
}

// What changes while a page is made, or before it hears /events, is not missed.
func TestPagesSayHowMuchHadChanged(t *testing.T) {
	store := filled()
	store.change(waggle.ChangedStories)
	doc := open(t, Options{Store: store}, "/")
	before, err := store.Changes(t.Context())
	require.NoError(t, err)
	want, err := json.Marshal(before)
	require.NoError(t, err)
	seen, _ := doc.Find("body").Attr("data-seen")
	assert.JSONEq(t, string(want), seen)
}
