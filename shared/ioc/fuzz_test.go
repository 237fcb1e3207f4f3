package ioc

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// seedTexts are what the fuzzers begin with.
var seedTexts = []string{
	"", "hxxp://evil[.]example[.]com/a(b)?c=[x]", "1.2.3.4:44394.177.248[.]64:443", "a@b.com", "sales AT example dot com",
	"2001[:]db8[:]:1%eth0", "[2001:db8::1]:80", "CVE\u20112018\u20118174", "evil。com xn--bcher-kva.example", "www.fedex[.]com@bestaz[.]ink",
	"h**p://a.b[.com/%20", "http://a.comhttp://b.com", "HKLM\\Software\\x y\\z", "T1059.001 AS64496", "0[.", "h[:]//", "a[dot]__.b",
	"hxxp\uff1a\uff0f\uff0fa\u2010b[.] com", "hxxps:/a.com a <at> b <dot> com", "GHSA-2345-cfgh-jmpq EUVD-2024-1234 CWE-79 TA0001 MITRE G0001 S0001",
	"00:1b:44:11:3a:b7 1536:Ab3dEfGh1jKl:yZ1aB2/D3e t13d1516h2_0a1b2c3d4e5f_f5e4d3c2b1a0", "0f1e2d3c4b5a69780f1e2d3c4b5a6978\u200b0f1e2d3c4b5a69780f1e2d3c4b5a6978",
	"0f1e2d3c4b5a69780f1e2d3c4b5a6978aa\n0f1e2d3c4b5a69780f1e2d3c4b5a69",
	"Mutex: a_1\nUser-Agent: b/1\n- Subject: c d\nscheduled task named “e f” service name: g1 Telegram: @abcde t.me/abcde1 ASN: 64496 MAC: 001b.4411.3ab7",
	"powershell -e " + encoded("start http://bad-host.net/a") + " FromBase64String('Y3VybCBodHRwOi8vYmFkLWhvc3QubmV0L2I=')",
	"## Mutexes\n- a_1\n```\nb_2\n```\nrule abc_1 {\ntitle: Abc def\nlogsource:\nvhash: 015056655d15556az3jz4bz1bz",
	`C:\\Users\\<user>\\a b\x.exe "D:\a b\c.d" %APPDATA%\x $env:TEMP\y \\srv\share\z \\.\pipe\p1 ~/.ssh/x /tmp/.x1 |/etc/{a}|`,
	"imphash: 0f1e2d3c4b5a69780f1e2d3c4b5a6978 |ja3|\n|a0b1c2d3e4f5061728394a5b6c7d8e9f", etherAddress + " " + taprootAddress, "solana " + solanaAddress,
	moneroAddress + " qrhgkhqx75xd05szmv6e482frwx05rc4yg2lgjdgfq rfdpS72oUBaSLufPzdbDSrHStrD1TbYXP",
	"0.ac#.0@0.ba x..y!z@bad-host.net ASN 64496 AS 64511 MAC 00-1B-44-11-3A-B7", `HKLM\\Software\\x\y HKCU:\a\b`,
	"SHA-256:\n0f1e2d3c4b5a69780f1e2d3c4b5a6978\n0f1e2d3c4b5a69780f1e2d3c4b5a6978\n0f1e2d3c4b5a69780f1e2d3c4b5a6978\n",
	"![](http://x.com/a.png) <http://u:p@x.com:80/>", strings.Repeat("a.", 300), "http://[::1]:80/",
}

func seeds(f *testing.F) {
	for _, s := range seedTexts {
		f.Add(s)
	}
}

// worded are the kinds that a label tells and that have no shape.
var worded = map[Kind]bool{Mutex: true, UserAgent: true, Subject: true, Task: true, Service: true, SigmaRule: true}

