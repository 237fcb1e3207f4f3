package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

// TestASourceMakesNewIDs: the second answer has the same post under another id.
func TestASourceMakesNewIDs(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*waggle.Post)
		isNew  bool
	}{
		"nothing else changed": {func(*waggle.Post) {}, false},
		"fetched later":        {func(p *waggle.Post) { p.Fetched = noon().Add(time.Hour) }, false},
		"another title":        {func(p *waggle.Post) { p.Title = "Another" }, true},
		"another address":      {func(p *waggle.Post) { p.URL = "https://blog.example.com/b" }, true},
		"another date":         {func(p *waggle.Post) { p.Published = noon().Add(time.Second) }, true},
		"another text":         {func(p *waggle.Post) { p.Content = "other text" }, true},
		"another source":       {func(p *waggle.Post) { p.Source = "news" }, true},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := open(t)
			again := post("a")
			again.ID = "a, anew"
			c.change(&again)
			for n, p := range []waggle.Post{post("a"), again} {
				tx(t, s, func(tx *store.Tx) error {
					read, _, err := tx.SavePosts(t.Context(), store.Arrivals([]waggle.Post{p}, time.Time{}))
					assert.Equal(t, n == 0 || c.isNew, len(read) == 1)
					return err
				})
			}
		})
	}
}

// TestPostsWithoutADateOrAnAddressAreNotTakenForOthers: nothing is lost.
func TestPostsWithoutADateOrAnAddressAreNotTakenForOthers(t *testing.T) {
	for name, change := range map[string]func(*waggle.Post){
		"no date":    func(p *waggle.Post) { p.Published = time.Time{} },
		"no address": func(p *waggle.Post) { p.URL = "" },
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := open(t)
			for n := range 2 {
				p := post("a")
				p.ID = fmt.Sprint(n)
				change(&p)
				tx(t, s, func(tx *store.Tx) error {
					read, _, err := tx.SavePosts(t.Context(), store.Arrivals([]waggle.Post{p}, time.Time{}))
					assert.Len(t, read, 1)
					return err
				})
			}
		})
	}
}

// TestAnArchiveUnderNewIDsStaysQuiet: what was too old when the source was first
// read is no news when the publisher has moved.
func TestAnArchiveUnderNewIDsStaysQuiet(t *testing.T) {
	s, _ := open(t)
	moved := post("a")
	moved.ID = "https://new.example.com/?p=1"
	tx(t, s, func(tx *store.Tx) error {
		_, quiet, err := tx.SavePosts(t.Context(), store.Arrivals([]waggle.Post{post("a")}, noon().Add(time.Hour)))
		assert.Equal(t, 1, quiet)
		return err
	})
	tx(t, s, func(tx *store.Tx) error {
		read, quiet, err := tx.SavePosts(t.Context(), store.Arrivals([]waggle.Post{moved}, time.Time{}))
		assert.Empty(t, read)
		assert.Zero(t, quiet)
		return err
	})
}
