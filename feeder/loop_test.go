package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/responders/mispevent"
	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
	"github.com/waggle-cti/waggle/shared/cortexapi"
	"github.com/waggle-cti/waggle/shared/cortexapi/cortexapitest"
	"github.com/waggle-cti/waggle/shared/misp/misptest"
	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
)

// TestFromPostToMISPWithNobodyClicking: a post comes in; its values are analysed,
// the verdict is in TheHive, and the rules have a MISP event and a case made.
// Meanwhile the feeder is killed at random moments, and TheHive, Cortex and MISP
// fail by turns. In the end everything is there, and nothing twice.
func TestFromPostToMISPWithNobodyClicking(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 3))
	l := newLoop(t, random)
	l.fail(20)
	for range kills / 2 {
		l.place.kill(t, []string{"run", "once"}[random.IntN(2)], time.Duration(300+random.IntN(2000))*time.Millisecond)
		t.Logf("killed with %d alerts, %d jobs, %d runs and %d events there", len(l.hive.Alerts()), len(l.cortex.Jobs()), l.hive.Runs(mispEvent), len(l.misp.Events()))
	}
	l.fail(0)
	l.complete(t)
}

const mispEvent = "Waggle_MISPEvent_1_0"

// loop is all that a team has: a TheHive with a Cortex behind it, a MISP, and a
// feeder with rules.
type loop struct {
	hive   *thehivetest.Server
	cortex *cortexapitest.Server
	misp   *misptest.Server
	place  place
	random *rand.Rand
	runs   atomic.Int64
}

// mostGuilty is how many of the reports the analyzer calls malicious.
const mostGuilty = 5

func newLoop(t *testing.T, random *rand.Rand) *loop {
	t.Helper()
	l := &loop{random: random, misp: misptest.Start(t, misptest.Options{})}
	l.hive = thehivetest.Start(t, thehivetest.Options{
		Fields:     map[string]string{"waggle-verdict": "string"},
		Responders: []thehive.Responder{{ID: "r1", Name: mispEvent, Cortexes: []string{"local"}}},
		Respond:    func(_, dataType string, object []byte) []byte { return l.respond(t, dataType, object) },
	})
	l.cortex = cortexapitest.Start(t, cortexapitest.Options{Workers: []cortexapitest.Worker{{
		Name: "Waggle_URLhaus_1_0", DataTypes: []string{"url", "domain", "fqdn", "hash"}, Cache: time.Hour, Answer: accuse,
	}}})
	l.place = newPlace(t, build(t), map[string][]document{"reports": bundled()["reports"][:12]}, l.hive.URL)
	add(t, filepath.Join(l.place.folder, "waggle.yaml"), fmt.Sprintf("profile: ./ours.yaml\ncortex: {url: %q, key: %q, cost: quota}\n", l.cortex.URL, cortexapitest.Key))
	add(t, filepath.Join(l.place.folder, "ours.yaml"), `
extends: small-business
name: ours
replace: [rules]
rules:
  respond:
    - {name: what is malicious, when: {verdict: malicious}, then: [misp, case]}
`)
	return l
}

// accuse is the analyzer: it knows the hosts of some reports.
func accuse(in cortexapi.Input) cortexapitest.Outcome {
	for n := range mostGuilty {
		if strings.Contains(in.Data, fmt.Sprintf("kq7-updates-%d.top", n)) {
			return cortexapitest.Outcome{Taxonomies: []cortexapi.Taxonomy{{Level: "malicious", Namespace: "URLhaus", Predicate: "Threat", Value: "malware_download"}}}
		}
	}
	return cortexapitest.Outcome{Taxonomies: []cortexapi.Taxonomy{{Level: "info", Namespace: "URLhaus", Predicate: "Listed", Value: "no"}}}
}

