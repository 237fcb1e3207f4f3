package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/cortexapi"
	"github.com/waggle-cti/waggle/shared/cortexapi/cortexapitest"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
)

// TestKilledAnywhereNothingIsAnalysedTwice kills feeders while Cortex fails,
// takes jobs without saying so, and works on them.
func TestKilledAnywhereNothingIsAnalysedTwice(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	slow := cortexapitest.Worker{Name: "Waggle_Example_1_0", DataTypes: []string{"url"}, Takes: 300 * time.Millisecond,
		Answer: func(in cortexapi.Input) cortexapitest.Outcome {
			return cortexapitest.Outcome{Taxonomies: []cortexapi.Taxonomy{{Level: "malicious", Namespace: "Example", Predicate: "Hit", Value: in.Data}}}
		}}
	quick := slow
	quick.Name, quick.DataTypes, quick.Takes = "Waggle_Other_1_0", []string{"hash"}, 0
	server := cortexapitest.Start(t, cortexapitest.Options{Workers: []cortexapitest.Worker{slow, quick}})
	server.Fail(lostRuns(rand.New(rand.NewPCG(seed, 1)), 25))
	hive := thehivetest.Start(t, thehivetest.Options{})
	place := newPlace(t, build(t), map[string][]document{"reports": bundled()["reports"][:16]}, hive.URL)
	file, err := os.OpenFile(filepath.Join(place.folder, "waggle.yaml"), os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = fmt.Fprintf(file, "cortex: {url: %q, key: %q, costs: {\"*\": free}, max_jobs: 8}\n", server.URL, cortexapitest.Key)
	require.NoError(t, err)
	require.NoError(t, file.Close())

	for range kills / 2 {
		place.kill(t, []string{"run", "once"}[random.IntN(2)], time.Duration(300+random.IntN(2500))*time.Millisecond)
		t.Logf("killed with %d jobs made", len(server.Jobs()))
	}
	server.Fail(lostRuns(rand.New(rand.NewPCG(seed, 2)), 5))
	require.Eventually(t, func() bool {
		place.feeder(t, "once", "--wait", "1m")
		return everyAnalysisIsDone(t, decoded[[]waggle.Story](t, place.feeder(t, "stories", "--json")))
	}, 2*time.Minute, time.Millisecond)

	asked := map[string]int{}
	for _, j := range server.Jobs() {
		asked[j.Worker+" "+j.Data]++
	}
	assert.NotEmpty(t, asked)
	for key, n := range asked {
		assert.Equal(t, 1, n, "%s is asked once", key)
	}
}

// lostRuns makes so many of a hundred requests for jobs fail. Most of them are
// handled and not answered: that is where a second job would come from.
func lostRuns(random *rand.Rand, percent int) func(*http.Request) cortexapitest.Fault {
	return func(r *http.Request) cortexapitest.Fault {
		if !strings.HasSuffix(r.URL.Path, "/run") || random.IntN(100) >= percent {
			return cortexapitest.Fault{}
		}
		return []cortexapitest.Fault{{Reset: true}, {Drop: true}, {Drop: true}, {Drop: true}}[random.IntN(4)]
	}
}

// everyAnalysisIsDone tells whether all of the stories' analyses are over, and
// wants each to have said what the analyzer did.
func everyAnalysisIsDone(t *testing.T, stories []waggle.Story) bool {
	t.Helper()
	done := 0
	for _, s := range stories {
		for _, i := range s.Indicators {
			for _, a := range i.Analyses {
				if !a.State.Over() {
					return false
				}
				assert.Equal(t, waggle.AnalysisDone, a.State, a.Note)
				if assert.Len(t, a.Taxonomies, 1) {
					assert.Equal(t, a.Value, a.Taxonomies[0].Value)
				}
				done++
			}
		}
	}
	assert.NotZero(t, done)
	return true
}
