package ioc

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestText(t *testing.T) {
	for _, c := range []struct{ name, html, want string }{
		{"plain", "a  b\n c", "a b c"},
		{"paragraphs", "<p>a</p><p>b <i>c</i>d</p>", "a\nb cd\n"},
		{"headings", "<h1>A</h1><h3>B</h3>x", "# A\n### B\nx"},
		{"lists", "<ul><li>a<li>b</ul>c", "- a\n- b\nc"},
		{"tables", "<table><tr><th>a</th><th>b</th></tr><tr><td><p>1</p></td><td>2<br>3</td></tr></table>", "| a | b |\n| 1 | 2 3 |\n"},
		{"preformatted", "<pre>a\n  b\n</pre>c", "a\n  b\nc"},
		{"words kept together", "evil<b>[.]</b>com <span>x</span>.y", "evil[.]com x.y"},
		{"entities", "a&lt;b&amp;c&#46;d", "a<b&c.d"},
		{"parts that aren't shown", "<style>a</style><script>b('</p>')</script><noscript>c</noscript><template>d</template>e", "e"},
		{"line breaks", "a<br>b<br/>c", "a\nb\nc"},
		{"a footnote", "<p>bad.net<sup>1</sup></p>", "bad.net 1\n"},
		{"buttons", "a<button>b</button>c", "a\nb\nc"},
		{"a hidden mail address", `<a href="/l" data-cfemail="543e3b3c3a14363530793c3b27207a3a3120">[email&#160;protected]</a>, x`, "john@bad-host.net, x"},
		{"a hidden mail address in a span", `<span data-cfemail="543e3b3c3a14363530793c3b27207a3a3120">x</span>`, "john@bad-host.net"},
		{"what only looks hidden", `<span data-cfemail="xyz">a</span><span data-cfemail="54">b</span><span data-cfemail="00ff">c</span>`, "abc"},
		{"broken", "<p>a<td>b</tr></a></pre><", "a | b\n<"},
		{"nothing", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) { assert.Equal(t, c.want, Text(c.html)) })
	}
}

func TestFindHTML(t *testing.T) {
	doc := `<h2>Indicators</h2><ul><li>bad-host<b>[.]</b>net</li></ul>
		<p>As <a href="https://research-blog.net/post">others wrote</a>, or <a href='http://shown.net/a'>http://shown.net/a</a>
		<a href="/relative">x</a> <a href="mailto:x@y.com">y</a> <a>z</a></p>`
	text := Text(doc)
	got := FindHTML(doc, Options{})
	require.Len(t, got, 3)

	assert.Equal(t, "bad-host.net", got[0].Value)
	assert.Equal(t, "bad-host[.]net", text[got[0].Start:got[0].End])
	assert.Equal(t, Attack, got[0].Role)

	assert.Equal(t, "https://research-blog.net/post", got[1].Value)
	assert.Equal(t, "https://research-blog.net/post", got[1].Raw, "the target, as the document has it")
	assert.Equal(t, "others wrote", text[got[1].Start:got[1].End], "the place is what the link is set on")
	assert.Equal(t, Reference, got[1].Role)

	assert.Equal(t, "http://shown.net/a", got[2].Value)
}
