package cve

import (
	"strings"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// readEPSS reads the probability of exploitation within 30 days. Numbers are texts.
func readEPSS(answer *upstream.Response, f *full) error {
	r := answer.Fields()
	if r.Text("status") != "OK" {
		return answer.Strange("its answer is not FIRST's")
	}
	for _, v := range r.List("data") {
		if p, ok := number(v, "epss", 1); ok && strings.EqualFold(v.Text("cve"), f.ID) {
			percentile, _ := number(v, "percentile", 1)
			f.Found, f.EPSS = true, &epss{Probability: p, Percentile: percentile, Date: v.Text("date")}
		}
	}
	return nil
}
