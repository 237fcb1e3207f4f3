package spamhaus

import (
	"testing"

	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
	"github.com/waggle-cti/waggle/shared/cortex/recorded"
)

// The answers are those that Spamhaus' pages name: codes of the lists,
// https://www.spamhaus.org/faqs/dnsbl-usage/ and …/domain-blocklist/; errors in
// 127.255.255.0/24; test entries as in RFC 5782 section 5. The values are invented.
func TestCases(t *testing.T) { cortextest.Run(t, Analyzer) }

func TestBadInputAndServices(t *testing.T) { cortextest.Torture(t, Analyzer, nil) }

// TestNoLeak has the key as a part of every name that is asked.
func TestNoLeak(t *testing.T) {
	for name, lookup := range map[string]recorded.Lookup{
		"not listed": {Rcode: "NXDOMAIN"},
		"refused":    {Rcode: "REFUSED"},
		"blocked":    {Records: []string{"a.example. 60 IN A 127.255.255.254"}},
		"no DNS":     {Error: "garbage"},
	} {
		t.Run(name, func(t *testing.T) {
			const key = "inventedkey0123456789"
			lookup.Name = "7.100.51.198." + key + ".zen.dq.spamhaus.net"
			cortextest.Leaks(t, Analyzer, map[string]any{"resolver": cortextest.StartNameserver(t, lookup), "key": key})
		})
	}
}

func TestProbe(t *testing.T) {
	held := func(names ...string) []recorded.Lookup {
		var all []recorded.Lookup
		for _, n := range names {
			all = append(all, recorded.Lookup{Name: n, Records: []string{n + ". 60 IN A 127.0.0.2"}})
		}
		return all
	}
	both := held("2.0.0.127.zen.spamhaus.org", "dbltest.com.dbl.spamhaus.org")
	cortextest.Probe(t, Analyzer, map[string]cortextest.Probed{
		"both lists": {Config: map[string]any{"key": nil, "resolver": cortextest.StartNameserver(t, both...)}, Says: "both lists answer the resolver"},
		"one list":   {Config: map[string]any{"key": nil, "resolver": cortextest.StartNameserver(t, both[0])}, Error: "its test entry is missing"},
		"a key": {Config: map[string]any{"key": "0123abcd", "resolver": cortextest.StartNameserver(t, held("2.0.0.127.0123abcd.zen.dq.spamhaus.net", "dbltest.com.0123abcd.dbl.dq.spamhaus.net")...)},
			Says: "both lists answer the resolver and the key"},
	})
}
