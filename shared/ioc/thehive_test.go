package ioc_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/waggle-cti/waggle/shared/ioc"
)

func TestTheHiveTypes(t *testing.T) {
	for value, c := range map[string]struct {
		kind ioc.Kind
		want []string
	}{
		"CVE-2026-12345":     {ioc.CVE, []string{"cve", "vulnerability", "other"}},
		"loader.example.net": {ioc.Domain, []string{"fqdn"}},
		"Bad_Mutex_01":       {ioc.Mutex, []string{"other"}},
	} {
		assert.Equal(t, c.want, c.kind.TheHiveTypes(value), value)
	}
}

func TestKindOf(t *testing.T) {
	for _, c := range []struct {
		kind  ioc.Kind
		value string
	}{
		{ioc.IP, "203.0.113.7"}, {ioc.Domain, "loader.example.net"}, {ioc.Domain, "bad-host.net"}, {ioc.URL, "http://bad-host.net/a"},
		{ioc.Email, "a@bad-host.net"}, {ioc.Filename, "a.exe"}, {ioc.Registry, `HKCU\Software\A`}, {ioc.ASN, "AS64496"},
		{ioc.UserAgent, "x/1"}, {ioc.Subject, "Invoice"},
	} {
		assert.Equal(t, c.kind, ioc.KindOf(c.kind.TheHive(c.value)), "%s there and back", c.kind)
	}
	for _, dataType := range []string{"", "hash", "other", "file", "uri_path", "cve", "IP"} {
		assert.Empty(t, ioc.KindOf(dataType), "%q: the value tells", dataType)
	}
}
