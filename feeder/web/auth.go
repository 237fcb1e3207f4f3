package web

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/waggle-cti/waggle/feeder/secret"
)

// Login is who may read the page. The zero Login lets in everybody who
// reaches it, which is for loopback alone: see [Login.Check].
type Login struct {
	// Token lets in who knows it: as "Authorization: Bearer …", as the
	// password of basic authentication (any user), or typed into the page.
	Token secret.Text
	// User is the header in which a reverse proxy in front names who has
	// logged in there, such as X-Forwarded-User. It counts only in requests
	// that come from Proxies.
	User string
	// Proxies are the networks the reverse proxy asks from; none = loopback
	// and private networks.
	Proxies []netip.Prefix
}

// minToken is the least length of a token, in bytes.
const minToken = 16

// errOpen is the error of a page that anybody could read.
var errOpen = errors.New("the page would be open to the whole network")

// Check refuses an address beyond loopback without a login, and tokens that
// can be guessed. The error says what to do.
func (l Login) Check(listen string) error {
	if l.Token.Set() && len(l.Token.Reveal()) < minToken {
		return fmt.Errorf("the page's token has fewer than %d characters: make one with `openssl rand -hex 32`", minToken)
	}
	if !loopback(name(listen)) && !l.asked() {
		return fmt.Errorf("%w: listen is %s: set WAGGLE_PAGE_TOKEN (or _FILE), or WAGGLE_TRUST_PROXY_USER behind a proxy that logs people in, or listen on 127.0.0.1", errOpen, listen)
	}
	return nil
}

func (l Login) asked() bool { return l.Token.Set() || l.User != "" }

const (
	sessionCookie = "waggle_session"
	sessionLength = 12 * time.Hour
)

// gate lets in whom the login knows, and shows others the form. Health checks
// pass: containers make them.
type gate struct {
	Login
	now func() time.Time
	key []byte // signs sessions; they end with the process

	mu    sync.Mutex
	ended map[string]time.Time // sessions that were logged out, and when they end anyway
}

func newGate(l Login, now func() time.Time) *gate {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails: https://pkg.go.dev/crypto/rand#Read
	return &gate{Login: l, now: now, key: key, ended: map[string]time.Time{}}
}

// lets tells whether a request comes from somebody who has logged in.
func (g *gate) lets(r *http.Request) bool {
	if !g.asked() || g.proxied(r) {
		return true
	}
	if !g.Token.Set() {
		return false
	}
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return g.knows(bearer)
	}
	if _, password, ok := r.BasicAuth(); ok {
		return g.knows(password)
	}
	return g.session(r)
}

// session tells whether a request comes from a browser that has logged in here.
func (g *gate) session(r *http.Request) bool {
	cookie, err := r.Cookie(sessionCookie)
	return err == nil && g.Token.Set() && g.holds(cookie.Value)
}

// proxied tells whether the reverse proxy says who asks.
func (g *gate) proxied(r *http.Request) bool {
	if g.User == "" || strings.TrimSpace(r.Header.Get(g.User)) == "" {
		return false
	}
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	address := from.Addr().Unmap()
	if len(g.Proxies) == 0 {
		return address.IsLoopback() || address.IsPrivate()
	}
	for _, network := range g.Proxies {
		if network.Contains(address) {
			return true
		}
	}
	return false
}

// who names whom a request comes from: as the reverse proxy does, or as one of
// those who know the token, who have no names.
func (g *gate) who(r *http.Request) string {
	if g.proxied(r) {
		return strings.TrimSpace(r.Header.Get(g.User))
	}
	return "somebody at the page"
}

// knows compares in constant time, whatever the lengths.
func (g *gate) knows(token string) bool {
	given, wanted := sha256.Sum256([]byte(token)), sha256.Sum256([]byte(g.Token.Reveal()))
	return g.Token.Set() && subtle.ConstantTimeCompare(given[:], wanted[:]) == 1
}

