package blocks

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/waggle-cti/waggle/feeder/secret"
)

// Paths of what Server answers.
const (
	APIPath   = "/api/v1/blocks"
	ListsPath = "/lists/"
)

// Bounds of one order.
const (
	maxBody   = 1 << 20 // bytes
	maxValues = 1000
)

// Keys let programs in. Neither is the page's.
type Keys struct {
	Write secret.Text // who knows it may block and unblock; none = nobody
	Read  secret.Text // who knows it may read the lists; none = nobody
}

// minKey is the least length of a key, in bytes.
const minKey = 16

// Check refuses keys that can be guessed, and one key for both.
func (k Keys) Check() error {
	for _, key := range []secret.Text{k.Write, k.Read} {
		if key.Set() && len(key.Reveal()) < minKey {
			return fmt.Errorf("a token of the block lists has fewer than %d characters: make one with `openssl rand -hex 32`", minKey)
		}
	}
	if k.Write.Set() && k.Write.Reveal() == k.Read.Reveal() {
		return errors.New("the block lists' two tokens are the same: a firewall that reads must not be able to write")
	}
	return nil
}

// Path is the address of a list for devices that can send neither a header nor a
// password. The key in it is made of the token and opens this list alone: it
// will stand in logs of devices and proxies, where the token must not. Another
// token makes other addresses. Without a token it is "".
func (k Keys) Path(list string) string {
	if !k.Read.Set() {
		return ""
	}
	mac := hmac.New(sha256.New, []byte(k.Read.Reveal()))
	mac.Write([]byte("waggle list " + list))
	return ListsPath + hex.EncodeToString(mac.Sum(nil)[:16]) + "/" + list
}

// Server answers the API and the lists.
type Server struct {
	Book Book
	Keys Keys
}

// Handle adds its addresses to those of a server.
func (s Server) Handle(mux *http.ServeMux) {
	mux.HandleFunc("POST "+APIPath, s.order(s.Book.Block))
	mux.HandleFunc("DELETE "+APIPath, s.order(s.Book.Unblock))
	mux.HandleFunc("GET "+ListsPath+"{list}", s.list)
	mux.HandleFunc("GET "+ListsPath+"{key}/{list}", s.list)
}

// Changes is what an order is answered with.
type Changes struct {
	Changes []Change `json:"changes"`
}

// same compares in constant time, whatever the lengths; nothing is the same as
// no key.
func same(given string, key secret.Text) bool {
	a, b := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(key.Reveal()))
	return key.Set() && subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

func (s Server) order(do func(context.Context, Order) ([]Change, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		bearer, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !same(bearer, s.Keys.Write) {
			h.Set("WWW-Authenticate", `Bearer realm="Waggle blocks"`)
			refuse(w, http.StatusUnauthorized, "Send the token of the block lists (WAGGLE_BLOCKS_TOKEN): Authorization: Bearer …")
			return
		}
		var o Order
		body := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
		body.DisallowUnknownFields()
		switch err := body.Decode(&o); {
		case err != nil:
			refuse(w, http.StatusBadRequest, `The body is not the JSON expected: {"values": ["203.0.113.7"], "reason": "…", "record": "case 3", "by": "…", "days": 30}, at most 1 MiB.`)
			return
		case len(o.Values) == 0 || len(o.Values) > maxValues || o.Days < 0 || o.Days > maxDays:
			refuse(w, http.StatusBadRequest, fmt.Sprintf("Name 1 to %d values, and 0 to %d days.", maxValues, maxDays))
			return
		}
		changes, err := do(r.Context(), o)
		if err != nil {
			s.Book.Log.ErrorContext(r.Context(), "blocks failed", "error", err)
			refuse(w, http.StatusInternalServerError, "The store did not answer, and nothing was changed. The feeder's log says why; try again.")
			return
		}
		answer(w, http.StatusOK, Changes{changes})
	}
}

func refuse(w http.ResponseWriter, code int, text string) {
	answer(w, code, map[string]string{"error": text})
}

func answer(w http.ResponseWriter, code int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(body) // a visitor who left needs no answer
}

// list answers a list. An address that does not open one is answered the same,
// whether there is such a list or not.
func (s Server) list(w http.ResponseWriter, r *http.Request) {
	name, key := r.PathValue("list"), r.PathValue("key")
	var found *List
	for _, l := range Lists() {
		if l.Name == name {
			found = &l
		}
	}
	if key == "" && !s.reads(r) {
		w.Header().Set("WWW-Authenticate", `Basic realm="Waggle block lists", charset="UTF-8"`)
		http.Error(w, "Send the token of the lists (WAGGLE_LISTS_TOKEN) as the password of basic authentication, or as Authorization: Bearer …", http.StatusUnauthorized)
		return
	}
	if found == nil || key != "" && (!s.Keys.Read.Set() || subtle.ConstantTimeCompare([]byte(r.URL.Path), []byte(s.Keys.Path(name))) != 1) {
		http.NotFound(w, r)
		return
	}
	all, changed, err := s.Book.Store.Blocks(r.Context(), s.Book.Now())
	if err != nil {
		s.Book.Log.ErrorContext(r.Context(), "list failed", "list", name, "error", err)
		http.Error(w, "The store did not answer. Keep the list you have, and try again.", http.StatusInternalServerError)
		return
	}
	text := found.Write(all, changed)
	sum := sha256.Sum256([]byte(text))
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "private, no-cache")
	h.Set("ETag", `"`+hex.EncodeToString(sum[:16])+`"`)
	http.ServeContent(w, r, name, changed, strings.NewReader(text))
}

// reads tells whether a request brings the token of the lists.
func (s Server) reads(r *http.Request) bool {
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return same(bearer, s.Keys.Read)
	}
	_, password, _ := r.BasicAuth()
	return same(password, s.Keys.Read)
}
