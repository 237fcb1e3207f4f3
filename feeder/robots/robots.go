// Package robots asks sites which of their pages programs may read, by the
// Robots Exclusion Protocol (RFC 9309).
package robots

import (
	"context"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/waggle-cti/waggle/shared/fetch"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// token is our product token, as in shared/upstream's User-Agent.
const token = "waggle"

// Limits of what is remembered.
const (
	keep     = 24 * time.Hour // RFC 9309 section 2.4
	maxSites = 2000
)

// Getter fetches hostile public addresses; *fetch.Client is one.
type Getter interface {
	Get(ctx context.Context, r fetch.Request) (*fetch.Response, error)
}

// Checker remembers the rules of the sites it asked for a day. It is safe for
// concurrent use.
type Checker struct {
	getter Getter
	mu     sync.Mutex
	sites  map[string]site
}

type site struct {
	rules rules
	until time.Time
}

// New makes a Checker.
func New(getter Getter) *Checker {
	return &Checker{getter: getter, sites: map[string]site{}}
}

// Allowed tells whether the site of an address lets programs read it. A site
// without robots.txt does; one that cannot be asked gives an *upstream.Error,
// as it would for the page.
func (c *Checker) Allowed(ctx context.Context, address string) (bool, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return true, nil // whoever fetches it will say what is wrong with it
	}
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	found, err := c.rules(ctx, u.Scheme+"://"+strings.ToLower(u.Host))
	if err != nil {
		return false, err
	}
	return found.allows(path), nil
}

func (c *Checker) rules(ctx context.Context, origin string) (rules, error) {
	now := time.Now()
	c.mu.Lock()
	known, ok := c.sites[origin]
	c.mu.Unlock()
	if ok && now.Before(known.until) {
		return known.rules, nil
	}
	answer, err := c.getter.Get(ctx, fetch.Request{URL: origin + "/robots.txt", Accept: "text/plain, */*;q=0.1", MaxBody: 4 * maxFile})
	var found rules
	switch reason := upstream.ReasonOf(err); {
	case err == nil:
		found = parse(answer.Body, token)
	case ctx.Err() != nil, upstream.Temporary(err):
		return nil, err // section 2.3.1.4: unreachable means not allowed
	case reason == "":
		return nil, err
	}
	// Any other refusal means that there are no rules, section 2.3.1.3.
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.sites) >= maxSites {
		clear(c.sites) // asking again is cheap, and this is rare
	}
	c.sites[origin] = site{found, now.Add(keep)}
	return found, nil
}
