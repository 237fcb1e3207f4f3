// Package kinds is the list of the kinds of sources there are. A new kind is a
// package beside rss and one line here.
package kinds

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/feeder/source/rss"
)

// All gives the kinds by the name that a source's description calls them by.
func All() map[string]source.Kind {
	return map[string]source.Kind{
		"rss": rss.New,
	}
}

// New makes the source that the description asks for.
func New(spec source.Spec, getter source.Getter) (source.Source, error) {
	if err := Check(spec.Kind); err != nil {
		return nil, fmt.Errorf("source %q: %w", spec.Name, err)
	}
	return All()[spec.Kind](spec, getter)
}

// Check gives an error that names the kinds there are, unless kind is one.
func Check(kind string) error {
	all := All()
	if _, ok := all[kind]; ok {
		return nil
	}
	return fmt.Errorf("no kind of source is called %q: there is %s", kind, strings.Join(slices.Sorted(maps.Keys(all)), ", "))
}
