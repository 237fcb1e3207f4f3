package ioc

import "testing"

func TestDisarmedSpellings(t *testing.T) {
	host := []string{"domain www.bad-host.net"}
	link := []string{"url http://www.bad-host.net/a"}
	run(t, []readCase{
		{"square brackets", "www[.]bad-host[.]net", host},
		{"round brackets", "www(.)bad-host(.)net", host},
		{"braces", "www{.}bad-host{.}net", host},
		{"mixed brackets", "www[.)bad-host(.]net", host},
		{"words in brackets", "www[dot]bad-host(DOT)net", host},
		{"spaces in brackets", "www[ . ]bad-host[ dot ]net", host},
		{"spaces around brackets", "www [.] bad-host [.] net", host},
		{"one bracket only", "www[.bad-host.]net", host},
		{"a comma for the dot", "www[,]bad-host[,]net", host},
		{"a backslash", `www\.bad-host\.net`, host},
		{"spoken", "www dot bad-host dot net", host},
		{"ideographic full stops", "www\u3002bad-host\u3002net", host},
		{"full-width dots", "www\uff0ebad-host\uff0enet", host},
		{"a zero-width space", "www\u200b.bad-host.\u200bnet", host},
		{"capitals", "WWW[.]Bad-Host[.]NET", host},
		{"hxxp", "hxxp://www.bad-host.net/a", link},
		{"hXXp", "hXXp://www.bad-host.net/a", link},
		{"asterisks", "h**p://www.bad-host.net/a", link},
		{"underscores", "h__p://www.bad-host.net/a", link},
		{"hxtp", "hxtp://www.bad-host.net/a", link},
		{"meow", "meow://www.bad-host.net/a", link},
		{"a colon in brackets", "http[:]//www.bad-host.net/a", link},
		{"all in brackets", "http[://]www.bad-host.net/a", link},
		{"slashes in brackets", "http:[//]www.bad-host.net/a", link},
		{"a space behind the colon", "http: //www.bad-host.net/a", link},
		{"a space behind the slashes", "hxxp:// www.bad-host[.]net/a", link},
		{"escaped slashes", `http:\/\/www.bad-host.net/a`, link},
		{"too many slashes", "http:////www.bad-host.net/a", link},
		{"an at sign in brackets", "a.b[@]bad-host.net", []string{"email a.b@bad-host.net"}},
		{"the word at in brackets", "a.b[at]bad-host(dot)net", []string{"email a.b@bad-host.net"}},
		{"at in brackets with spaces", "a_b (at) bad-host [dot] net", []string{"email a_b@bad-host.net"}},
		{"a mail address spoken", "a_b AT bad-host dot net", []string{"email a_b@bad-host.net"}},
		{"at as a plain word", "a page at bad-host[.]net", []string{"domain bad-host.net"}},
		{"an IPv6 address", "2a02[:]4780[:]1[:]:5", []string{"ip 2a02:4780:1::5"}},
		{"an IPv4 address", "198[.]51[.]100[.]7", []string{"ip 198.51.100.7"}},
		{"an IPv4 address, one dot of three", "198.51.100[.]7", []string{"ip 198.51.100.7"}},
	})
}
