package ioc

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// report writes text like a vendor's report, of at least n bytes: prose,
// a list of disarmed values and a table of hashes, over and over.
func report(n int) string {
	words := strings.Fields("the malware then contacts its command and control server over HTTPS and downloads a second stage " +
		"which we have observed in several campaigns since March against organisations in the energy sector; " +
		"persistence is by a scheduled task, e.g. version 2.4.1 of the loader writes update.dat to disk")
	r := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	for b.Len() < n {
		for range 150 {
			b.WriteString(words[r.IntN(len(words))])
			b.WriteByte(" \n"[r.IntN(12)/11])
		}
		fmt.Fprintf(&b, "\n\nSee https://blog.example.com/post/%d for more.\n\n## Indicators\n\n", r.IntN(1e6))
		for range 4 {
			fmt.Fprintf(&b, "- hxxps://c%d.bad-host[.]net/gate/%x.php\n- 198.51.%d[.]%d:443\n| %016x%016x | loader.exe |\n",
				r.IntN(1e6), r.Uint64(), r.IntN(256), r.IntN(256), r.Uint64(), r.Uint64())
		}
	}
	return b.String()
}

// prose is the same without any value.
func prose(n int) string {
	line := "the malware then contacts its command and control server over HTTPS, downloads a second stage and waits.\n"
	return strings.Repeat(line, n/len(line)+1)
}

func benchmark(b *testing.B, text string) {
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		Find(text, Options{})
	}
}

func BenchmarkFindReport(b *testing.B) { benchmark(b, report(1<<20)) }
func BenchmarkFindProse(b *testing.B)  { benchmark(b, prose(1<<20)) }
func BenchmarkFindPost(b *testing.B)   { benchmark(b, report(2<<10)) }

// hostile are texts made to make a reader look at the same bytes again and
// again, by what they repeat.
func hostile(n int) map[string]string {
	out := map[string]string{}
	for _, unit := range []string{"a", ".", "http://", "hxxp://", "[.]", "[.", "0123456789abcdef", "QUJD+/", "a.", "a@", "@a.", "1.", "1.2.3.4:", "::", "a:",
		"[:]", "f:", "-", "a-", "a[", "a(", "a dot ", " at ", "/", "http://a.com/(", "http://a@", "\\\\", "HKLM\\a ", "CVE-", "é", "\u200b", "a\u200b.", "。", "&amp;",
		"\n", "#\n", "1\n", "a.com ", "a.com,", "a_", "(a", "a.b.c.d/", "http://a.com/hxxp:", "%20", "a@a.com", "~a(", "_a ", "+a+", "http://a.com/a,\n", "|a|\n",
		"imphash 0f1e2d3c4b5a69780f1e2d3c4b5a6978,\n", "|0f1e2d3c4b5a69780f1e2d3c4b5a6978,a0b1c2d3e4f5061728394a5b6c7d8e9f\n", "0x0f1e2d3c4b5a69780f1e2d3c4b5a69780f1e2d3c ",
		moneroAddress + " ", etherAddress + " ", "C:\\", "C:\\a b", "C:\\a\n", "%a%\\", "%APPDATA%\\a ", "\\\\a\\b", "\\\\.\\pipe\\a ", " /tmp/a", "/tmp/a ", "<a>", "C:\\<a>",
		"%", "$", "~/.a ", "mutex: ab\n", "mutex: ", "a \"", "mutex named \"", " \"", "title: ", "subject: a b\n", "rule ab_1 {\n", "## mutex\n- ab1\n", "t.me/abcde ", inFullWidth("a"), inFullWidth("a."), inFullWidth("a.com") + " ", encoded("start http://bad-host.net/a") + " ", "SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoA", "FromBase64String('YWFh')",
		"AS:", "ASN:1", "中", "中.com", "é.com~0", "。é", "|/", "\t", "C:\\;", "~C:\\", "1.2.3.4-" + inFullWidth("a") + "\n", "’", "at ", "ransomware trojan at at ", "ransomware trojan dot "} {
		out[unit] = strings.Repeat(unit, n/len(unit)+1)
	}
	for _, unit := range []string{"(", "[/]a("} { // paths with as many brackets closed as opened, of another kind
		for _, end := range []string{"]}", "[bcd]."} {
			out[unit+"…"+end] = "http://a.com/" + strings.Repeat(unit, n/2/len(unit)) + strings.Repeat(end, n/2/len(end))
		}
	}
	return out
}

func BenchmarkFindHostile(b *testing.B) {
	for unit, text := range hostile(1 << 20) {
		b.Run(fmt.Sprintf("%q", unit), func(b *testing.B) { benchmark(b, text) })
	}
}
