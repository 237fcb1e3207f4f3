package address_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/waggle-cti/waggle/feeder/address"
)

func TestCanonical(t *testing.T) {
	for name, c := range map[string]struct{ raw, want string }{
		"already canonical":            {"https://blog.example.com/a/b", "https://blog.example.com/a/b"},
		"scheme, case, www and slash":  {"HTTP://WWW.Blog.Example.com/A/", "https://blog.example.com/A"},
		"default port and fragment":    {"https://example.com:443/a#iocs", "https://example.com/a"},
		"another port stays":           {"https://example.com:8443/a", "https://example.com:8443/a"},
		"readers' counts go":           {"https://example.com/a?utm_source=rss&utm_medium=feed&fbclid=1", "https://example.com/a"},
		"what tells the page stays":    {"https://example.com/?p=7&utm_campaign=x&a=1", "https://example.com?a=1&p=7"},
		"what may tell the page stays": {"https://example.com/view?ref=adv-7&source=x", "https://example.com/view?ref=adv-7&source=x"},
		"international host":           {"https://bücher.example/x", "https://xn--bcher-kva.example/x"},
		"escaped path":                 {"https://example.com/a%20b", "https://example.com/a%20b"},
		"surrounding space":            {" \n https://example.com/a ", "https://example.com/a"},
		"relative":                     {"/a/b", ""},
		"another scheme":               {"mailto:soc@example.com", ""},
		"no host":                      {"https:///a", ""},
		"nonsense":                     {"https://exa mple.com:x/\x00", ""},
		"empty":                        {"", ""},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, address.Canonical(c.raw)) })
	}
}

func TestFragment(t *testing.T) {
	for raw, want := range map[string]string{"https://example.com/a": "", "https://example.com/a#": "", "https://example.com/a#v1.2 ": "#v1.2", "": ""} {
		assert.Equal(t, want, address.Fragment(raw), raw)
	}
}

func TestCanonicalIsStable(t *testing.T) {
	for _, raw := range []string{"http://www.example.com/a/?b=2&a=1#c", "https://bücher.example:8080/%C3%A4?x="} {
		once := address.Canonical(raw)
		assert.Equal(t, once, address.Canonical(once), raw)
	}
}

func FuzzCanonical(f *testing.F) {
	f.Add("http://WWW.example.com:80/a/?utm_source=x#y")
	f.Add("https://[2001:db8::1]:443/")
	f.Fuzz(func(t *testing.T, raw string) {
		once := address.Canonical(raw)
		if twice := address.Canonical(once); once != "" && twice != once {
			t.Fatalf("%q becomes %q, and that %q", raw, once, twice)
		}
	})
}
