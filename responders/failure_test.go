package main

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/fakeserver"
)

// faults are what may go wrong with a request. What MISP means by 403 stands in
// the answer; the sentences are MISP's.
func faults(ofMISP bool) map[string]fakeserver.Fault {
	if !ofMISP {
		return map[string]fakeserver.Fault{"500": {Status: http.StatusInternalServerError}, "connection reset": {Reset: true}, "answer lost": {Drop: true}}
	}
	refusal := func(text string) fakeserver.Fault {
		return fakeserver.Fault{Status: http.StatusForbidden, Body: map[string]any{"name": text, "message": text, "url": "/x"}}
	}
	out := faults(false)
	maps.Copy(out, map[string]fakeserver.Fault{
		"403 authentication": refusal("Authentication failed. Please make sure you pass the API key of an API enabled user along in the Authorization header."),
		"403 permission":     refusal("You do not have permission to use this functionality."),
		"403 validation": {Status: http.StatusForbidden, Body: map[string]any{"saved": false, "name": "Could not add Event",
			"errors": map[string]any{"Event": map[string]any{"info": []string{"valueNotEmpty"}}}}},
		"403 duplicate": {Status: http.StatusForbidden, Body: map[string]any{"saved": false, "name": "Could not add Attribute",
			"errors": map[string]any{"value": []string{"A similar attribute already exists for this event."}}}},
	})
	return out
}

// failAt makes the request of that number fail, whichever server it goes to, and
// gives the counter of all.
func (w *world) failAt(number int64, fault fakeserver.Fault) *atomic.Int64 {
	count := &atomic.Int64{}
	choose := func(*http.Request) fakeserver.Fault {
		if count.Add(1) == number {
			return fault
		}
		return fakeserver.Fault{}
	}
	w.hive.Fail(choose)
	w.misp.Fail(choose)
	w.feeder.Fail(choose)
	w.channel.Fail(choose)
	return count
}

// TestRunAgainAfterAFailure breaks each request of each responder in each way,
// and runs the responder again: then all is as if nothing had gone wrong.
func TestRunAgainAfterAFailure(t *testing.T) {
	for _, worker := range workers() {
		for _, dataType := range []string{"thehive:case", "thehive:case_artifact"} {
			whole := newWorld(t)
			asked := whole.failAt(0, fakeserver.Fault{})
			require.True(t, whole.run(t, worker, dataType, whole.own(t, dataType)).Get("success").Bool())
			for name, fault := range faults(worker.Service.Name == "MISP") {
				for number := range asked.Load() {
					t.Run(fmt.Sprintf("%s on %s, %s at request %d", worker.Command(), dataType, name, number+1), func(t *testing.T) {
						t.Parallel() // most of the time passes between tries
						newWorld(t).broken(t, worker, dataType, number+1, fault, whole)
					})
				}
			}
		}
	}
}

// broken runs a responder with one request broken, and again.
func (w *world) broken(t *testing.T, worker *cortex.Worker, dataType string, number int64, fault fakeserver.Fault, whole *world) {
	object := w.own(t, dataType)
	w.failAt(number, fault)
	first := w.run(t, worker, dataType, object)
	if first.Get("success").Bool() {
		operate(t, dataType, object, first.Get("operations").Array())
	} else {
		assert.NotEmpty(t, first.Get("errorMessage").String())
	}
	w.failAt(0, fakeserver.Fault{})
	second := w.run(t, worker, dataType, object)
	require.True(t, second.Get("success").Bool(), "%s", second)
	got, gotLines := w.gist()
	if fault.Drop && worker.Name == "Waggle_Notify" && got.Messages == 2 {
		got.Messages-- // the chat took it, and nobody can know
	}
	want, wantLines := whole.gist()
	assert.Equal(t, want, got, "after %s", first)
	assert.Equal(t, wantLines, gotLines, "after %s", first)
}

// gist is the state without what differs from one world to the next.
func (w *world) gist() (state, []string) {
	s := w.state()
	var lines []string
	for _, e := range s.Events {
		lines = append(lines, e.Info)
		attributes := e.Attributes
		for _, o := range e.Objects {
			lines = append(lines, o.Name)
			attributes = append(attributes, o.Attributes...)
		}
		for _, a := range attributes {
			lines = append(lines, strings.ReplaceAll(fmt.Sprintf("%s %s %v %s", a.Type, a.Value, a.ToIDS, a.Comment), w.hive.URL, "TheHive"))
		}
		lines = append(lines, e.Tags...)
	}
	slices.Sort(lines)
	s.Events = nil
	return s, lines
}
