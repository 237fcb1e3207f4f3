package message_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/waggle-cti/waggle/shared/message"
)

func TestReadPage(t *testing.T) {
	for name, c := range map[string]struct {
		page string
		want message.Page
	}{
		"a link and what it shows": {`<p>See <a href=" https://a.example/x ">https://<b>b.example</b></a> now`,
			message.Page{Targets: []message.Target{{URL: "https://a.example/x", Shown: "https://b.example"}}}},
		"a link that does not end": {`<a href="https://a.example">one<a href="https://b.example">two`,
			message.Page{Targets: []message.Target{{URL: "https://a.example", Shown: "one"}, {URL: "https://b.example", Shown: "two"}}}},
		"a link's text that speaks of markup": {`<a href="https://a.example">&amp;lt;b&amp;gt;</a>`, message.Page{Targets: []message.Target{{URL: "https://a.example", Shown: "&lt;b&gt;"}}}},
		"a form": {`<form action="https://a.example/take"><input></form>`,
			message.Page{Targets: []message.Target{{URL: "https://a.example/take", Form: true}}}},
		"pictures, those within the message not counted": {`<img src="HTTPS://a.example/1.png"><img src="cid:1"><img>`, message.Page{Pictures: 1}},
		"what of a link is not shown":                    {`<a href="https://a.example"><style>a{}</style>x<script>y</script></a>`, message.Page{Targets: []message.Target{{URL: "https://a.example", Shown: "x"}}}},
		"a script's end without a start":                 {`</script><a href="https://a.example">x</a>`, message.Page{Targets: []message.Target{{URL: "https://a.example", Shown: "x"}}}},
		"a link without an address":                      {`<a name="top">up</a>`, message.Page{}},
		"another scheme":                                 {`<area href="javascript:x">`, message.Page{Targets: []message.Target{{URL: "javascript:x"}}}},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, message.ReadPage(c.page)) })
	}
}

func TestReadPageIsBounded(t *testing.T) {
	page := message.ReadPage(strings.Repeat(`<a href="x">y</a>`, 20_000))
	assert.Len(t, page.Targets, 10_000)
}
