package relevance_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/relevance"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

// What a post speaks of most is the kind of threat of its story.
func TestJudgeTellsTheKindOfThreat(t *testing.T) {
	profile, err := relevance.Load("small-business")
	require.NoError(t, err)
	for name, c := range map[string]struct {
		title, text string
		want        waggle.ThreatKind
	}{
		"ransomware that came by mail":     {"Ransomware gang encrypts a brewery's servers", "The attackers sent phishing mails, and malware opened the door. A ransom note names the price.", waggle.Ransomware},
		"a flaw that is exploited":         {"CVE-2026-11111 in Example Gateway exploited in the wild", "Attackers drop malware through the flaw.", waggle.Vulnerability},
		"phishing":                         {"Phishing kit copies a bank's login", "The campaign's mails name an invoice.", waggle.Phishing},
		"malware":                          {"New infostealer spreads by search ads", "The stealer takes cookies.", waggle.Malware},
		"a breach":                         {"Data breach at Example Travel", "Stolen data of customers was leaked online.", waggle.DataBreach},
		"a supply chain":                   {"Malicious packages on a registry", "The supply chain attack steals keys.", waggle.SupplyChain},
		"a flood":                          {"DDoS attack on Example Bank", "The denial of service lasted an hour.", waggle.DDoS},
		"an actor of whom no more is told": {"Threat group moves through ministries", "Cyberattacks by the threat actor go on.", waggle.Intrusion},
		"nothing of the kind":              {"Our office has moved", "Come and see.", waggle.OtherKind},
	} {
		t.Run(name, func(t *testing.T) {
			p, f := post(c.title, c.text)
			j := profile.Judge(p, f, 0, now())
			assert.Equal(t, c.want, waggle.Story{Reasons: j.Reasons}.ThreatKind(), "%v", texts(j))
		})
	}
}
