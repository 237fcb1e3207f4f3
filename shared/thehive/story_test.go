package thehive_test

import (
	"fmt"
	"time"

	"github.com/waggle-cti/waggle/shared/thehive"
)

func story() thehive.Alert {
	return thehive.Alert{
		Type: "waggle", Source: "Example Blog", SourceRef: "0123456789abcdef", Title: "Loader seen", Description: "**Text** <b>&amp;",
		ExternalLink: "https://blog.example.com/1", Severity: 3, TLP: 1, PAP: 2, Date: time.UnixMilli(1790000000123).UTC(), Tags: []string{"waggle", "tlp:green"},
		Observables: []thehive.Observable{
			{DataType: "domain", Data: "c2.example.net", Message: "c2[.]example[.]net", TLP: 1, Tags: []string{"c2"}, IOC: true},
			{DataType: "ip", Data: "203.0.113.7", TLP: 1, IOC: true},
			{DataType: "ip", Data: "203.0.113.8", TLP: 1, IOC: true},
		},
	}
}

// many makes n observables with one look.
func many(n int) []thehive.Observable {
	var out []thehive.Observable
	for i := range n {
		out = append(out, thehive.Observable{DataType: "domain", Data: fmt.Sprintf("h%d.example.net", i), TLP: 2})
	}
	return out
}

// withoutNil makes empty lists of tags nil, which no reader tells apart.
func withoutNil(a thehive.Alert) thehive.Alert {
	for i, o := range a.Observables {
		if len(o.Tags) == 0 {
			a.Observables[i].Tags = nil
		}
	}
	return a
}
