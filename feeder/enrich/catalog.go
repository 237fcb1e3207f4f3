package enrich

import (
	"slices"

	"github.com/tidwall/gjson"

	bundle "github.com/waggle-cti/waggle"
	"github.com/waggle-cti/waggle/shared/cortexapi"
)

// definition is what the definition of an analyzer of Waggle's says that Cortex
// does not tell.
type definition struct {
	cost   Cost
	byHand []string // data types that people alone ask it about
	why    string   // that is so
}

// catalog are the definitions of Waggle's own analyzers, by name without version.
type catalog map[string]definition

func newCatalog() catalog {
	c := catalog{}
	for _, entry := range gjson.GetBytes(bundle.Catalog(), "analyzers").Array() {
		d := definition{cost: Free, why: entry.Get("by_hand_why").String()}
		switch {
		case entry.Get("subscription_required").Bool():
			d.cost = Paid
		case entry.Get("registration_required").Bool():
			d.cost = Quota
		}
		for _, t := range entry.Get("by_hand_data_types").Array() {
			d.byHand = append(d.byHand, t.String())
		}
		c[entry.Get("name").String()] = d
	}
	return c
}

// of is the definition of an analyzer. Of one that is not Waggle's nothing is
// known but what Cortex tells, so the worst cost is supposed.
func (c catalog) of(w cortexapi.Worker) definition {
	if d, ok := c[unversioned(w.Definition)]; ok {
		return d
	}
	return definition{cost: Paid}
}

// asks tells whether an analyzer may be asked about values of a data type by
// what is no person.
func (d definition) asks(dataType string) bool { return !slices.Contains(d.byHand, dataType) }

// never says why an analyzer that takes these data types is not to be asked by
// what is no person at all; "" where some of them are left.
func (d definition) never(dataTypes []string) string {
	if slices.ContainsFunc(dataTypes, d.asks) {
		return ""
	}
	return d.why
}
