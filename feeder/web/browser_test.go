package web

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/secret"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/chromium"
)

// window is a window of a Chromium that a test drives as a person would.
type window struct {
	t    *testing.T
	ctx  context.Context
	site string
}

// browse serves the page and opens a window of a browser of its own.
func browse(t *testing.T, o Options) window {
	t.Helper()
	o.Listen, o.Now = "127.0.0.1:0", func() time.Time { return now }
	stop := make(chan struct{})
	o.Stop = stop
	server := httptest.NewServer(New(o))
	t.Cleanup(func() { close(stop); server.Close() })
	return window{t, chromium.Window(t), server.URL}
}

func (w window) do(actions ...chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	require.NoError(w.t, chromedp.Do(w.ctx, actions...))
}

func (w window) open(path string) {
	w.t.Helper()
	w.do(chromedp.Navigate(w.site + path))
}

// script gives what an expression is in the page.
func script[T any](w window, expression string) T {
	w.t.Helper()
	value, err := chromedp.Run(w.ctx, chromedp.Evaluate[T](expression))
	require.NoError(w.t, err, expression)
	return value
}

// shows waits until an expression is true in the page, or in the next one, and
// that is loaded.
func (w window) shows(expression string) {
	w.t.Helper()
	require.Eventually(w.t, func() bool {
		is, err := chromedp.Run(w.ctx, chromedp.Evaluate[bool](`document.readyState === "complete" && !!(`+expression+`)`))
		return err == nil && is
	}, time.Minute, 20*time.Millisecond, expression)
}

// devtools makes a call of the browser's own.
// https://chromedevtools.github.io/devtools-protocol/
func devtools[P, R any](w window, command cdp.Command[P, R], params P) R {
	w.t.Helper()
	answer, err := chromedp.Run(w.ctx, func(ctx context.Context, t *chromedp.Target) (R, error) {
		return cdp.Call(ctx, t, command, params)
	})
	require.NoError(w.t, err)
	return answer
}

func (w window) press(keys ...string) {
	w.t.Helper()
	for _, key := range keys {
		w.do(chromedp.KeyEvent(key))
	}
}

// shoot leaves a picture to look at, where WAGGLE_SCREENSHOTS names a folder.
func (w window) shoot(name string) {
	w.t.Helper()
	folder := os.Getenv("WAGGLE_SCREENSHOTS")
	if folder == "" {
		return
	}
	picture, err := chromedp.Run(w.ctx, chromedp.FullScreenshot(100))
	require.NoError(w.t, err)
	require.NoError(w.t, os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o644))
}

func TestLoginInABrowser(t *testing.T) {
	w := browse(t, Options{Store: filled(), Login: Login{Token: secret.New(token)}})
	w.open("/posts")
	assert.Equal(t, "/login", script[string](w, `location.pathname`))
	assert.Equal(t, "token", script[string](w, `document.activeElement.name`), "one can type at once")
	w.shoot("login")

	w.press("not-the-token-at-all", kb.Enter)
	w.shows(`document.querySelector("[role=alert]")?.textContent.includes("not the token")`)
	assert.NotContains(t, script[string](w, `location.href`), "not-the-token-at-all")
	w.shoot("login-wrong")

	w.press(token, kb.Enter)
	w.shows(`document.querySelector("h1")?.textContent === "Stories"`)
	assert.Empty(t, script[string](w, `document.cookie`), "no script can read the session")
	cookies := devtools(w, network.GetCookies, network.GetCookiesParams{}).Cookies
	require.Len(t, cookies, 1)
	assert.True(t, cookies[0].HTTPOnly)
	assert.Equal(t, network.CookieSameSiteStrict, cookies[0].SameSite)
	assert.NotContains(t, cookies[0].Value, token)
	w.open("/posts")
	assert.Equal(t, "Posts", script[string](w, `document.querySelector("h1").textContent`), "it holds")
	w.shoot("logged-in")

	w.do(chromedp.Click(`.top form button`))
	w.shows(`location.pathname === "/login"`)
	w.open("/posts")
	assert.Equal(t, "/login", script[string](w, `location.pathname`))
	devtools(w, network.SetCookie, network.SetCookieParams{Name: sessionCookie, Value: cookies[0].Value, URL: w.site})
	w.open("/posts")
	assert.Equal(t, "/login", script[string](w, `location.pathname`), "the session is over, wherever its cookie went")
}

