package enrich

import (
	"maps"
	"slices"

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

// cost is what an analyzer costs: what the configuration says, else what its
// definition does.
func (e *Enricher) cost(w cortexapi.Worker) Cost {
	if pattern, ok := longest(maps.Keys(e.settings.Costs), w); ok {
		return e.settings.Costs[pattern]
	}
	return e.catalog.of(w).cost
}
