package resolver_test

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"github.com/miekg/dns"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
	"github.com/waggle-cti/waggle/shared/cortex/recorded"
	"github.com/waggle-cti/waggle/shared/resolver"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// client asks a server on the loopback.
func client(t *testing.T, lookups ...recorded.Lookup) *resolver.Client {
	t.Helper()
	c, err := resolver.New(resolver.Options{Service: "Example", Address: cortextest.StartNameserver(t, lookups...)})
	require.NoError(t, err)
	return c
}

func TestAsk(t *testing.T) {
	c := client(t,
		recorded.Lookup{Name: "www.example.net", Records: []string{"www.example.net. 60 IN CNAME web.example.net.", "web.example.net. 60 IN A 198.51.100.7"}},
		recorded.Lookup{Name: "www.example.net", Type: "TXT", Records: []string{`www.example.net. 60 IN TXT "a" "b"`}},
		recorded.Lookup{Name: "long.example.net", Error: "truncated", Records: []string{"long.example.net. 60 IN A 198.51.100.8"}},
		recorded.Lookup{Name: "none.example.net"},
	)
	for name, tt := range map[string]struct {
		name  string
		kind  uint16
		types []uint16
	}{
		"chain":        {"www.example.net", dns.TypeA, []uint16{dns.TypeCNAME, dns.TypeA}},
		"another type": {"www.example.net", dns.TypeTXT, []uint16{dns.TypeTXT}},
		"by TCP":       {"long.example.net", dns.TypeA, []uint16{dns.TypeA}},
		"dot at end":   {"long.example.net.", dns.TypeA, []uint16{dns.TypeA}},
		"no record":    {"none.example.net", dns.TypeA, nil},
		"no such name": {"other.example.net", dns.TypeA, nil},
	} {
		t.Run(name, func(t *testing.T) {
			records, err := c.Ask(t.Context(), tt.name, tt.kind)
			require.NoError(t, err)
			var types []uint16
			for _, r := range records {
				types = append(types, r.Header().Rrtype)
			}
			assert.Equal(t, tt.types, types)
		})
	}
}

func TestFailures(t *testing.T) {
	c := client(t,
		recorded.Lookup{Name: "broken.example.net", Rcode: "SERVFAIL"},
		recorded.Lookup{Name: "refused.example.net", Rcode: "REFUSED"},
		recorded.Lookup{Name: "garbage.example.net", Error: "garbage"},
	)
	for name, tt := range map[string]struct {
		name   string
		reason upstream.Reason
		says   string
	}{
		"server failure": {"broken.example.net", upstream.Failure, "answered SERVFAIL"},
		"refused":        {"refused.example.net", upstream.Failure, "refused the question: it may not serve this network"},
		"no DNS":         {"garbage.example.net", upstream.Network, "can't be read"},
		"no name":        {"a..b", upstream.BadInput, "check the value"},
		"long label":     {"0123456789012345678901234567890123456789012345678901234567890123456789.net", upstream.BadInput, "check the value"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.Ask(t.Context(), tt.name, dns.TypeA)
			require.ErrorIs(t, err, tt.reason)
			assert.ErrorContains(t, err, tt.says)
			assert.ErrorContains(t, err, "Example: ")
		})
	}
}

func TestNobodyAnswers(t *testing.T) {
	silent := cortextest.StartNameserver(t, recorded.Lookup{Name: "example.net", Error: "silence"})
	c, err := resolver.New(resolver.Options{Service: "Example", Address: silent, Timeout: time.Millisecond})
	require.NoError(t, err)
	_, err = c.Ask(t.Context(), "example.net", dns.TypeA)
	require.ErrorIs(t, err, upstream.Network)
	assert.ErrorContains(t, err, "the resolver "+silent+" did not answer in time")

	c, err = resolver.New(resolver.Options{Service: "Example", Address: "127.0.0.1:9"})
	require.NoError(t, err)
	_, err = c.Ask(t.Context(), "example.net", dns.TypeA)
	require.ErrorIs(t, err, upstream.Network)
	assert.ErrorContains(t, err, "the resolver 127.0.0.1:9 can't be reached: read: connection refused: check that")
}

func TestStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := client(t).Ask(ctx, "example.net", dns.TypeA)
	assert.ErrorIs(t, err, context.Canceled)
}

func TestAddresses(t *testing.T) {
	for name, tt := range map[string]struct {
		address string
		good    bool
	}{
		"IPv4":           {"192.0.2.53", true},
		"IPv4 with port": {"192.0.2.53:5353", true},
		"IPv6":           {"2001:db8::53", true},
		"IPv6 with port": {"[2001:db8::53]:53", true},
		"name":           {"dns.example.net", true},
		"URL":            {"https://dns.example.net/dns-query", false},
		"port a word":    {"192.0.2.53:dns", false},
		"port 0":         {"192.0.2.53:0", false},
		"no host":        {":53", false},
		"two dots":       {"a..b", false},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := resolver.New(resolver.Options{Service: "Example", Address: tt.address})
			if tt.good {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, upstream.BadInput)
			assert.ErrorContains(t, err, "write it as 192.0.2.53")
		})
	}
}

func TestReversed(t *testing.T) {
	for address, want := range map[string]string{
		"198.51.100.7":        "7.100.51.198",
		"::ffff:198.51.100.7": "7.100.51.198",
		"2001:db8::23":        "3.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2",
		"2001:db8::23%eth0":   "3.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2",
	} {
		t.Run(address, func(t *testing.T) {
			assert.Equal(t, want, resolver.Reversed(netip.MustParseAddr(address)))
		})
	}
	assert.Empty(t, resolver.Reversed(netip.Addr{}))
}

func TestText(t *testing.T) {
	for name, tt := range map[string]struct {
		parts []string
		want  string
	}{
		"nothing":           {nil, ""},
		"two parts":         {[]string{"v=spf1 ", "-all"}, "v=spf1 -all"},
		"quotes":            {[]string{`a \"b\" \\ c`}, `a "b" \ c`},
		"bytes":             {[]string{`B\195\188cher`}, "Bücher"},
		"no UTF-8":          {[]string{`a\255b`}, "a\uFFFDb"},
		"no byte":           {[]string{`a\999`}, "a999"},
		"backslash at end":  {[]string{`a\`}, `a\`},
		"digits at the end": {[]string{`a\12`}, "a12"},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, tt.want, resolver.Text(tt.parts...)) })
	}
}

func TestNoLeak(t *testing.T) {
	const secret = "inventedSecret0123456789"
	c, err := resolver.New(resolver.Options{Service: "Example", Address: cortextest.StartNameserver(t,
		recorded.Lookup{Name: secret + ".example.net", Rcode: "SERVFAIL"}), Secrets: []string{secret}})
	require.NoError(t, err)
	_, err = c.Ask(t.Context(), secret+".example.net", dns.TypeA)
	require.Error(t, err)
	assert.NotContains(t, err.Error(), secret)

	_, err = resolver.New(resolver.Options{Service: "Example", Address: secret + ":x", Secrets: []string{secret}})
	require.Error(t, err)
	assert.NotContains(t, err.Error(), secret)
}
