package web

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/blocks"
	"github.com/waggle-cti/waggle/shared/chromium"
)

// browser is a headless Chromium with a profile of its own.
type browser struct {
	path, profile string
}

// newBrowser finds Chromium, which a CI run must have and others may lack.
func newBrowser(t *testing.T) browser {
	t.Helper()
	return browser{chromium.Path(t), t.TempDir()}
}

// run opens a page and gives what was asked for on standard output, and the
// messages of the page's console.
func (b browser) run(t *testing.T, url string, flags ...string) (out string, console []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	args := append([]string{"--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars", "--enable-logging=stderr",
		"--user-data-dir=" + b.profile}, flags...)
	cmd := exec.CommandContext(ctx, b.path, append(args, url)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	require.NoError(t, cmd.Run(), "%s", &stderr)
	for line := range strings.Lines(stderr.String()) {
		if strings.Contains(line, "CONSOLE") {
			console = append(console, line)
		}
	}
	return stdout.String(), console
}

func (b browser) document(t *testing.T, url string) (*goquery.Document, []string) {
	t.Helper()
	out, console := b.run(t, url, "--dump-dom")
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(out))
	require.NoError(t, err)
	return doc, console
}

func TestChromium(t *testing.T) {
	b := newBrowser(t)
	store := filled()
	server := httptest.NewServer(New(Options{Store: store, Now: func() time.Time { return now }, Listen: "127.0.0.1:0",
		TheHiveURL: "https://thehive.example", Version: "test", Lists: listKeys(),
		Unblock: func(context.Context, blocks.Order) ([]blocks.Change, error) { return nil, nil }}))
	defer server.Close()

	pages := map[string]string{
		"stories": "/",
		"story":   "/story/" + store.stories[0].ID,
		"posts":   "/posts",
		"post":    "/post/" + store.posts[1].Ref,
		"sources": "/sources",
		"threats": "/threats",
		"blocks":  "/blocks",
		"missing": "/nowhere",
	}
	for name, path := range pages {
		t.Run(name+" renders without complaint", func(t *testing.T) {
			doc, console := b.document(t, server.URL+path)
			assert.NotEmpty(t, doc.Find("main h1").Text())
			console = without(console, "status of 404")
			assert.Empty(t, console, "the console must stay silent: the page needs nothing its policy forbids")
		})
	}

	t.Run("the script shows the copy buttons", func(t *testing.T) {
		doc, _ := b.document(t, server.URL+pages["story"])
		assert.Positive(t, doc.Find("button.copy").Length())
		assert.Zero(t, doc.Find("button.copy[hidden]").Length())
	})

	t.Run("the console tells what the policy blocks", func(t *testing.T) {
		// Guards the test above: silence means something only if noise is heard.
		noisy := httptest.NewServer(guard(Options{}, func(*http.Request) bool { return false }, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte(`<h1>plain</h1><script>document.querySelector("h1").textContent = "scripted"</script>`))
		})))
		defer noisy.Close()
		doc, console := b.document(t, noisy.URL)
		assert.Equal(t, "plain", doc.Find("h1").Text(), "the policy must keep inline scripts from running")
		assert.NotEmpty(t, console)
	})

	// WAGGLE_SCREENSHOTS=folder leaves pictures to look at.
	if folder := os.Getenv("WAGGLE_SCREENSHOTS"); folder != "" {
		shoot(t, b, server.URL, pages, folder)
	}
}

// shoot leaves pictures of each page: light, dark, and as wide as a phone.
func shoot(t *testing.T, b browser, base string, pages map[string]string, folder string) {
	looks := map[string][]string{
		"light": {"--window-size=1200,1400"},
		"dark":  {"--window-size=1200,1400", "--blink-settings=preferredColorScheme=0"},
		"phone": {"--window-size=390,1800"},
	}
	for page, path := range pages {
		for look, flags := range looks {
			b.run(t, base+path, append(flags, "--screenshot="+filepath.Join(folder, page+"-"+look+".png"))...)
		}
	}
}

func without(lines []string, text string) []string {
	var kept []string
	for _, l := range lines {
		if !strings.Contains(l, text) {
			kept = append(kept, l)
		}
	}
	return kept
}
