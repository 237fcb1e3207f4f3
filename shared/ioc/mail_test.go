package ioc

import "testing"

func TestMailAddresses(t *testing.T) {
	run(t, []readCase{
		{"plain", "Write to Some.One+x@bad-host.net!", []string{"email some.one+x@bad-host.net"}},
		{"in angle brackets", "From: X <x@bad-host.net>", []string{"email x@bad-host.net"}},
		{"at an address", "root@198.51.100[.]7", []string{"email root@198.51.100.7"}},
		{"behind an equals sign", "emailAddress=x@bad-host.net", []string{"email x@bad-host.net"}},
		{"two dots in the local part", "a..b@bad-host.net", []string{"email b@bad-host.net"}},
		{"behind dots of a sentence", "ask...admin@bad-host.net", []string{"email admin@bad-host.net"}},
		{"behind an exclamation mark", "New!admin@bad-host.net", []string{"email admin@bad-host.net"}},
		{"a dot before the at sign", "a.@bad-host.net", nil},
		{"no top-level domain", "a@b", nil},
		{"a clone address", "git@host:foo/bar", nil},
		{"a country's suffix as host", "x@huissier-justice[.]fr", []string{"email x@huissier-justice.fr"}},
	})
}
