// Package kinds is the list of the kinds of sources there are. A new kind is a
// package beside rss and one line here.
package kinds

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/feeder/source/bluesky"
	"github.com/waggle-cti/waggle/feeder/source/bridge"
	"github.com/waggle-cti/waggle/feeder/source/kev"
	"github.com/waggle-cti/waggle/feeder/source/mastodon"
	"github.com/waggle-cti/waggle/feeder/source/reddit"
	"github.com/waggle-cti/waggle/feeder/source/rss"
	"github.com/waggle-cti/waggle/feeder/source/telegram"
	"github.com/waggle-cti/waggle/feeder/source/tweetfeed"
	"github.com/waggle-cti/waggle/feeder/source/web"
	"github.com/waggle-cti/waggle/feeder/source/x"
)

// All gives the kinds by the name that a source's description calls them by.
func All() map[string]source.Kind {
	return map[string]source.Kind{
		"bluesky":   {New: bluesky.New, Keys: []string{"reposts", "replies"}},
		"kev":       {New: kev.New, URL: kev.URL},
		"mastodon":  {New: mastodon.New, Keys: []string{"reposts", "replies", "token"}},
		"nitter":    {New: bridge.Nitter, Keys: []string{"accounts", "reposts", "replies"}},
		"reddit":    {New: reddit.New, Keys: []string{"user", "token"}},
		"rss":       {New: rss.New},
		"rssbridge": {New: bridge.RSSBridge, Keys: []string{"path", "token"}},
		"rsshub":    {New: bridge.RSSHub, Keys: []string{"path", "token"}},
		"telegram":  {New: telegram.New},
		"tweetfeed": {New: tweetfeed.New, URL: tweetfeed.URL},
		"web":       {New: web.New, Keys: []string{"select"}},
		"x":         {New: x.New, URL: x.URL, Keys: []string{"accounts", "query", "timelines", "reposts", "replies", "budget", "token"}},
	}
}

// New makes the source that the description asks for.
func New(spec source.Spec, getter source.Getter) (source.Source, error) {
	spec = Complete(spec)
	if err := fits(spec); err != nil {
		return nil, fmt.Errorf("source %q: %w", spec.Name, err)
	}
	made, err := All()[spec.Kind].New(spec, getter)
	if err != nil {
		return nil, fmt.Errorf("source %q: %w", spec.Name, err)
	}
	return made, nil
}

// Complete puts the kind's own address where the description has none.
func Complete(spec source.Spec) source.Spec {
	if spec.URL == "" {
		spec.URL = All()[spec.Kind].URL
	}
	return spec
}

// Check finds what is wrong with a completed description: the YAML key it
// stands under, and an error that says what to do. nil means nothing is.
func Check(spec source.Spec) (key string, err error) {
	_, err = New(spec, nil)
	if fault, ok := errors.AsType[*source.Fault](err); ok {
		return fault.Key, err
	}
	return "", err
}

// fits looks whether there is such a kind and whether it takes the keys given.
func fits(spec source.Spec) error {
	all := All()
	kind, ok := all[spec.Kind]
	if !ok {
		return &source.Fault{Key: "kind", Say: fmt.Sprintf("no kind of source is called %q: there is %s", spec.Kind, strings.Join(slices.Sorted(maps.Keys(all)), ", "))}
	}
	if err := spec.Check(); err != nil {
		return err
	}
	for _, key := range spec.Given() {
		if !slices.Contains(kind.Keys, key) {
			return &source.Fault{Key: key, Say: fmt.Sprintf("a source of kind %s takes no %s", spec.Kind, key)}
		}
	}
	return nil
}