// begin is a new session as a cookie's value: when it ends, which one it is, and
// our signature. The token is not in it.
func (g *gate) begin() string {
	text := strconv.FormatInt(g.now().Add(sessionLength).Unix(), 10) + "." + rand.Text()
	return text + "." + g.sign(text)
}

func (g *gate) holds(session string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	_, ended := g.ended[session]
	return !ended && g.now().Before(g.until(session))
}

// until is when a session ends; the zero time where it is none of ours.
func (g *gate) until(session string) time.Time {
	dot := strings.LastIndexByte(session, '.')
	if dot < 0 || !hmac.Equal([]byte(session[dot+1:]), []byte(g.sign(session[:dot]))) {
		return time.Time{}
	}
	ends, _, _ := strings.Cut(session, ".")
	at, err := strconv.ParseInt(ends, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(at, 0)
}

// end ends a session before its time. The list of those that were ended is no
// longer than that of logins in the length of a session.
func (g *gate) end(session string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	maps.DeleteFunc(g.ended, func(_ string, until time.Time) bool { return !g.now().Before(until) })
	if until := g.until(session); g.now().Before(until) {
		g.ended[session] = until
	}
}

func (g *gate) sign(text string) string {
	mac := hmac.New(sha256.New, g.key)
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil))
}

// maxLogin bounds the form that is sent, in bytes.
const maxLogin = 4 << 10

// login answers POST /login: it gives a session to who knows the token.
func (g *gate) login(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxLogin)
	if !g.knows(strings.TrimSpace(r.PostFormValue("token"))) {
		http.Redirect(w, r, loginPath+"?wrong=1", http.StatusSeeOther)
		return
	}
	http.SetCookie(w, &http.Cookie{
		Name: sessionCookie, Value: g.begin(), Path: "/", MaxAge: int(sessionLength / time.Second),
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: secure(r),
	})
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// logout answers POST /logout: the session is over, here and for whoever may
// have taken its cookie.
func (g *gate) logout(w http.ResponseWriter, r *http.Request) {
	if cookie, err := r.Cookie(sessionCookie); err == nil {
		g.end(cookie.Value)
	}
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: secure(r)})
	http.Redirect(w, r, loginPath, http.StatusSeeOther)
}

// secure tells whether the visitor came by https.
func secure(r *http.Request) bool {
	return r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https"
}

// loginPath is where the form is, and where it is sent.
const loginPath = "/login"

// admit shows the form, or the error of a program, to who is not let in.
func (s *site) admit(next http.Handler) http.Handler {
	form := s.page("login", func(r *http.Request) (view, error) {
		return view{Title: "Log in", Here: "login", Data: loginView{Wrong: r.URL.Query().Get("wrong") != "", Token: s.gate.Token.Set()}}, nil
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.Path
		switch {
		case path == "/healthz" || strings.HasPrefix(path, "/assets/"):
			next.ServeHTTP(w, r)
		case path == loginPath && r.Method == http.MethodPost && s.gate.Token.Set():
			s.gate.login(w, r)
		case path == loginPath && s.gate.asked():
			form.ServeHTTP(w, r)
		case s.gate.lets(r):
			next.ServeHTTP(w, r)
		case path == eventsPath: // without a challenge, which would open a window over the page
			http.Error(w, "Log in first.", http.StatusUnauthorized)
		case strings.HasPrefix(path, "/api/") || strings.HasPrefix(path, "/feeds/") || path == "/metrics":
			w.Header().Set("WWW-Authenticate", `Basic realm="Waggle", charset="UTF-8"`)
			http.Error(w, "Send the page's token: Authorization: Bearer …, or as the password of basic authentication.", http.StatusUnauthorized)
		default:
			http.Redirect(w, r, loginPath, http.StatusSeeOther)
		}
	})
}

// loginView is what the form shows.
type loginView struct {
	Wrong bool // the token was not the one
	Token bool // a token lets in; else the proxy alone does
}
