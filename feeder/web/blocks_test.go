package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/assert"

	"github.com/waggle-cti/waggle/feeder/blocks"
	"github.com/waggle-cti/waggle/feeder/secret"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/ioc"
)

func listKeys() blocks.Keys {
	return blocks.Keys{Write: secret.New("write-0123456789abcdef"), Read: secret.New("read-0123456789abcdef")}
}

func TestBlocks(t *testing.T) {
	doc := open(t, Options{Store: filled(), Lists: listKeys()}, "/blocks")
	rows := doc.Find("table").First().Find("tbody tr")
	assert.Equal(t, 4, rows.Length())
	assert.Equal(t, "cdn-update-4471[.]top domain C2 of the loader case 118 kim@example.com 2 hours ago in 3 months", text(rows.First()))
	assert.Contains(t, text(doc.Find(".lede")), "4 values are kept out")
	lists := doc.Find("table").Last().Find("tbody tr")
	assert.Equal(t, len(blocks.Lists()), lists.Length())
	assert.Contains(t, text(lists.First()), listKeys().Path("ips.txt"))
	html, err := doc.Html()
	assert.NoError(t, err)
	assert.NotContains(t, html, "0123456789abcdef\"", "no token is shown")
	assert.NotContains(t, html, listKeys().Read.Reveal())
	assert.NotContains(t, html, listKeys().Write.Reveal())
	assert.Zero(t, doc.Find("main a").Length(), "nothing that is blocked can be clicked")
}

func TestBlocksThatAreNotSetUp(t *testing.T) {
	empty := func(keys blocks.Keys) *goquery.Selection {
		return open(t, Options{Store: &fake{}, Lists: keys}, "/blocks").Find("main")
	}
	assert.Contains(t, text(empty(blocks.Keys{})), "set WAGGLE_LISTS_TOKEN")
	assert.Contains(t, text(empty(blocks.Keys{})), "Set WAGGLE_BLOCKS_TOKEN")
	assert.Contains(t, text(empty(listKeys())), "Nothing is blocked.")
}

func TestManyBlocks(t *testing.T) {
	store := &fake{}
	for i := range mostBlocks + 7 {
		store.blocks = append(store.blocks, waggle.Block{Kind: ioc.Domain, Value: fmt.Sprintf("host-%d.example.net", i), Until: now})
	}
	main := open(t, Options{Store: store}, "/blocks").Find("main")
	assert.Equal(t, mostBlocks, main.Find("tbody tr").Length())
	assert.Contains(t, text(main), "7 more are in the lists.")
}

// TestUnblock: behind the login, from our own page alone, with a reason and a name.
func TestUnblock(t *testing.T) {
	var orders []blocks.Order
	state, failure := blocks.Removed, error(nil)
	o := Options{Store: filled(), Login: Login{Token: secret.New(token), User: "X-Forwarded-User", Proxies: []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")}}, Unblock: func(_ context.Context, order blocks.Order) ([]blocks.Change, error) {
		orders = append(orders, order)
		return []blocks.Change{{Value: order.Values[0], State: state}}, failure
	}}
	for _, c := range []struct {
		name, method, body, by string
		header                 map[string]string
		state                  string
		failure                error
		want                   int
	}{
		{name: "the page's form", body: "value=bad.example&why=ours", header: map[string]string{"Sec-Fetch-Site": "same-origin"}, want: http.StatusSeeOther, by: "somebody at the page"},
		{name: "of whom the proxy names", body: "value=bad.example&why=ours", header: map[string]string{"X-Forwarded-User": "kim@example.com"}, want: http.StatusSeeOther, by: "kim@example.com"},
		{name: "a form of another site", body: "value=bad.example&why=ours", header: map[string]string{"Sec-Fetch-Site": "cross-site"}, want: http.StatusForbidden},
		{name: "of another site in an old browser", body: "value=bad.example&why=ours", header: map[string]string{"Origin": "https://evil.example"}, want: http.StatusForbidden},
		{name: "a stranger's", body: "value=bad.example&why=ours", header: map[string]string{"Authorization": ""}, want: http.StatusSeeOther},
		{name: "without a reason", body: "value=bad.example&why=+", want: http.StatusBadRequest},
		{name: "without a value", body: "why=ours", want: http.StatusBadRequest},
		{name: "a link", method: http.MethodGet, body: "value=bad.example&why=ours", want: http.StatusNotFound},
		{name: "off already", body: "value=bad.example&why=ours", state: blocks.Absent, want: http.StatusNotFound, by: "somebody at the page"},
		{name: "the disk is full", body: "value=bad.example&why=ours", failure: errors.New("disk full"), want: http.StatusInternalServerError, by: "somebody at the page"},
	} {
		t.Run(c.name, func(t *testing.T) {
			orders, state, failure = nil, blocks.Removed, c.failure
			if c.state != "" {
				state = c.state
			}
			if c.method == "" {
				c.method = http.MethodPost
			}
			w := visit(o, c.method, "/blocks/remove?"+c.body, far, func(r *http.Request) {
				r.Header.Set("Authorization", "Bearer "+token)
				for name, value := range c.header {
					r.Header.Set(name, value)
				}
				r.PostForm, _ = url.ParseQuery(c.body)
			})
			assert.Equal(t, c.want, w.Code)
			if c.by == "" {
				assert.Empty(t, orders)
				return
			}
			assert.Equal(t, []blocks.Order{{Values: []string{"bad.example"}, Reason: "ours", By: c.by}}, orders)
		})
	}

	o.Login = Login{}
	doc := open(t, o, "/blocks")
	forms := doc.Find("form[action='/blocks/remove'][method=post]")
	assert.Equal(t, 4, forms.Length())
	value, _ := forms.First().Find("input[name=value]").Attr("value")
	assert.Equal(t, "cdn-update-4471.top", value)
	assert.Zero(t, open(t, Options{Store: filled()}, "/blocks").Find("form[action='/blocks/remove']").Length(), "nobody can")
}

func TestWhatWasTakenOff(t *testing.T) {
	doc := open(t, Options{Store: &fake{off: []waggle.Block{{Kind: ioc.Domain, Value: "ours.example.com", Removed: now, RemovedBy: "kim@example.com", RemovedWhy: "it is <b>ours</b>"}}}}, "/blocks")
	said := text(doc.Find("ul.off li"))
	assert.True(t, strings.HasPrefix(said, "ours[.]example[.]com"), said)
	assert.Contains(t, said, "by kim@example.com: it is <b>ours</b>")
}
