package notify

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// The objects are shaped as TheHive 4.1 hands them to Cortex, the answers as
// those that service.go names; the values are invented.
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

func TestParseChannel(t *testing.T) {
	for name, c := range map[string]struct{ address, kind, called, wrong string }{
		"slack":                  {"https://hooks.slack.com/services/T0/B0/s3cret-path", "slack", "slack", ""},
		"a name and a TLP":       {"https://hooks.slack.com/services/T0/B0/s3cret-path#name=soc&tlp=green", "slack", "soc", ""},
		"teams by its suffix":    {"https://default1.2.environment.api.powerplatform.com:443/powerautomate/x?sig=s3cret-sig", "teams", "teams", ""},
		"named":                  {"mattermost+http://chat.example.com/hooks/s3cret-path", "mattermost", "mattermost", ""},
		"not known":              {"https://chat.example.com/hooks/s3cret-path", "", "", "what service is it?"},
		"named wrongly":          {"pigeon+https://chat.example.com/hooks/s3cret-path", "", "", "what service is it?"},
		"no address":             {"s3cret-path", "", "", "not a http or https URL"},
		"another scheme":         {"slack://s3cret-path", "", "", "not a http or https URL"},
		"no token":               {"https://api.telegram.org#chat=s3cret-path", "", "", "needs #token="},
		"a setting of another":   {"https://hooks.slack.com/services/s3cret-path#room=x", "", "", "use tlp, name"},
		"a TLP there is not":     {"https://hooks.slack.com/services/s3cret-path#tlp=white", "", "", "tlp is clear, green"},
		"a name that is no name": {"https://hooks.slack.com/services/s3cret-path#name=a+b", "", "", "its name must be"},
		"a name that is long":    {"https://hooks.slack.com/services/s3cret-path#name=" + strings.Repeat("a", 41), "", "", "its name must be"},
		"half a setting":         {"https://hooks.slack.com/services/s3cret-path#tlp=%zz", "", "", "not a http or https URL"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := parseChannel(0, c.address, "amber")
			if c.wrong != "" {
				require.ErrorIs(t, err, upstream.BadInput)
				assert.Contains(t, err.Error(), c.wrong)
				assert.Contains(t, err.Error(), "channel 1")
				assert.NotContains(t, err.Error(), "s3cret")
				return
			}
			require.NoError(t, err)
			assert.Equal(t, c.kind, got.service.kind)
			assert.Equal(t, c.called, got.name)
			assert.NotEmpty(t, got.secrets())
		})
	}
	two, err := parseChannels([]string{"https://ntfy.sh/a", "https://ntfy.sh/b#tlp=red"}, "clear")
	require.NoError(t, err)
	assert.Equal(t, []any{"ntfy", 0, "ntfy-2", 4}, []any{two[0].name, two[0].tlp, two[1].name, two[1].tlp})
}

// TestNobodyIsMentioned: no text of a stranger calls people, or becomes markup.
func TestNobodyIsMentioned(t *testing.T) {
	for kind, want := range map[string]string{
		"slack":      "@all &lt;!channel&gt; *b* [x](y)",
		"discord":    `@all \<\!channel\> \*b\* \[x\]\(y\)`,
		"mattermost": "@\u200ball \\<\\!channel\\> \\*b\\* \\[x\\]\\(y\\)",
		"telegram":   "@all <!channel> *b* [x](y)",
	} {
		s, err := serviceOf(kind, "")
		require.NoError(t, err)
		assert.Equal(t, want, s.escape("@all <!channel> *b* [x](y)"), kind)
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