func TestThePageIsWorkedByKeyboard(t *testing.T) {
	store := filled()
	w := browse(t, Options{Store: store})
	here := `document.activeElement.textContent.trim()`
	w.open("/")
	w.press(kb.Tab)
	assert.Equal(t, "Skip to the content", script[string](w, here), "the first thing there is")
	assert.Greater(t, script[float64](w, `document.activeElement.getBoundingClientRect().right`), 0.0, "and it is seen")
	w.press(kb.Enter)
	w.shows(`document.activeElement.id === "main"`)

	w.open("/")
	w.press(kb.Tab, kb.Tab)
	menu := script[[]string](w, `Array.from(document.querySelectorAll(".top nav a"), (a) => a.textContent)`)
	require.Contains(t, menu, "Threats")
	var way []string
	for range menu {
		w.press(kb.Tab)
		way = append(way, script[string](w, here))
		assert.NotEqual(t, "none", script[string](w, `getComputedStyle(document.activeElement).outlineStyle`), "one sees where one is")
	}
	assert.Equal(t, menu, way)

	// On to the first story, by nothing but Tab.
	w.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("#list h2 a").focus()`))
	w.press(kb.Enter)
	w.shows(`location.pathname.startsWith("/story/")`)
	w.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("button.copy").focus()`))
	w.press(kb.Enter)
	w.shows(`document.getElementById("said").textContent !== ""`)

	for _, path := range []string{"/", "/posts", "/sources", "/threats", "/story/" + store.stories[0].ID, "/post/" + store.posts[1].Ref} {
		w.open(path)
		reached := map[string]bool{}
		for range 80 {
			w.press(kb.Tab)
			reached[script[string](w, `document.activeElement.outerHTML`)] = true
		}
		for _, link := range script[[]string](w, `Array.from(document.querySelectorAll("main a, main button")).filter((e) => e.checkVisibility()).slice(0, 20).map((e) => e.outerHTML)`) {
			assert.True(t, reached[link], "%s: not reached by Tab: %s", path, link)
		}
	}
}

func TestThePageFitsAPhone(t *testing.T) {
	store := filled()
	store.stories[0].Title += " " + hash // the longest words there are
	store.stories[0].Posts[0].Joined = "an indicator in common: " + hash
	w := browse(t, Options{Store: store, Login: Login{Token: secret.New(token)}})
	devtools(w, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: 360, Height: 740, DeviceScaleFactor: 2, Mobile: true})
	w.open("/login")
	pages := []string{"/", "/?severity=high", "/posts", "/sources", "/threats", "/blocks", "/story/" + store.stories[0].ID, "/post/" + store.posts[1].Ref, "/nowhere"}
	check := func(path string) {
		w.open(path)
		assert.LessOrEqual(t, script[int](w, `document.documentElement.scrollWidth`), 360, "%s must not be moved sideways", path)
		assert.Equal(t, "[]", script[string](w, `JSON.stringify(Array.from(document.querySelectorAll("main *"))
			.filter((e) => e.checkVisibility() && !e.closest(".hide, thead, svg") && e.getBoundingClientRect().right > 361).map((e) => e.outerHTML.slice(0, 90)))`), path)
		w.shoot(fmt.Sprintf("narrow-%d", len(path)))
	}
	check("/login")
	w.press(token, kb.Enter)
	w.shows(`location.pathname === "/"`)
	for _, path := range pages {
		check(path)
	}
}

func TestThePageIsDarkWhereThatIsWanted(t *testing.T) {
	w := browse(t, Options{Store: filled()})
	ground := `getComputedStyle(document.body).backgroundColor`
	w.open("/")
	assert.Equal(t, "rgb(251, 250, 246)", script[string](w, ground))
	devtools(w, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}})
	assert.Equal(t, "rgb(23, 21, 17)", script[string](w, ground))
	assert.Equal(t, "rgb(236, 231, 219)", script[string](w, `getComputedStyle(document.body).color`))
}

func TestAnOpenPageKeepsItselfUpToDate(t *testing.T) {
	store := filled()
	w := browse(t, Options{Store: store})
	w.open("/")
	w.do(chromedp.Evaluate[chromedp.Void](`window.kept = true; document.querySelector("#list li:nth-child(2) h2 a").focus()`))
	focused := script[string](w, `document.activeElement.textContent`)
	w.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("[name=q]").value = "half a wor"`))

	fresh := store.stories[3]
	fresh.ID, fresh.Title = "0123456789abcdef0123456789abcdef", "A story that has just come"
	store.mu.Lock()
	store.stories = append([]waggle.Story{fresh}, store.stories...)
	store.mu.Unlock()
	store.change(waggle.ChangedStories)

	w.shows(`document.querySelector("#list h2 a").textContent === "A story that has just come"`)
	assert.True(t, script[bool](w, `window.kept === true`), "the page was not loaded anew")
	assert.Equal(t, focused, script[string](w, `document.activeElement.textContent`), "who was at a link still is")
	assert.Equal(t, "half a wor", script[string](w, `document.querySelector("[name=q]").value`), "and nothing that was typed is lost")

	w.open("/story/" + fresh.ID)
	w.do(chromedp.Evaluate[chromedp.Void](`window.kept = true`))
	store.mu.Lock()
	store.stories[0].Title, store.stories[0].Indicators = "Another title", store.stories[1].Indicators
	store.mu.Unlock()
	store.change(waggle.ChangedStories)
	w.shows(`document.querySelector("h1").textContent === "Another title"`)
	assert.True(t, script[bool](w, `window.kept === true`))
	assert.Zero(t, script[int](w, `document.querySelectorAll("button.copy[hidden]").length`), "new values have their buttons")
}
