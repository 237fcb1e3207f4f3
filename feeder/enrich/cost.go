package enrich

import (
	"maps"
	"slices"

	"github.com/tidwall/gjson"

	bundle "github.com/waggle-cti/waggle"
	"github.com/waggle-cti/waggle/shared/cortexapi"
)

// Cost is what running an analyzer costs.
type Cost string

// The costs, the cheapest first.
const (
	Free  Cost = "free"  // nothing, and no account is needed
	Quota Cost = "quota" // an account, whose plan allows so many requests
	Paid  Cost = "paid"  // money
)

// order are the costs from cheap to dear.
func order() []Cost { return []Cost{Free, Quota, Paid} }

func (c Cost) valid() bool { return slices.Contains(order(), c) }

// above tells whether c is dearer than the other.
func (c Cost) above(other Cost) bool {
	return slices.Index(order(), c) > slices.Index(order(), other)
}

// costs knows what analyzers cost: what the configuration says, else what the
// catalog of Waggle's own says. Of all others the worst is supposed.
type costs struct {
	configured map[string]Cost // by pattern
	own        map[string]Cost // by definition without version
}

func newCosts(configured map[string]Cost) costs {
	c := costs{configured, map[string]Cost{}}
	for _, entry := range gjson.GetBytes(bundle.Catalog(), "analyzers").Array() {
		cost := Free
		switch {
		case entry.Get("subscription_required").Bool():
			cost = Paid
		case entry.Get("registration_required").Bool():
			cost = Quota
		}
		c.own[entry.Get("name").String()] = cost
	}
	return c
}

func (c costs) of(w cortexapi.Worker) Cost {
	if pattern, ok := longest(maps.Keys(c.configured), w); ok {
		return c.configured[pattern]
	}
	if cost, ok := c.own[unversioned(w.Definition)]; ok {
		return cost
	}
	return Paid
}
