package ioc

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestComposites(t *testing.T) {
	md5 := "0f1e2d3c4b5a69780f1e2d3c4b5a6978"
	for _, c := range []struct{ name, text, value, typ, want string }{
		{"an address with its port", "C2: 198.51.100[.]7:443", "198.51.100.7", "ip-dst|port", "198.51.100.7|443"},
		{"an address", "C2: 198.51.100[.]7", "198.51.100.7", "ip-dst", "198.51.100.7"},
		{"an IPv6 address", "2001:db8::1:443", "2001:db8::1:443", "ip-dst", "2001:db8::1:443"},
		{"a host with its port", "www.bad-host[.]net:8080", "www.bad-host.net", "hostname|port", "www.bad-host.net|8080"},
		{"a domain with its address", "| bad-host[.]net | 198.51.100.7 |", "bad-host.net", "domain|ip", "bad-host.net|198.51.100.7"},
		{"a domain with two addresses", "| bad-host[.]net | 198.51.100.7 | 198.51.100.8 |", "bad-host.net", "domain", "bad-host.net"},
		{"a domain and an address in prose", "bad-host[.]net was on 198.51.100.7", "bad-host.net", "domain", "bad-host.net"},
		{"a hash and its file", md5 + "  loader.exe", md5, "filename|md5", "loader.exe|" + md5},
		{"a hash and its file in a table", "| loader.exe | " + md5 + " | bad |", md5, "filename|md5", "loader.exe|" + md5},
		{"a hash in brackets", "loader.exe (" + md5 + ")", md5, "filename|md5", "loader.exe|" + md5},
		{"one of two hashes of a file", "| " + md5 + " | " + md5 + "0f1e2d3c | loader.exe |", md5, "filename|md5", "loader.exe|" + md5},
		{"two files", "| loader.exe | " + md5 + " | other.exe |", md5, "md5", md5},
		{"two hashes of one kind", md5 + ", loader.exe, " + md5[1:] + "0", md5, "md5", md5},
		{"a file in the next row", md5 + "\nloader.exe", md5, "md5", md5},
		{"a file in prose", "loader.exe has the hash " + md5, md5, "md5", md5},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, i := range Find(c.text, Options{}) {
				if i.Value != c.value {
					continue
				}
				typ, category, value := i.MISP()
				assert.Equal(t, c.typ, typ)
				assert.Equal(t, c.want, value)
				_, plain := i.Kind.MISP(i.Value)
				assert.Equal(t, plain, category)
				return
			}
			require.Fail(t, "value not read")
		})
	}
}
