package pipeline

import (
	"sync"
	"time"

	"golang.org/x/net/publicsuffix"

	"github.com/waggle-cti/waggle/feeder/address"
)

// hosts keeps the fetching of articles polite: few at a time from one host,
// and a pause between them. It counts what this process does.
type hosts struct {
	pause time.Duration // from one fetch's start to the next one's

	mu   sync.Mutex
	busy map[string]visit
}

// visit is what goes on at a host.
type visit struct {
	open int       // fetches under way
	next time.Time // when the next may begin
}

// perHost is how many articles are fetched from one host at once.
const perHost = 2

func newHosts(pause time.Duration) *hosts {
	return &hosts{pause: pause, busy: map[string]visit{}}
}

// enter begins a fetch from a host, which leave ends; or it says how long the
// host is to be left alone, at least.
func (h *hosts) enter(host string, now time.Time) (wait time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	v := h.busy[host]
	// A pause that is longer than ours is from a clock that was wrong.
	if left := v.next.Sub(now); left > 0 && left <= h.pause {
		return left
	}
	if v.open >= perHost {
		return max(h.pause, time.Second)
	}
	h.busy[host] = visit{v.open + 1, now.Add(h.pause)}
	return 0
}

func (h *hosts) leave(host string, now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	v := h.busy[host]
	v.open--
	h.busy[host] = v
	for name, v := range h.busy { // there are as many as are visited in a pause
		if v.open == 0 && !v.next.After(now) {
			delete(h.busy, name)
		}
	}
}

// hostOf names the host that a page comes from: its registered domain, since
// one owner may have any number of names below it.
func hostOf(page string) string {
	name := address.Host(page)
	if domain, err := publicsuffix.EffectiveTLDPlusOne(name); err == nil {
		return domain
	}
	return name // an address, or a name in the own network
}
