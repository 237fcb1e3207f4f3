package relevance_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/relevance"
)

func BenchmarkJudge(b *testing.B) {
	profile, err := relevance.Load("small-business")
	require.NoError(b, err)
	p, f := post("CVE-2026-11111: Exchange Server flaw exploited in the wild",
		strings.Repeat("Attackers send phishing mails with a loader to small firms, and the web shell talks to its server. ", 60)+"evil-mail[.]example 192.0.2[.]77")
	b.SetBytes(int64(len(f.Text)))
	for b.Loop() {
		profile.Judge(p, f, 5, now())
	}
}
