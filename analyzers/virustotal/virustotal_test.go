package virustotal

import (
	"testing"

	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
)

// The shapes of the answers are those of the objects and errors that
// https://docs.virustotal.com/reference/files, …/urls-object,
// …/domains-object, …/ip-object, …/errors and …/get-user-overall-quotas
// describe. The values are invented.
func TestCases(t *testing.T) { cortextest.Run(t, Analyzer) }

func TestBadInputAndServices(t *testing.T) {
	cortextest.Torture(t, Analyzer, map[string]any{"user": "a_user"})
}

func TestNoLeak(t *testing.T) { cortextest.Leaks(t, Analyzer, map[string]any{"user": "a_user"}) }

func TestProbe(t *testing.T) {
	const asked = "https://www.virustotal.com/api/v3/users/somebody/overall_quotas"
	named := map[string]any{"user": "somebody"}
	cortextest.Probe(t, Analyzer, map[string]cortextest.Probed{
		"quota told": {Config: named, Says: "takes the key; 7 of 500 requests of today are used",
			Exchanges: cortextest.Answers("GET", asked, 200, `{"data":{"api_requests_daily":{"user":{"used":7,"allowed":500}}}}`)},
		"key refused": {Config: named, Error: "check the key", Exchanges: cortextest.Answers("GET", asked, 401, `{"error":{"code":"WrongCredentialsError","message":"Wrong API key"}}`)},
		"user unknown": {Says: "reached www.virustotal.com; the key was not tried, as a lookup would cost one of its quota: with user set it is",
			Exchanges: cortextest.Answers("HEAD", "https://www.virustotal.com/", 200, "")},
	})
}
