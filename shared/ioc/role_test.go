package ioc

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// roleOf gives the role and the reason of the value that Find reads in text.
func roleOf(t *testing.T, text, value string, o Options) (Role, string) {
	t.Helper()
	for _, i := range Find(text, o) {
		if i.Value == value {
			assert.NotEmpty(t, i.Why)
			assert.Positive(t, i.Confidence)
			return i.Role, i.Why
		}
	}
	require.Fail(t, "value not read", value)
	return "", ""
}

const (
	sha1Value  = "0f1e2d3c4b5a69780f1e2d3c4b5a69780f1e2d3c"
	attackTalk = "This malware is used for phishing by a botnet.\n"
)

// noAttack is text of a length that no post has, and about no attack.
var noAttack = strings.Repeat("We moved there and told all who asked.\n", 20)

func TestRoles(t *testing.T) {
	for _, c := range []struct {
		name, text, value string
		want              Role
	}{
		{"disarmed", "They use bad-host[.]net here.", "bad-host.net", Attack},
		{"disarmed, though well known", "It asks google[.]com whether it is online.", "google.com", Attack},
		{"well known", attackTalk + "It asks google.com whether it is online.", "google.com", Benign},
		{"private address", "The router 192[.]168.1.1 was hit.", "192.168.1.1", Benign},
		{"documentation address", attackTalk + "C2: 198.51.100.7", "198.51.100.7", Benign},
		{"documentation name", "hxxp://www.example[.]com/a", "http://www.example.com/a", Benign},
		{"a name that stays at home", "http://printer.local/x", "http://printer.local/x", Benign},
		{"a public resolver", attackTalk + "C2: 9.9.9.9", "9.9.9.9", Benign},
		{"the hash of nothing", attackTalk + "MD5 d41d8cd98f00b204e9800998ecf8427e", "d41d8cd98f00b204e9800998ecf8427e", Benign},
		{"a plain link beside disarmed ones", "hxxp://bad-host[.]net/a\nMore on https://research-blog.net/post/1", "https://research-blog.net/post/1", Reference},
		{"a plain link under a heading of indicators", attackTalk + "\n## Indicators of compromise\n\n- http://bad-host.net/a\n", "http://bad-host.net/a", Attack},
		{"a plain link below a subheading of indicators", attackTalk + "\n# IoCs\n\n## Stage one\n\n- http://bad-host.net/a\n\n", "http://bad-host.net/a", Attack},
		{"a plain link under a heading of references", attackTalk + "\n## References\n\n- http://research-blog.net/a\n", "http://research-blog.net/a", Reference},
		{"a plain link in prose", attackTalk + "We met it at http://research-blog.net/a and told them so.", "http://research-blog.net/a", Reference},
		{"a link that goes on with a sentence", attackTalk + "The details are available at\nhttp://research-blog.net/a\n", "http://research-blog.net/a", Reference},
		{"a sandbox' report", "C2: https://app.any.run/tasks/1", "https://app.any.run/tasks/1", Reference},
		{"a label", attackTalk + "C2: http://bad-host.net/a", "http://bad-host.net/a", Attack},
		{"a plain name in a list of disarmed ones", "C2 servers:\n- a1.bad[.]net\n- bad-host.net\n", "bad-host.net", Attack},
		{"a plain name in prose beside disarmed ones", "- a1.bad[.]net\nsays research-blog.net (the authors).", "research-blog.net", Reference},
		{"a plain name in a text about nothing bad", "Our site is research-blog.net now.", "research-blog.net", Reference},
		{"a plain name in a text about an attack", attackTalk + "It talks to bad-host.net first.", "bad-host.net", Attack},
		{"a mail's header", "hxxp://bad[.]net\nReceived: from mail.bad-host.net ([93.184.216.99])", "93.184.216.99", Reference},
		{"a version", attackTalk + "OpenSSL 3.0.2.1 is installed.", "3.0.2.1", Reference},
		{"an address beside a disarmed name", "| bad[.]net | 93.184.216.99 | C2 |\n", "93.184.216.99", Attack},
		{"a commit", "commit " + sha1Value + " fixes it", sha1Value, Reference},
		{"a sample", attackTalk + "It drops " + sha1Value, sha1Value, Attack},
		{"a sample alone", sha1Value, sha1Value, Attack},
		{"a mail address in prose", attackTalk + "Write to us: someone@research-blog.net", "someone@research-blog.net", Reference},
		{"a disarmed mail address", "sent by someone@bad-host[.]net", "someone@bad-host.net", Attack},
		{"mail addresses in a list", attackTalk + "## Indicators\nsomeone@bad-host.net\n", "someone@bad-host.net", Attack},
		{"a mail's sender beside disarmed values", "hxxp://bad[.]net\n- From: \"X\" <x@bad-host.net>", "x@bad-host.net", Attack},
		{"a mail's sender named in its transport", "hxxp://bad[.]net\n\t(envelope-from <x@bad-host.net>)", "x@bad-host.net", Attack},
		{"a mail's sender in a text that disarms nothing", "From: X <x@bad-host.net>", "x@bad-host.net", Reference},
		{"a mail's addressee", "hxxp://bad[.]net\nTo: <x@bad-host.net>", "x@bad-host.net", Reference},
		{"links in a block of code", "hxxp://bad[.]net\n\n```\nhttp://bad-host.net/a\n```\n", "http://bad-host.net/a", Attack},
		{"links in an AsciiDoc listing", "hxxp://bad[.]net\n\n=== Add-ons\n-----\nhttp://bad-host.net/a\n-----\n", "http://bad-host.net/a", Attack},
		{"links in a block of code of a text that disarms nothing", attackTalk + "\n```\nhttp://research-blog.net/a\n```\nand more\n", "http://research-blog.net/a", Attack},
		{"links in a block of code of a manual", "Fetch it:\n\n```\nhttp://research-blog.net/a\n```\n", "http://research-blog.net/a", Reference},
		{"links behind an AsciiDoc listing", "hxxp://bad[.]net\n\n=== Add-ons\n-----\nx\n-----\nhttp://bad-host.net/a\n", "http://bad-host.net/a", Reference},
		{"links below an underlined heading", "hxxp://bad[.]net\n\nSummary\n-------\nhttp://bad-host.net/a\n", "http://bad-host.net/a", Reference},
		{"a table of one column", "a[.]bad[.]net\n| bad-host.net |\n", "bad-host.net", Attack},
		{"a table of two columns", "a[.]bad[.]net\n| Registrar | bad-host.net |\n", "bad-host.net", Reference},
		{"a host in brackets behind a listed value", "a[.]bad[.]net\n## Indicators\nx@bad-host.net (mail.bad-host.net)\n", "mail.bad-host.net", Attack},
		{"a name like a file's among hosts", "a[.]bad[.]net\n* bad-host.net\n* install.sh\n", "install.sh", Attack},
		{"a certificate named by its hash", "See link: " + sha1Value + ".pem", sha1Value, Attack},
		{"a list of nothing else", "bad-host.net\r\nbad-2.org\r\nbad-3.info\r\n", "bad-host.net", Attack},
		{"a list of addresses", "http://bad-host.net/a\nhttp://bad-2.org/b\nhttp://bad-3.info/c\n", "http://bad-2.org/b", Attack},
		{"a list with as much text", "bad-host.net\nbad-2.org\nbad-3.info\n" + noAttack, "bad-host.net", Reference},
		{"a well-known name in a list of nothing else", "bad-host.net\nbad-2.org\nbad-3.info\ngoogle.com\n", "google.com", Benign},
		{"a name like a file's in a list of nothing else", "bad-host.net\nbad-2.org\nsetup.link\nbad-3.info\n", "setup.link", Attack},
		{"a row of indicators", "Indicator,Type,Note\nbad-host.net,domain,C2\n", "bad-host.net", Attack},
		{"an address in a row of indicators", "IOC, From, Until\nhttp://bad-host.net/a,2025-01-01,2025-02-01\n", "http://bad-host.net/a", Attack},
		{"a row of something else", "Customer,Site,Note\nX,research-blog.net,paid\n", "research-blog.net", Reference},
		{"a sender in a row of indicators", "Indicator,Type\nx@bad-host.net,mail\n", "x@bad-host.net", Attack},
		{"senders by their heading", attackTalk + "\nSENDERS OBSERVED\nx@bad-host.net\ny@bad-host.net\n", "y@bad-host.net", Attack},
		{"a row that begins with its type", "SHA256,x\r\nHost,bad-host.net\r\n", "bad-host.net", Attack},
		{"an address in a row that begins with its type", "URL,hxxp://bad[.]net/a\nURL,http://bad-host.net/a\n", "http://bad-host.net/a", Attack},
		{"a name like a file's in a row that begins with its type", "Host,bad-host.ml\nHost,x\n", "bad-host.ml", Attack},
		{"a mail address in a row that begins with its type", "email;x@bad-host.net;his\n", "x@bad-host.net", Attack},
		{"a row that begins with something else", "Owner,research-blog.net\nOwner,x\n" + noAttack, "research-blog.net", Reference},
		{"a version in another cell than the hash's", "hxxp://bad[.]net\n| x | SHA256 | Loader (1.2.3.4) |\n", "1.2.3.4", Reference},
		{"a label in a log", noAttack + "\n{\"host\": \"93.184.216.99\"}\n", "93.184.216.99", Reference},
		{"a commit in a text about an attack", attackTalk + "\ncommit " + sha1Value + "\n", sha1Value, Reference},
		{"a pinned action in a text about an attack", attackTalk + "\nuses: x/checkout@" + sha1Value + "\n", sha1Value, Reference},
		{"JSON that lists indicators", `{"type": "indicator", "pattern": "[url:value = 'http://bad-host.net/a']"}`, "http://bad-host.net/a", Attack},
		{"an address in JSON that lists indicators", `{"pattern": "[network-traffic:dst_ref.value = '93.184.216.99']", "type": "indicator"}`, "93.184.216.99", Attack},
		{"JSON as MISP exports it", `{"Attribute": [{"to_ids": true, "value": "http:\/\/bad-host.net\/a"}]}`, "http://bad-host.net/a", Attack},
		{"JSON that lists something else", `{"homepage": "http:\/\/bad-host.net\/a"}`, "http://bad-host.net/a", Reference},
		{"a vulnerability under attack", attackTalk + "CVE-2021-0001", "CVE-2021-0001", Attack},
		{"a vulnerability in a changelog", "Fix CVE-2021-0001 (closes: #1)", "CVE-2021-0001", Reference},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, why := roleOf(t, c.text, c.value, Options{})
			assert.Equal(t, c.want, got, why)
		})
	}
}

func TestOwnHostsAreReferences(t *testing.T) {
	o := Options{Own: []string{"Research-Blog.net"}}
	text := attackTalk + "C2: http://www.research-blog.net/a and C2: http://not-research-blog.net/b"
	role, why := roleOf(t, text, "http://www.research-blog.net/a", o)
	assert.Equal(t, Reference, role)
	assert.Equal(t, "the publisher's own site", why)
	role, _ = roleOf(t, text, "http://not-research-blog.net/b", o)
	assert.Equal(t, Attack, role)
}

func TestKnownReplacesTheBuiltInList(t *testing.T) {
	o := Options{Known: func(k Kind, v string) (string, bool) { return "ours", k == Domain && v == "bad-host.net" }}
	role, why := roleOf(t, attackTalk+"C2: bad-host.net", "bad-host.net", o)
	assert.Equal(t, Benign, role)
	assert.Equal(t, "on the list ours", why)
	role, _ = roleOf(t, attackTalk+"C2: google.com", "google.com", o)
	assert.Equal(t, Attack, role)
}
