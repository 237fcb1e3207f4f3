package ioc

import (
	"strings"
	"testing"
)

func TestURLs(t *testing.T) {
	full := "http://bad-host.net/" + strings.Repeat("a", 60)
	one := func(v string) []string { return []string{"url " + v} }
	run(t, []readCase{
		{"plain", "http://bad-host.net/a?b=c#d", one("http://bad-host.net/a?b=c#d")},
		{"case of scheme and host, not of the path", "HTTPS://Bad-Host.NET/Path", one("https://bad-host.net/Path")},
		{"without a path", "hxxps://bad-host[.]net", one("https://bad-host.net")},
		{"in round brackets", "(http://bad-host.net/a)", one("http://bad-host.net/a")},
		{"with round brackets", "http://bad-host.net/a_(b)", one("http://bad-host.net/a_(b)")},
		{"in Markdown", "[text](http://bad-host.net/a) and <http://bad-host.net/b>", []string{"url http://bad-host.net/a", "url http://bad-host.net/b"}},
		{"in quotes", `src='http://bad-host.net/a'; "http://bad-host.net/b"`, []string{"url http://bad-host.net/a", "url http://bad-host.net/b"}},
		{"a sentence's end", "Go to http://bad-host.net/a.", one("http://bad-host.net/a")},
		{"a question's end", "Is it http://bad-host.net/a? No", one("http://bad-host.net/a")},
		{"an empty query", "http://bad-host.net/a?\n", one("http://bad-host.net/a?")},
		{"an empty query before a word", "http://bad-host.net/a? HTTP/1.1", one("http://bad-host.net/a?")},
		{"a closing tag of another markup", "[code]http://bad-host.net/a[/code]", one("http://bad-host.net/a")},
		{"bold", "**http://bad-host.net/a**", one("http://bad-host.net/a")},
		{"an escaped ampersand", "http://bad-host.net/?a=1&amp;b=2", one("http://bad-host.net/?a=1&b=2")},
		{"an escaped bracket ends it", "&lt;http://bad-host.net/a&gt;", one("http://bad-host.net/a")},
		{"dots in the path", "hxxp://bad-host[.]net/home[.]php", one("http://bad-host.net/home.php")},
		{"a disarmed slash", "bad-host[.]net[/]gate", one("http://bad-host.net/gate")},
		{"a disarmed URL in the query", "hxxps://bad-host[.]net/?u=hxxp://c[.]com/x", one("https://bad-host.net/?u=http://c.com/x")},
		{"a port", "hxxp://bad-host[.]net:8080/a", one("http://bad-host.net:8080/a")},
		{"a disarmed port", "hxxp://bad-host[.]net[:]8080/a", one("http://bad-host.net:8080/a")},
		{"an empty port", "https://bad-host.net:/a", one("https://bad-host.net/a")},
		{"a port as WebDAV writes it", "http://45.61.136.7@80/a/b.cmd", one("http://45.61.136.7:80/a/b.cmd")},
		{"a number as the host", "http://user@80x/a", nil},
		{"credentials", "ftp://user:pa.ss@bad-host.net/a", one("ftp://user:pa.ss@bad-host.net/a")},
		{"an IPv4 host", "hxxp://198.51.100[.]7/a", one("http://198.51.100.7/a")},
		{"an IPv6 host", "http://[2001:DB8::1]:80/a", one("http://[2001:db8::1]:80/a")},
		{"a top-level domain nobody knows", "http://bad-host.bazarx/a", one("http://bad-host.bazarx/a")},
		{"a Unicode host", "hxxp://b\u00fccher-host.de/a", one("http://xn--bcher-host-9db.de/a")},
		{"without a scheme", "bad-host[.]net/gate.php", one("http://bad-host.net/gate.php")},
		{"glued to the next", "hxxp://bad-host[.]net/ahxxp://c[.]com/b", []string{"url http://bad-host.net/a", "url http://c.com/b"}},
		{"a scheme glued to a host", "http://bad-host.nethttp://c.com/b", one("http://c.com/b")},
		{"a comma-separated list", "hxxp://bad-host[.]net/a,hxxp://c[.]com/b", []string{"url http://bad-host.net/a", "url http://c.com/b"}},
		{"a placeholder", "hxxp://bad-host[.]net/?id=[victim's address]", []string{"url http://bad-host.net/?id=", "domain bad-host.net"}},
		{"placeholders before a bracket", "hxxp://bad-host[.]net/?id=[number][day][ and more", []string{"url http://bad-host.net/?id=", "domain bad-host.net"}},
		{"a placeholder before a sentence's end", "hxxp://bad-host[.]net/?id=[number]! And more", []string{"url http://bad-host.net/?id=", "domain bad-host.net"}},
		{"a placeholder behind an address without a scheme", "bad-host[.]net/?id=[victim's address]", []string{"domain bad-host.net", "url http://bad-host.net/?id="}},
		{"an index", "http://bad-host.net/?a[0]=1&b[name]=2", one("http://bad-host.net/?a[0]=1&b[name]=2")},
		{"an AsciiDoc link's text", "link:hxxp://bad-host[.]net/a[text]", []string{"url http://bad-host.net/a", "domain bad-host.net"}},
		{"broken over two lines", full + "-\n" + "gate.php?x=1\nnext", one(full + "-gate.php?x=1")},
		{"at the end of a full line, with a sentence behind it", full + "\nAnd so on", one(full)},
		{"in a list of links", full + "-\n" + "http://c.com/a\n", []string{"url " + full + "-", "url http://c.com/a"}},
		{"at the end of a line that isn't full", "http://bad-host.net/a-\ngate.php\n", one("http://bad-host.net/a-")},
		{"a table's cell", "|http://bad-host.net/a|x|", one("http://bad-host.net/a")},
		{"an escaped space behind it", "hxxp://bad-host[.]net/a%20", one("http://bad-host.net/a")},
		{"a lure as the user", "www.fedex[.]com@bad-host[.]ink", one("http://www.fedex.com@bad-host.ink")},
		{"a raw socket", "tcp://bad-host[.]net:4444", one("tcp://bad-host.net:4444")},
		{"a scheme nobody knows, disarmed", "zzz://bad-host[.]net/a", one("tcp://bad-host.net/a")},
		{"Chinese behind it", "http://bad-host.net/a\u3002\u7136\u540e", one("http://bad-host.net/a")},
	})
}
