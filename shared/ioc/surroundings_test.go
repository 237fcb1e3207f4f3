package ioc

import (
	"html"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// spellings are the ways in which people write a value down, one of each.
var spellings = []readCase{
	{"plain URL", "https://www.bad-host.net/a/b.php?c=1", []string{"url https://www.bad-host.net/a/b.php?c=1"}},
	{"hxxp", "hxxp://www.bad-host[.]net/a", []string{"url http://www.bad-host.net/a"}},
	{"hXXps", "hXXps://www[.]bad-host[.]net/a", []string{"url https://www.bad-host.net/a"}},
	{"HXXP", "HXXP://WWW.BAD-HOST[.]NET/a", []string{"url http://www.bad-host.net/a"}},
	{"h**p", "h**p://www.bad-host[.]net/a", []string{"url http://www.bad-host.net/a"}},
	{"h**ps", "h**ps://www.bad-host[.]net/a", []string{"url https://www.bad-host.net/a"}},
	{"hxtp", "hxtp://www.bad-host[.]net/a", []string{"url http://www.bad-host.net/a"}},
	{"hxtps", "hxtps://www.bad-host[.]net/a", []string{"url https://www.bad-host.net/a"}},
	{"meow", "meow://www.bad-host[.]net/a", []string{"url http://www.bad-host.net/a"}},
	{"fxp", "fxp://www.bad-host[.]net/a", []string{"url ftp://www.bad-host.net/a"}},
	{"colon in brackets", "hxxps[:]//www.bad-host[.]net/a", []string{"url https://www.bad-host.net/a"}},
	{"colon in round brackets", "hxxps(:)//www.bad-host(.)net/a", []string{"url https://www.bad-host.net/a"}},
	{"sign in brackets", "hxxps[://]www.bad-host[.]net/a", []string{"url https://www.bad-host.net/a"}},
	{"slashes in brackets", "hxxps:[//]www.bad-host[.]net/a", []string{"url https://www.bad-host.net/a"}},
	{"space behind the colon", "hxxps: //www.bad-host[.]net/a", []string{"url https://www.bad-host.net/a"}},
	{"space behind the sign", "hxxps:// www.bad-host[.]net/a", []string{"url https://www.bad-host.net/a"}},
	{"a port", "hxxp://bad-host[.]net:8080/a", []string{"url http://bad-host.net:8080/a"}},
	{"a port in brackets", "hxxp://bad-host[.]net[:]8080/a", []string{"url http://bad-host.net:8080/a"}},
	{"no path", "hxxp://bad-host[.]net", []string{"url http://bad-host.net"}},
	{"a slash", "hxxp://bad-host[.]net/", []string{"url http://bad-host.net/"}},
	{"an IPv4 URL", "hxxp://45.61.136[.]7:8080/a", []string{"url http://45.61.136.7:8080/a"}},
	{"no scheme", "bad-host[.]net/a/b.php", []string{"url http://bad-host.net/a/b.php"}},
	{"square brackets", "www[.]bad-host[.]net", []string{"domain www.bad-host.net"}},
	{"round brackets", "www(.)bad-host(.)net", []string{"domain www.bad-host.net"}},
	{"braces", "www{.}bad-host{.}net", []string{"domain www.bad-host.net"}},
	{"dot in square brackets", "www[dot]bad-host[dot]net", []string{"domain www.bad-host.net"}},
	{"DOT in round brackets", "www(DOT)bad-host(DOT)net", []string{"domain www.bad-host.net"}},
	{"dot in braces", "www{dot}bad-host{dot}net", []string{"domain www.bad-host.net"}},
	{"spaces in brackets", "www[ . ]bad-host[ . ]net", []string{"domain www.bad-host.net"}},
	{"spaces round brackets", "www [.] bad-host [.] net", []string{"domain www.bad-host.net"}},
	{"a backslash", `www\.bad-host\.net`, []string{"domain www.bad-host.net"}},
	{"an opening half", "www[.bad-host[.net", []string{"domain www.bad-host.net"}},
	{"a closing half", "www.]bad-host.]net", []string{"domain www.bad-host.net"}},
	{"a comma", "www[,]bad-host[,]net", []string{"domain www.bad-host.net"}},
	{"last dot only", "www.bad-host[.]net", []string{"domain www.bad-host.net"}},
	{"an ideographic full stop", "www\u3002bad-host\u3002net", []string{"domain www.bad-host.net"}},
	{"a full-width dot", "www\uff0ebad-host\uff0enet", []string{"domain www.bad-host.net"}},
	{"a one-dot leader", "www\u2024bad-host\u2024net", []string{"domain www.bad-host.net"}},
	{"another hyphen", "www.bad\u2011host[.]net", []string{"domain www.bad-host.net"}},
	{"plain name", "www.bad-host.net", []string{"domain www.bad-host.net"}},
	{"a name with a port", "www.bad-host[.]net:443", []string{"domain www.bad-host.net"}},
	{"IPv4", "45.61.136[.]7", []string{"ip 45.61.136.7"}},
	{"IPv4, all dots", "45[.]61[.]136[.]7", []string{"ip 45.61.136.7"}},
	{"IPv4, round", "45(.)61(.)136(.)7", []string{"ip 45.61.136.7"}},
	{"IPv4 with a port", "45.61.136[.]7:443", []string{"ip 45.61.136.7"}},
	{"IPv4 with a port in brackets", "45.61.136[.]7[:]443", []string{"ip 45.61.136.7"}},
	{"plain IPv4", "45.61.136.7", []string{"ip 45.61.136.7"}},
	{"a network", "45.61.136.0/24", []string{"cidr 45.61.136.0/24"}},
	{"IPv6", "2a02:4780:1::5", []string{"ip 2a02:4780:1::5"}},
	{"IPv6 with brackets", "2a02[:]4780[:]1[:][:]5", []string{"ip 2a02:4780:1::5"}},
	{"mail", "a.b@bad-host[.]net", []string{"email a.b@bad-host.net"}},
	{"at in brackets", "a.b[@]bad-host[.]net", []string{"email a.b@bad-host.net"}},
	{"the word at in brackets", "a.b[at]bad-host[.]net", []string{"email a.b@bad-host.net"}},
	{"AT in round brackets", "a.b(AT)bad-host(DOT)net", []string{"email a.b@bad-host.net"}},
	{"plain mail", "a.b@bad-host.net", []string{"email a.b@bad-host.net"}},
	{"a hash", "9E107D9D372BB6826BD81D3542A419D6", []string{"md5 9e107d9d372bb6826bd81d3542a419d6"}},
	{"a longer hash", "d7a8fbb307d7809469ca9abcb0082e4f8d5651e46d3cdb762d02d0bf37c9e592", []string{"sha256 d7a8fbb307d7809469ca9abcb0082e4f8d5651e46d3cdb762d02d0bf37c9e592"}},
	{"a CVE", "CVE-2018-8174", []string{"cve CVE-2018-8174"}},
	{"a CVE with other hyphens", "CVE\u20112018\u20118174", []string{"cve CVE-2018-8174"}},
	{"a small CVE", "cve-2018-8174", []string{"cve CVE-2018-8174"}},
}

// surroundings are what a value stands in.
var surroundings = []struct {
	name, before, behind string
	word                 bool // only for a value without spaces
}{
	{"nothing", "", "", false},
	{"a sentence", "The sample calls ", " for orders.", false},
	{"a sentence's end", "The sample calls ", ".", false},
	{"a sentence's end and the next", "The sample calls ", ". Then it waits.", false},
	{"a comma", "First ", ", then others", false},
	{"a semicolon", "First ", "; then others", false},
	{"a colon before", "server:", "", false},
	{"a colon and a space before", "C2: ", "", false},
	{"an equals sign before", "c2=", "", false},
	{"a question mark", "Is it ", "? No", false},
	{"an exclamation mark", "It is ", "! Yes", false},
	{"a dash behind", "", " - the C2", false},
	{"a long dash behind", "", " — the C2", false},
	{"a long dash right behind", "", "— the C2", false},
	{"an ellipsis", "", "… and so on", false},
	{"three dots", "", "... and so on", false},
	{"quotation marks", `"`, `"`, false},
	{"single quotes", "'", "'", false},
	{"typographic quotes", "“", "”", false},
	{"typographic single quotes", "‘", "’", false},
	{"guillemets", "«", "»", false},
	{"low quotes", "„", "“", false},
	{"quotes and a full stop", `"`, `".`, false},
	{"backquotes", "`", "`", false},
	{"three backquotes", "```", "```", false},
	{"backquotes and a comma", "`", "`,", false},
	{"round brackets", "(", ")", false},
	{"round brackets and a full stop", "It calls home (", ").", false},
	{"square brackets", "[", "]", false},
	{"braces", "{", "}", false},
	{"angle brackets", "<", ">", false},
	{"escaped angle brackets", "&lt;", "&gt;", false},
	{"escaped quotes", "&quot;", "&quot;", false},
	{"a numeric entity behind", "", "&#39; and", false},
	{"an escaped space behind", "", "&nbsp;x", false},
	{"Markdown bold", "**", "**", false},
	{"Markdown italic", "*", "*", false},
	{"Markdown underscores", "_", "_", true},
	{"Markdown strike", "~~", "~~", true},
	{"a Markdown list", "- ", "\n- next", false},
	{"a Markdown star list", "* ", "\n", false},
	{"a bullet", "• ", "\n", false},
	{"a bullet without a space", "•", "\n", false},
	{"a numbered list", "1. ", "\n2. next", false},
	{"a numbered list with a bracket", "1) ", "\n", false},
	{"a quotation", "> ", "\n", false},
	{"a table's cell", "|", "|C2|", false},
	{"a table's cell with spaces", "| ", " | C2 |", false},
	{"a table's cell with code", "| `", "` | C2 |", false},
	{"an AsciiDoc cell", "|", "\n|C2\n", false},
	{"AsciiDoc monospace", "`+", "+`", true},
	{"AsciiDoc monospace, double", "``", "``", false},
	{"a tab before", "C2\t", "", false},
	{"a tab behind", "", "\tC2", false},
	{"CRLF", "C2\r\n", "\r\nmore\r\n", false},
	{"line breaks", "C2\n", "\nmore", false},
	{"no-break spaces", "C2\u00a0", "\u00a0now", false},
	{"a narrow no-break space", "C2\u202f", "\u202fnow", false},
	{"zero-width spaces", "\u200b", "\u200b", false},
	{"a byte order mark", "\ufeff", "", false},
	{"a zero-width no-break space behind", "", "\ufeff", false},
	{"right-to-left marks", "\u200f", "\u200f", false},
	{"left-to-right marks", "\u200e", "\u200e", false},
	{"directional isolates", "\u2068", "\u2069", false},
	{"directional embedding", "\u202a", "\u202c", false},
	{"word joiners", "\u2060", "\u2060", false},
	{"Chinese words", "访问", "下载", false},
	{"Chinese punctuation", "地址：", "。", false},
	{"Chinese brackets", "（", "）", false},
	{"Chinese quotes", "「", "」", false},
	{"a Chinese comma", "", "，以及", false},
	{"an enumeration comma", "", "、以及", false},
	{"Japanese words", "は", "です", false},
	{"Korean words", "주소는 ", "입니다", false},
	{"Thai words", "เยี่ยม", "แล้ว", false},
	{"Cyrillic words", "сервер ", " был", false},
	{"Arabic words", "الخادم ", " هنا", false},
	{"Hebrew words", "שרת ", " כאן", false},
	{"JSON", `{"value":"`, `","x":1}`, false},
	{"JSON with escaped line breaks", `{"value": "x\n`, `\nmore"}`, false},
	{"JSON with escaped quotes", `{"value": "x \"`, `\" y"}`, false},
	{"XML", "<value>", "</value>", false},
	{"an attribute", `<a b="`, `">`, false},
	{"STIX", "[x:value = '", "']", false},
	{"YAML", "c2: '", "'", false},
	{"a config's comment", "", " # C2", false},
	{"slashes behind", "", " // C2", false},
	{"BBCode", "[code]", "[/code]", false},
	{"an arrow", "", " -> next", false},
	{"an arrow before", "-> ", "", false},
	{"a long arrow", "", " → next", false},
	{"an arrow without spaces", "", "→next", false},
	{"a check mark", "✅ ", " ✅", false},
	{"an emoji right before", "👉", "", false},
	{"an emoji right behind", "", "👈", false},
	{"a superscript", "", "¹", false},
	{"a footnote", "", " [1]", false},
	{"a plus", "+", "", false},
	{"a tilde", "~ ", "", false},
}

func TestValuesInAllSurroundings(t *testing.T) {
	for _, around := range surroundings {
		t.Run(around.name, func(t *testing.T) {
			for _, c := range spellings {
				if around.word && strings.Contains(c.text, " ") {
					continue
				}
				text := around.before + c.text + around.behind
				assert.Equal(t, c.want, values(text), "%s: %q", c.name, text)
			}
		})
	}
}

func TestValuesInAllElements(t *testing.T) {
	for _, around := range []struct{ name, before, behind string }{
		{"a paragraph", "<p>", "</p>"},
		{"a paragraph's middle", "<p>It calls&nbsp;", "&nbsp;for orders.</p>"},
		{"a cell", "<table><tr><td>", "</td><td>C2</td></tr></table>"},
		{"a cell with blocks", "<table><tr><td><div><p>", "</p></div></td><td><div>C2</div></td></tr></table>"},
		{"a cell that isn't closed", "<tr><td>C2<td>", "<tr><td>C2"},
		{"a cell with line breaks", "<table><tr><td>C2<br>", "<br>C2</td></tr></table>"},
		{"code", "<p><code>", "</code>, and</p>"},
		{"preformatted text", "<pre>C2\n", "\nC2</pre>"},
		{"a list", "<ul><li>C2</li><li>", "</li><li>C2</li></ul>"},
		{"a list in a list", "<ul><li>C2<ul><li>", "</li></ul></li></ul>"},
		{"a list of terms", "<dl><dt>C2</dt><dd>", "</dd><dt>C2</dt></dl>"},
		{"line breaks", "<p>C2<br>", "<br/>C2</p>"},
		{"a link", `<a href="https://research-blog.example/x">`, "</a>"},
		{"emphasis", "<p>C2: <strong><em>", "</em></strong>.</p>"},
		{"a footnote", "<p>", "<sup>1</sup></p>"},
		{"unseen characters", "<p>C2: &zwj;", "&zwnj;</p>"},
		{"quotes", "<blockquote>&ldquo;", "&rdquo;</blockquote>"},
		{"a button behind", "<p>C2 ", "<button>Copy</button></p>"},
		{"a comment", "<p>C2 <!-- x -->", "<!-- y --> C2</p>"},
		{"centred text", "<center>", "</center>next"},
	} {
		t.Run(around.name, func(t *testing.T) {
			for _, c := range spellings {
				var got []string
				for _, i := range FindHTML(around.before+html.EscapeString(c.text)+around.behind, Options{}) {
					if i.Value != "https://research-blog.example/x" {
						got = append(got, string(i.Kind)+" "+i.Value)
					}
				}
				assert.Equal(t, c.want, got, c.name)
			}
		})
	}
}
