package chat

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/upstream"
)

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
			got, err := parse(0, c.address, "amber")
			if c.wrong != "" {
				require.ErrorIs(t, err, upstream.BadInput)
				assert.Contains(t, err.Error(), c.wrong)
				assert.Contains(t, err.Error(), "channel 1")
				assert.NotContains(t, err.Error(), "s3cret")
				return
			}
			require.NoError(t, err)
			assert.Equal(t, c.kind, got.Service.Kind)
			assert.Equal(t, c.called, got.Name)
			assert.NotEmpty(t, got.Secrets())
		})
	}
	two, err := Parse([]string{"https://ntfy.sh/a", "https://ntfy.sh/b#tlp=red"}, "clear")
	require.NoError(t, err)
	assert.Equal(t, []any{"ntfy", 0, "ntfy-2", 4}, []any{two[0].Name, two[0].TLP, two[1].Name, two[1].TLP})
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
		assert.Equal(t, want, s.Escape("@all <!channel> *b* [x](y)"), kind)
	}
}

// TestKeysGoToWhoCanTell: the services that know one message from another by its
// key get it, in the place where they look for it.
func TestKeysGoToWhoCanTell(t *testing.T) {
	const key = "5b0a8f0e-6f2a-5d0c-9a57-0d5b8c1f2e3a"
	for kind, where := range map[string]func(upstream.Request) any{
		"matrix":  func(r upstream.Request) any { return r.Path[strings.LastIndex(r.Path, "/")+1:] },
		"ntfy":    func(r upstream.Request) any { return r.JSON.(object)["sequence_id"] },
		"webhook": func(r upstream.Request) any { return r.Header.Get("Idempotency-Key") },
	} {
		c, err := parse(0, kind+"+https://chat.example.com/topic"+map[string]string{"matrix": "#token=t&room=r"}[kind], "amber")
		require.NoError(t, err)
		assert.Equal(t, key, where(c.Service.Request(c, Message{Title: "T", Body: "B", Key: key})), kind)
	}
	for _, s := range services() {
		assert.Equal(t, s.Kind == "matrix" || s.Kind == "ntfy" || s.Kind == "webhook", s.Repeats, s.Kind)
	}
}
