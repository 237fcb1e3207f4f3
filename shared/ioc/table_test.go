package ioc

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestCellsEndAddresses(t *testing.T) {
	run(t, []readCase{
		{"the first cell", "URL,Note\nhttp://bad-host.net/a.dll,Loader\n", []string{"url http://bad-host.net/a.dll"}},
		{"a cell in the middle", "type,value,note\nurl,http://bad-host.net/a.dll,Loader\n", []string{"url http://bad-host.net/a.dll"}},
		{"disarmed", "url,hxxps[:]//bad-host[.]net/a,C2\nurl,hxxps[:]//c[.]com/b,C2\n", []string{"url https://bad-host.net/a", "url https://c.com/b"}},
		{"without a scheme", "bad-host[.]net/upd,Download\nc[.]com/upd,Download\n", []string{"url http://bad-host.net/upd", "url http://c.com/upd"}},
		{"a date in the next cell", "IOC, From, Link\nhttp://bad-host.net/a,2025-01-01T00:00:00Z,http://c.com/b\n",
			[]string{"url http://bad-host.net/a", "url http://c.com/b"}},
		{"semicolons", "url;note\nhttp://bad-host.net/a;C2\n", []string{"url http://bad-host.net/a"}},
		{"a comma in quotes", "\"http://bad-host.net/a,b\",\"x, y\"\n\"http://c.com/a,b\",x\n", []string{"url http://bad-host.net/a,b", "url http://c.com/a,b"}},
		{"behind a byte order mark", "\uFEFFhttp://bad-host.net/a,x\nhttp://c.com/b,x", []string{"url http://bad-host.net/a", "url http://c.com/b"}},
		{"a comma in prose", "See\nhttp://bad-host.net/a,1518,2.html for more.\nIt is bad.\n", []string{"url http://bad-host.net/a,1518,2.html"}},
		{"a comma in the middle of a row's cell", "a http://bad-host.net/a,b\nc http://c.com/c,d\n", []string{"url http://bad-host.net/a,b", "url http://c.com/c,d"}},
		{"a semicolon in a query", "http://bad-host.net/?a=1;b=2\n", []string{"url http://bad-host.net/?a=1;b=2"}},
		{"a list without spaces", "http://bad-host.net/a,http://c.com/b;https://d.org/c", []string{"url http://bad-host.net/a", "url http://c.com/b", "url https://d.org/c"}},
	})
}

func TestVeryLongLinesAreNoRows(t *testing.T) {
	long := strings.Repeat("a", maxRow)
	assert.Contains(t, values("http://bad-host.net/a,b "+long+"\nhttp://c.com/c,d "+long), "url http://bad-host.net/a,b")
}

func TestTableHeads(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       section // in the last line
	}{
		{"indicators", "Indicator,Type,Description\nbad-host.net,Domain,C2", iocs},
		{"many cells", "IOC, Valid From, Valid Until, Link\nx,y,z,a", iocs},
		{"behind a cell of two lines", "Indicator,Type,Description\na,b,\"c\nmore of it\"\na,b,c", iocs},
		{"behind an empty line", "Indicator,Type\na,b\n\nThe end of it all is near, and so on.", body},
		{"in quotes, behind a byte order mark", "\uFEFF\"Type\";\"Indicator\"\na;b", iocs},
		{"values and types", "value,entity_type,description\na,b,c", iocs},
		{"as MISP exports them", "uuid,event_id,category,type,value,comment,to_ids,date\na,b,c,d,e,f,g,h", iocs},
		{"of something else", "name,size,date\na,b,c", body},
		{"a sentence", "We list each indicator here, and what it means for those who meet it.\nfoo, bar", body},
		{"not the first line", "Some text.\nname,size of it all,date of it all,indicator\na,b", body},
		{"Markdown", "Text.\n\n| Indicator | Type |\n|---|---|\n| a | b |", iocs},
		{"Markdown, of something else", "Text.\n\n| Name | Type |\n|---|---|\n| a | b |", body},
		{"behind the table", "| Indicator | Type |\n|---|---|\n| a | b |\n\nThe end of it all is near, and so on.", body},
		{"under indicators, behind the table", "# Indicators\n| Name | Type |\n|---|---|\n| a | b |\nx", iocs},
		{"under references", "# References\n| Indicator | Type |\n|---|---|\n| a | b |", refs},
		{"words of the rows don't count", "Indicator,Type\nsource,related reading\nx,y", iocs},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := scanner{text: c.text}
			s.scan()
			assert.Equal(t, c.want, s.outline.now)
		})
	}
}
