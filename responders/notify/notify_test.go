package notify

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
)

// The objects are shaped as TheHive 4.1 hands them to Cortex, the answers as
// those that package chat names; the values are invented.
func TestCases(t *testing.T) { cortextest.Run(t, Responder) }

// channelsOf names one channel of each service, each with the secret where that
// service has it.
func channelsOf(secret string) []string {
	path, query := url.PathEscape(secret), url.QueryEscape(secret)
	return []string{
		"https://hooks.slack.com/services/T00000000/B00000000/" + path,
		"https://discord.com/api/webhooks/100000000000000001/" + path,
		"https://prod-1.westeurope.logic.azure.com/workflows/0123456789abcdef/triggers/manual/paths/invoke?api-version=2016-06-01&sig=" + query,
		"mattermost+https://mattermost.example.com/hooks/" + path,
		"https://api.telegram.org#chat=-100123&token=" + query,
		"matrix+https://matrix.example.com#room=%21room%3Aexample.com&token=" + query,
		"https://ntfy.sh/alerts#token=" + query,
		"gotify+https://gotify.example.com#token=" + query,
		"webhook+https://soar.example.com/in/" + path,
	}
}

func TestBadInputAndServices(t *testing.T) {
	cortextest.Torture(t, Responder, map[string]any{"channels_secret": channelsOf(cortextest.Secret), "thehive_key": nil})
}

func TestNoLeak(t *testing.T) {
	for _, address := range channelsOf(cortextest.Secret) {
		u, err := url.Parse(strings.TrimPrefix(address[strings.Index(address, "http"):], "+"))
		require.NoError(t, err)
		t.Run(u.Hostname(), func(t *testing.T) {
			cortextest.Leaks(t, Responder, map[string]any{"channels_secret": []any{address}, "thehive_key": nil})
		})
	}
}

func TestProbe(t *testing.T) {
	channel := func(address string) map[string]any { return map[string]any{"channels_secret": []any{address}} }
	const address = "https://hooks.slack.com/services/T00000000/B00000000/abcdefghijklmnop"
	cortextest.Probe(t, Responder, map[string]cortextest.Probed{
		"reached": {Config: channel(address), Says: "the channels can be read and their hosts reached; nothing was posted",
			Exchanges: cortextest.Answers("HEAD", "https://hooks.slack.com/", 302, "")},
		"no address": {Config: channel("slack"), Error: "channel 1: its address is not"},
	})
}
