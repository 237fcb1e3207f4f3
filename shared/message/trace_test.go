package message_test

import (
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/waggle-cti/waggle/shared/message"
)

func TestHops(t *testing.T) {
	at := time.Date(2026, 11, 3, 8, 14, 2, 0, time.UTC)
	for name, c := range map[string]struct {
		received string
		want     message.Hop
	}{
		"as the RFC has it": {"from mail.example.net (mail.example.net [192.0.2.25]) by mx.example.org with ESMTPS id 4x; Tue, 3 Nov 2026 09:14:02 +0100",
			message.Hop{From: "mail.example.net", IP: netip.MustParseAddr("192.0.2.25"), By: "mx.example.org", With: "ESMTPS", At: at}},
		"version 6": {"from a.example ([IPv6:2001:db8::25]) by b.example with esmtp; Tue, 3 Nov 2026 08:14:02 +0000",
			message.Hop{From: "a.example", IP: netip.MustParseAddr("2001:db8::25"), By: "b.example", With: "esmtp", At: at}},
		"address without brackets": {"from a.example (192.0.2.25) by b.example (198.51.100.1)", message.Hop{From: "a.example", IP: netip.MustParseAddr("192.0.2.25"), By: "b.example"}},
		"address of the receiver":  {"from a.example by b.example ([198.51.100.1])", message.Hop{From: "a.example", By: "b.example"}},
		"program":                  {"by b.example (Postfix, from userid 1000); someday", message.Hop{By: "b.example"}},
		"no such address":          {"from a.example ([999.0.2.25])", message.Hop{From: "a.example"}},
		"nothing":                  {"", message.Hop{}},
	} {
		t.Run(name, func(t *testing.T) {
			hops := message.Header{{Name: "Received", Value: c.received}}.Hops()
			assert.Len(t, hops, 1)
			hops[0].At = hops[0].At.UTC()
			assert.Equal(t, c.want, hops[0])
		})
	}
	order := message.Header{{Name: "received", Value: "by last.example"}, {Name: "From", Value: "a@example.org"}, {Name: "Received", Value: "by first.example"}}
	assert.Equal(t, []message.Hop{{By: "first.example"}, {By: "last.example"}}, order.Hops())
}
