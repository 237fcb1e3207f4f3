package ioc

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestLabels(t *testing.T) {
	one := func(v string) []string { return []string{v} }
	run(t, []readCase{
		{"a mutex", "Mutex: Global\\Bad_1", one(`mutex Global\Bad_1`)},
		{"a mutex's name", "- Mutex name: Fri Aug 13 2021\n", one("mutex Fri Aug 13 2021")},
		{"a mutex in prose", "It creates a mutex named “Windows_Shared_231” to run once.", one("mutex Windows_Shared_231")},
		{"a mutex with the name", "creates a mutex with the name \"c731200\".", one("mutex c731200")},
		{"a mutex in JSON", `{"mutex": "bad-1"}`, one("mutex bad-1")},
		{"a mutex that is none", "Mutex: nan", nil},
		{"a mutex set in quotes", "Mutex: `bad_1`", one("mutex bad_1")},
		{"a sentence", "About the mutex: it is made first. Then nothing happens to it.", nil},
		{"code", "std::mutex m; sync.Mutex{}", nil},
		{"a user agent", "User-Agent: BadBot/1.0 (x; y)\r\nHost: x", one("user-agent BadBot/1.0 (x; y)")},
		{"a user agent in prose", "with the user agent \"spark-api-cli\"", one("user-agent spark-api-cli")},
		{"a user agent's string", "the User-Agent string ‘Bad Client’", one("user-agent Bad Client")},
		{"another agent", "Agent: James Bond, sales agent: \"Smith\"", nil},
		{"a user agent of signs", "User-Agent: %s", nil},
		{"a subject", "> Subject: Re: Invoice 17 is due\n", one("mail-subject Re: Invoice 17 is due")},
		{"a subject line", "with the subject line “Your parcel”.", one("mail-subject Your parcel")},
		{"a subject that was removed", "Subject: [removed]", nil},
		{"a subject within a sentence", "We now change the subject: lunch", nil},
		{"a task", "a scheduled task named “lemp” which", one("scheduled-task lemp")},
		{"a task's label", "* Scheduled task: OneDriveUpdate_1", one("scheduled-task OneDriveUpdate_1")},
		{"a service", "Service name: BadSvc", one("service BadSvc")},
		{"a certificate's subject", "Subject: C=US, O=Bad, CN=bad", nil},
		{"a rule below a heading", "## Mutexes\n|===\n|Name\n|=====\n|bad_1\n", one("mutex bad_1")},
		{"a list of what a service does", "The following services:\n- Record audio\n", nil},
		{"any service", "Service: BadSvc, the service \"Dropbox\"", nil},
		{"a Telegram account", "Telegram: @Bad_Actor1", one("telegram @bad_actor1")},
		{"a Telegram link", "hxxps://t[.]me/s/Bad_Actor1?x", []string{"url https://t.me/s/Bad_Actor1?x", "telegram @bad_actor1"}},
		{"an invitation on Telegram", "https://t.me/joinchat/abc https://t.me/+abc", []string{"url https://t.me/joinchat/abc", "url https://t.me/+abc"}},
		{"an account elsewhere", "Twitter: @bad_actor1", nil},
		{"the number of a network", "ASN: 64496, AS: 64511", []string{"asn AS64496", "asn AS64511"}},
		{"a MAC address with hyphens", "MAC: 00-1B-44-11-3A-B7", one("mac 00:1b:44:11:3a:b7")},
		{"a MAC address with dots", "MAC address: 001b.4411.3ab7.", one("mac 00:1b:44:11:3a:b7")},
		{"a date with hyphens", "Date: 00-1B-44-11-3A-B7", nil},
		{"a vhash", "Vhash: 015056655D15556az3jz4bz1bz", one("vhash 015056655d15556az3jz4bz1bz")},
		{"a YARA rule", "rule bad_loader_1 : tag_a\n{\n strings:", one("yara-rule bad_loader_1")},
		{"a private YARA rule", "private rule bad_loader_1 {", one("yara-rule bad_loader_1")},
		{"a YARA rule's name", "YARA rule: bad_loader_1", one("yara-rule bad_loader_1")},
		{"a rule in prose", "rule number_one is that", nil},
		{"a Sigma rule", "title: Bad Tool Started\nid: x\nlogsource:\n  product: windows\n", one("sigma-rule Bad Tool Started")},
		{"a title", "title: Bad Tool Started\nauthor: x\n", nil},
	})
}

