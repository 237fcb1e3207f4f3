package web

import (
	"slices"

	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/ioc"
)

// group is a story's indicators of one kind, below their heading.
type group struct {
	Kind       ioc.Kind
	Heading    string
	Indicators []waggle.Indicator
}

// groupByKind keeps the order of ioc.Kinds, other kinds last, and within
// a group the order the story has.
func groupByKind(all []waggle.Indicator) []group {
	var groups []group
	for _, i := range all {
		at := slices.IndexFunc(groups, func(g group) bool { return g.Kind == i.Kind })
		if at < 0 {
			_, heading := i.Kind.Names()
			at, groups = len(groups), append(groups, group{Kind: i.Kind, Heading: heading})
		}
		groups[at].Indicators = append(groups[at].Indicators, i)
	}
	order := ioc.Kinds()
	rank := func(g group) int {
		if at := slices.Index(order, g.Kind); at >= 0 {
			return at
		}
		return len(order)
	}
	slices.SortStableFunc(groups, func(a, b group) int { return rank(a) - rank(b) })
	return groups
}