// respond runs our responder as Cortex does, and gives its report.
func (l *loop) respond(t *testing.T, dataType string, object []byte) []byte {
	l.runs.Add(1)
	folder := cortextest.NewFolder(t)
	input, err := json.Marshal(map[string]any{
		"dataType": dataType, "data": json.RawMessage(object), "tlp": gjson.GetBytes(object, "tlp").Int(), "pap": 2,
		"config": map[string]any{
			"misp_url": l.misp.URL, "misp_key": misptest.Key, "thehive_url": l.hive.URL, "thehive_key": thehivetest.Key,
		},
	})
	assert.NoError(t, err)
	cortextest.WriteInput(t, folder, "input.json", input)
	surroundings := cortex.Surroundings{Stderr: t.Output(), Getenv: func(string) string { return "" }}
	assert.NoError(t, mispevent.Responder.Run(t.Context(), folder, surroundings))
	report, err := os.ReadFile(filepath.Join(string(folder), "output", "output.json"))
	assert.NoError(t, err)
	return report
}

// fail makes so many of a hundred requests fail, of those that the feeder and the
// responder make to the three systems.
func (l *loop) fail(percent int) {
	for _, server := range []interface {
		Fail(func(*http.Request) thehivetest.Fault)
	}{l.hive, l.cortex, l.misp} {
		server.Fail(faults(rand.New(rand.NewPCG(l.random.Uint64(), 1)), percent))
	}
}

// complete lets the feeder finish, and looks at what came of it.
func (l *loop) complete(t *testing.T) {
	t.Helper()
	var stories []waggle.Story
	for range 10 { // what failed last is left for the next time
		l.place.feeder(t, "once", "--wait", "1m", "--json")
		l.hive.Settle()
		stories = decoded[[]waggle.Story](t, l.place.feeder(t, "stories", "--json"))
		if settled(stories) {
			break
		}
	}
	alerts := map[string]thehive.Alert{}
	for _, a := range l.hive.Alerts() {
		assert.NotContains(t, alerts, a.SourceRef, "one alert a story")
		alerts[a.SourceRef] = a
	}
	malicious := 0
	for _, s := range stories {
		require.NotNil(t, s.Verdict, s.Title)
		a := alerts[s.ID]
		assert.Contains(t, a.Tags, "waggle:verdict="+string(s.Verdict.Level))
		if s.Verdict.Level != waggle.Malicious {
			assert.Empty(t, s.Actions)
			assert.Empty(t, a.Case)
			continue
		}
		malicious++
		l.acted(t, s, a)
	}
	assert.Positive(t, malicious)
	assert.Less(t, malicious, len(stories), "and others are not")
	assert.Len(t, l.misp.Events(), malicious, "one event each")
	assert.Len(t, l.hive.Cases(), malicious, "one case each")
	t.Logf("%d stories, %d malicious, %d runs of the responder", len(stories), malicious, l.runs.Load())
}

// settled tells whether all that the rules demand is done.
func settled(stories []waggle.Story) bool {
	for _, s := range stories {
		for _, a := range s.Actions {
			if !a.State.Over() {
				return false
			}
		}
		if s.Verdict == nil || s.Alert.Revision < s.Revision {
			return false
		}
	}
	return true
}

// acted wants the actions of a malicious story to be done, and visible.
func (l *loop) acted(t *testing.T, s waggle.Story, a thehive.Alert) {
	t.Helper()
	require.Len(t, s.Actions, 2)
	for _, act := range s.Actions {
		assert.Equal(t, waggle.ActionDone, act.State, "%s: %s", act.Name, act.Error)
		assert.Equal(t, "what is malicious", act.Rule)
	}
	assert.NotEmpty(t, a.Case)
	assert.Equal(t, "malicious", a.Fields["waggle-verdict"])
	assert.Contains(t, a.Description, "### What the analyzers say")
	assert.True(t, strings.Contains(strings.Join(a.Tags, " "), "misp:event="), "the alert leads to its event")
	tagged := 0
	for _, o := range a.Observables {
		if strings.Contains(strings.Join(o.Tags, " "), "waggle:verdict=malicious") {
			tagged++
		}
	}
	assert.Positive(t, tagged)
}

// add appends to a file.
func add(t *testing.T, path, text string) {
	t.Helper()
	held, err := os.ReadFile(path)
	if !os.IsNotExist(err) {
		require.NoError(t, err)
	}
	require.NoError(t, os.WriteFile(path, append([]byte(text), held...), 0o600))
}