func TestListsBelowHeadings(t *testing.T) {
	run(t, []readCase{
		{"in a block", "## Mutexes\n```\nwinrm_1\nGMCM1\n```\n\n## Other\n```\nnone_here\n```\n", []string{"mutex winrm_1", "mutex GMCM1"}},
		{"as items", "=== Mutex names\n\n- oERiQt\n* GMCM1\n* MIVOD_6\n\nSome text.\n", []string{"mutex oERiQt", "mutex GMCM1", "mutex MIVOD_6"}},
		{"below a line with a colon", "Scheduled tasks:\n - OneDriveService\n", []string{"scheduled-task OneDriveService"}},
		{"subjects", "SUBJECT LINES:\n\n- Invoice for you\n- Parcel is waiting\n", []string{"mail-subject Invoice for you", "mail-subject Parcel is waiting"}},
		{"with labels of their own", "SUBJECT LINES:\n\n- Subject: Invoice for you\n", []string{"mail-subject Invoice for you"}},
		{"sentences", "## Mutexes\n\n- The malware makes one. It has no name, as far as we know.\n", nil},
		{"text below it", "## Mutexes\n\nThere are none to tell of\n", nil},
	})
}

func TestLabelledRoles(t *testing.T) {
	listed := "## Indicators\n"
	for _, c := range []struct {
		name, text, value string
		want              Role
	}{
		{"a mutex of malware", attackTalk + "Mutex: bad_1", "bad_1", Attack},
		{"a mutex in a manual", "Mutex: good_1", "good_1", Reference},
		{"a browser's name", attackTalk + "User-Agent: Mozilla/5.0 (X11)", "Mozilla/5.0 (X11)", Reference},
		{"a browser's name under indicators", attackTalk + listed + "User-Agent: Mozilla/5.0 (X11)", "Mozilla/5.0 (X11)", Attack},
		{"a tool's name", attackTalk + "User-Agent: BadBot/1.0", "BadBot/1.0", Attack},
		{"a tool's name in a manual", "User-Agent: GoodBot/1.0", "GoodBot/1.0", Reference},
		{"a phishing mail's subject", attackTalk + "Subject: Invoice", "Invoice", Attack},
		{"a mail's subject", "Subject: Invoice", "Invoice", Reference},
		{"an actor's account", attackTalk + "Telegram: @bad_actor", "@bad_actor", Attack},
		{"the publisher's account", attackTalk + "Follow us on Telegram: @good_team", "@good_team", Reference},
		{"a channel that is linked", attackTalk + "https://t.me/good_team", "@good_team", Reference},
		{"a channel that was disarmed", "hxxps://t[.]me/bad_actor", "@bad_actor", Attack},
		{"a rule", attackTalk + "rule bad_1 {", "bad_1", Reference},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, why := roleOf(t, c.text, c.value, Options{})
			assert.Equal(t, c.want, got, why)
		})
	}
}

func TestSigmaIsFoundWhereverTheTitleStands(t *testing.T) {
	text := strings.Repeat("title: No rule at all\n", 200) + "title: Bad Tool Started\nlogsource:\n"
	assert.Contains(t, values(text), "sigma-rule Bad Tool Started")
	assert.Empty(t, values("title: Bad Tool\n"+strings.Repeat("a\n", maxSigma)+"logsource:\n"), "too far away")
}
