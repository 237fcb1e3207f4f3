package waggle_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/waggle-cti/waggle/feeder/waggle"
)

func TestThreat(t *testing.T) {
	reason := func(points int, threat waggle.ThreatKind) waggle.Reason {
		return waggle.Reason{Points: points, Threat: threat}
	}
	for name, c := range map[string]struct {
		reasons []waggle.Reason
		want    waggle.ThreatKind
	}{
		"none is spoken of":                 {[]waggle.Reason{{Points: 40}, {Points: -5}}, waggle.OtherKind},
		"nothing at all":                    {nil, waggle.OtherKind},
		"the one with the most points":      {[]waggle.Reason{reason(9, waggle.Phishing), reason(5, waggle.Vulnerability), reason(5, waggle.Vulnerability)}, waggle.Vulnerability},
		"the first of equals":               {[]waggle.Reason{reason(9, waggle.Malware), reason(9, waggle.Phishing)}, waggle.Phishing},
		"attackers are in all of them":      {[]waggle.Reason{reason(18, waggle.Intrusion), reason(3, waggle.DDoS)}, waggle.DDoS},
		"attackers alone":                   {[]waggle.Reason{reason(6, waggle.Intrusion)}, waggle.Intrusion},
		"ransomware is malware":             {[]waggle.Reason{reason(10, waggle.Ransomware), reason(13, waggle.Malware), reason(20, waggle.Vulnerability)}, waggle.Ransomware},
		"ransomware in passing":             {[]waggle.Reason{reason(5, waggle.Ransomware), reason(13, waggle.Malware)}, waggle.Malware},
		"what counts against it is no kind": {[]waggle.Reason{reason(-9, waggle.Phishing)}, waggle.OtherKind},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, waggle.Story{Reasons: c.reasons}.ThreatKind()) })
	}
}