// FuzzFind: no input panics; offsets hold; every value reads as its own kind,
// by itself or behind its label, and comes through Defang and Refang unchanged.
func FuzzFind(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, s string) {
		last := 0
		for _, i := range Find(s, Options{}) {
			require.LessOrEqual(t, last, i.Start, "order")
			require.Less(t, i.Start, i.End)
			require.LessOrEqual(t, i.End, len(s))
			require.Equal(t, s[i.Start:i.End], i.Raw)
			last = i.Start
			if !utf8.ValidString(s) {
				continue
			}
			if worded[i.Kind] {
				require.Equal(t, strings.TrimSpace(i.Value), i.Value)
				require.LessOrEqual(t, len(i.Value), maxLabelled)
				require.NotContains(t, i.Value, "\n")
				continue
			}
			p, ok := Parse(i.Value)
			if _, label := i.Kind.Example(); label != "" && (!ok || p.Kind != i.Kind) {
				require.Contains(t, values(label+i.Value), string(i.Kind)+" "+i.Value, "of %q", s)
				continue
			}
			require.True(t, ok, "value %q of %q does not parse", i.Value, s)
			if i.Kind == Filename && p.Kind == Domain {
				continue // setup.zip: what stands before it tells, by itself it can be a host
			}
			require.Equal(t, i.Kind, p.Kind, "value %q of %q", i.Value, s)
			require.Equal(t, i.Value, p.Value, "of %q", s)
			require.Equal(t, i.Value, Refang(Defang(i.Value)), "of %q", s)
		}
	})
}

// FuzzFindPrefix: what follows a blank line changes no value before it. Roles
// may differ, as they are judged by the whole text.
func FuzzFindPrefix(f *testing.F) {
	for _, after := range []string{"", "more", "[.]com", "://evil.com", "0f1e2d3c4b5a6978", "hxxp://other[.]example[.]org/a\n\nIndicators:\n1.2.3.4"} {
		f.Add("hxxp://evil[.]example[.]com/a\n0f1e2d3c4b5a69780f1e2d3c4b5a6978", after)
		f.Add("a. evil[.]com 1.2.3.4 |", after)
		for _, s := range seedTexts {
			f.Add(s, after)
		}
	}
	f.Fuzz(func(t *testing.T, s, after string) {
		whole := s + "\n\n" + after
		alone, first := map[value]bool{}, map[value]bool{}
		for _, i := range Find(s, Options{}) {
			alone[value{kind: string(i.Kind), value: i.Value}] = true
		}
		all := map[value]bool{}
		for _, i := range Find(whole, Options{}) {
			v := value{kind: string(i.Kind), value: i.Value}
			all[v] = true
			if i.End <= len(s) {
				first[v] = true
			}
		}
		for v := range alone {
			require.True(t, all[v], "%v of %q is gone before %q", v, s, after)
		}
		for v := range first {
			require.True(t, alone[v], "%v of %q is new before %q", v, s, after)
		}
	})
}

// FuzzReader: a stream of one window is read as Find reads it; of many windows,
// offsets are those of the whole.
func FuzzReader(f *testing.F) {
	for _, s := range seedTexts {
		f.Add(s, 16)
		f.Add(s, 1000)
	}
	f.Fuzz(func(t *testing.T, s string, size int) {
		require.Equal(t, Find(s, Options{}), streamed(t, s, len(s)+1))
		streamed(t, s, 1+size&0xfff) // which looks at the offsets
	})
}

// FuzzFindHTML: no document panics, and offsets are in Text.
func FuzzFindHTML(f *testing.F) {
	seeds(f)
	f.Add("<table><tr><td>a</td><td><p>hxxp://x[.]com</p></table><a href=http://y.com>z</a><pre>1.2.3.4\n</pre>")
	f.Fuzz(func(t *testing.T, doc string) {
		text := Text(doc)
		for _, i := range FindHTML(doc, Options{}) {
			require.LessOrEqual(t, i.Start, i.End)
			require.LessOrEqual(t, i.End, len(text))
		}
	})
}
