package ioc

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// values lists what Find reads in the text, as "kind value", whatever its role.
func values(text string) []string {
	var out []string
	for _, i := range Find(text, Options{}) {
		out = append(out, string(i.Kind)+" "+i.Value)
	}
	return out
}

type readCase struct {
	name, text string
	want       []string
}

func run(t *testing.T, cases []readCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { assert.Equal(t, c.want, values(c.text)) })
	}
}

func TestFindKeepsWhatStood(t *testing.T) {
	text := "Seen: hxxps://bad-host[.]net/Gate.php?x=1, then 198.51.100[.]7:443."
	got := Find(text, Options{})
	require.Len(t, got, 2)
	assert.Equal(t, Indicator{Kind: URL, Value: "https://bad-host.net/Gate.php?x=1", Raw: "hxxps://bad-host[.]net/Gate.php?x=1", Start: 6, End: 41,
		Defanged: true, Role: Attack, Confidence: 95, Why: "disarmed spelling"}, got[0])
	assert.Equal(t, "198.51.100[.]7", text[got[1].Start:got[1].End])
}

func TestFindKeepsOneOfEach(t *testing.T) {
	got := Find("See bad-host.net for more.\nThe C2 is bad-host[.]net, BAD-HOST[.]NET again.", Options{})
	require.Len(t, got, 1)
	assert.True(t, got[0].Defanged, "the disarmed occurrence tells more than the plain one")
	assert.Equal(t, "bad-host[.]net", got[0].Raw)
}

func TestFindReadsWhatIsNoText(t *testing.T) {
	for _, text := range []string{"", "\x00", "\xff\xfe\xfd", "a\xff.com", "[", ".", "http://", "@", strings.Repeat("\xe2", 100), "\u200b"} {
		assert.Empty(t, Find(text, Options{}), "%q", text)
	}
}

// TestFindOnHostileText has no limit of its own: a reader that looks at the
// same bytes over and over doesn't come to an end before the test's timeout.
func TestFindOnHostileText(t *testing.T) {
	for unit, text := range hostile(1 << 17) {
		for _, i := range Find(text, Options{}) {
			require.LessOrEqual(t, i.End, len(text), "%q", unit)
		}
	}
}

func TestFindSkipsWhatIsNone(t *testing.T) {
	for _, c := range []struct{ name, text string }{
		{"file names", "run setup.py and main.rs, see README.md, install.sh, lib.so"},
		{"script frameworks", "node.js, d3.js and three.js"},
		{"code", "self.assertEqual(a.b, c.d); System.Net.Http; foo.bar.baz(); x.Name"},
		{"code in camel case", "userName.id, workerDefinition.author and hE.com"},
		{"detection names", "Trojan.Win32.Agent.xyz, W32.Duqu.in, HEUR:Trojan.Script.Generic and Win32/NukeSped.KW"},
		{"packages", "com.example.app, org.example.android.apps and java.util.name"},
		{"placeholders of an address", "xxx.xxx.xxx.xxx or x.x.x.x"},
		{"section numbers and dates", "4.2.1 Overview, 01.02.2024, 100.200.300.400"},
		{"products", "ASP.NET, VB.NET and ADO.NET"},
		{"build files and units", "Makefile.am, configure.ac, After=network.target"},
		{"sentences without a space", "It ends here.The next begins. And so on...me too"},
		{"times and ratios", "at 14:05:44, took 00:03:12.456, ratio 16:9, 12:34:56:78"},
		{"C++ names", "std::vector<std::string> a::b::c ::new add::method dead:beef"},
		{"the IPv6 unspecified address", "bind to :: please"},
		{"no addresses", "192.168.1.300, 999.1.1.1, 1.2.3.04.5 and 1.2.3"},
		{"object identifiers", "1.2.840.113549.1.1.11"},
		{"versions glued to letters", "v1.2.3.4 and 118.0.2.1-esr and 9.4.51.v2023"},
		{"package versions", "npm install @scope/core@7.23.2 @types/node@20.8.0"},
		{"handles", "thanks to @alice and @bob.smith"},
		{"schemes alone", "http:// is a scheme; https://, ftp:// too"},
		{"placeholders", "http://$DOMAIN/ https://YOUR_DOMAIN/x http://... CVE-XXXX-YYYY"},
		{"local hosts", "http://localhost:8080/x and http://intranet/"},
		{"other schemes", "s3://bucket.name/key file:///etc/passwd.com chrome://settings.com"},
		{"UUIDs", "550e8400-e29b-41d4-a716-446655440000"},
		{"fillers", "00000000000000000000000000000000 ffffffffffffffffffffffffffffffff"},
		{"colours and numbers", "#ff5733 0xdeadbeef 12345678901234567890123456789012"},
		{"words that say dot and at", "connect the dot is easy; array[.] means any; (at) your service; polka dot in the middle"},
		{"product numbers", "T100 train, AS400 mainframe as1, T1000"},
		{"public suffixes", "under co.uk and com.br"},
	} {
		t.Run(c.name, func(t *testing.T) { assert.Empty(t, values(c.text)) })
	}
}
