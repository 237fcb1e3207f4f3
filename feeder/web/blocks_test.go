package web

import (
	"fmt"
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
