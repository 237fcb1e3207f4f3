package ioc

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestDomains(t *testing.T) {
	run(t, []readCase{
		{"a plain name", "the host bad-host.net answers", []string{"domain bad-host.net"}},
		{"at the end of a sentence", "It calls bad-host.net.", []string{"domain bad-host.net"}},
		{"upper case", "BAD-HOST.NET", []string{"domain bad-host.net"}},
		{"a list", "bad-host.net;bad-2.org,c.info", []string{"domain bad-host.net", "domain bad-2.org", "domain c.info"}},
		{"with a port", "bad-host[.]net:8080", []string{"domain bad-host.net"}},
		{"a suffix of two labels", "bad.co.uk", []string{"domain bad.co.uk"}},
		{"a public suffix that was disarmed", "co[.]uk", []string{"domain co.uk"}},
		{"onion", "expyuzz4wqqyqhjnexample2.onion", []string{"domain expyuzz4wqqyqhjnexample2.onion"}},
		{"onion, version 3", "6ew4e6ff6lnjm7lnvbywmuyudcqo6jircuwmhooal4unputoyp5hbdqd.onion", []string{"domain 6ew4e6ff6lnjm7lnvbywmuyudcqo6jircuwmhooal4unputoyp5hbdqd.onion"}},
		{"onion, version 3, wrong checksum", "aew4e6ff6lnjm7lnvbywmuyudcqo6jircuwmhooal4unputoyp5hbdqd.onion", nil},
		{"I2P", "6ew4e6ff6lnjm7lnvbywmuyudcqo6jircuwmhooal4unputoyp5a.b32.i2p", []string{"domain 6ew4e6ff6lnjm7lnvbywmuyudcqo6jircuwmhooal4unputoyp5a.b32.i2p"}},
		{"another root", "bad-host[.]bit", []string{"domain bad-host.bit"}},
		{"another root in plain spelling", "bad-host.bit", nil},
		{"in Unicode", "bücher-host.de", []string{"domain xn--bcher-host-9db.de"}},
		{"in punycode", "xn--bcher-host-9db.de", []string{"domain xn--bcher-host-9db.de"}},
		{"in Cyrillic", "папайя[.]рф", []string{"domain xn--80aa1avb2h.xn--p1ai"}},
		{"between Chinese words", "访问bad-host.net下载", []string{"domain bad-host.net"}},
		{"hyphens behind", "bad-host.net---", []string{"domain bad-host.net"}},
		{"hyphens before", "--bad-host.net", []string{"domain bad-host.net"}},
		{"an underscore in the left label", "my_site.bad-host[.]net", []string{"domain my_site.bad-host.net"}},
		{"an underscore in the registered label", "stix_import[.]com", []string{"domain import.com"}},
		{"a label with a leading hyphen", "www[.]-bad.com", []string{"domain bad.com"}},
		{"two dots", "bad..com", nil},
		{"a top-level domain that is none", "bad.dok", nil},
		{"a file name that was disarmed", "setup[.]zip", []string{"domain setup.zip"}},
		{"a path's part", "/usr/lib/bad-host.net/x a\\bad-host.net", []string{"path /usr/lib/bad-host.net/x"}},
		{"code", "$bad-host.net, bad.com(1), bad.com = 1", []string{"domain bad.com"}},
	})
}

func TestUnknownTopLevels(t *testing.T) {
	for _, label := range []string{"", "a", "1", "exe", "doc", "-com", "0com"} {
		assert.False(t, topLevel(label), label)
	}
	for _, label := range []string{"com", "uk", "ck", "onion", "xn--p1ai", "zip"} {
		assert.True(t, topLevel(label), label)
	}
}
