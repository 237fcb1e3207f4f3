package respond_test

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/respond"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/misp"
	"github.com/waggle-cti/waggle/shared/misp/misptest"
	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
)

// place is a TheHive with the alert of the tests' story, and who acts on it.
type place struct {
	hive  *thehivetest.Server
	actor *respond.Actor
	story waggle.Story
	now   time.Time
	mails int
}

const mispEvent = "Waggle_MISPEvent_1_0"

func newPlace(t *testing.T, o thehivetest.Options) *place {
	t.Helper()
	p := &place{story: threat(), now: time.Now()}
	var seconds atomic.Int64 // runs are told apart by when they began, to the millisecond
	begun := p.now
	o.Now = func() time.Time { return begun.Add(time.Duration(seconds.Add(1)) * time.Second) }
	p.hive = thehivetest.Start(t, o)
	client, err := thehive.New(thehive.Options{URL: p.hive.URL, Key: thehivetest.Key, Settle: time.Millisecond})
	require.NoError(t, err)
	made, err := client.CreateAlert(t.Context(), thehive.Alert{Type: "waggle", Source: "blog", SourceRef: p.story.ID, Title: "Loader"})
	require.NoError(t, err)
	p.story.Alert.ID = made.ID
	p.actor = respond.New(respond.Options{TheHive: client, CaseTemplate: "Threat", Now: func() time.Time { return p.now },
		Mail: func(context.Context, waggle.Story) error { p.mails++; return nil }})
	return p
}

func (p *place) act(t *testing.T, a waggle.Action) (waggle.Action, error) {
	t.Helper()
	got, err := p.actor.Act(t.Context(), p.story, a)
	p.hive.Settle()
	return got, err
}

func wanted(name waggle.ActionName) waggle.Action {
	return waggle.Action{Name: name, State: waggle.ActionWanted}
}

func offer(names ...string) (all []thehive.Responder) {
	for _, name := range names {
		all = append(all, thehive.Responder{ID: "id of " + name, Name: name, Cortexes: []string{"local"}})
	}
	return all
}

func succeed(string, string, []byte) []byte {
	return []byte(`{"success":true,"full":{"message":"Made MISP event 7"},"operations":[{"type":"AddTagToAlert","tag":"misp:event=x"}]}`)
}

func TestMISPByTheResponder(t *testing.T) {
	p := newPlace(t, thehivetest.Options{Responders: offer("Waggle_MISPEventually_9_0", mispEvent, "Waggle_MISPEvent_0_10"), Respond: succeed})
	begun, err := p.act(t, wanted(waggle.ToMISP))
	require.NoError(t, err)
	assert.Equal(t, waggle.ActionRunning, begun.State)
	assert.NotEmpty(t, begun.Ref)
	for name, from := range map[string]waggle.Action{"as it goes": begun, "after a crash before that was kept": wanted(waggle.ToMISP)} {
		t.Run(name, func(t *testing.T) {
			done, err := p.act(t, from)
			require.NoError(t, err)
			assert.Equal(t, []any{waggle.ActionDone, begun.Ref, "Made MISP event 7"}, []any{done.State, done.Ref, done.Note})
		})
	}
	assert.Equal(t, 1, p.hive.Runs(mispEvent), "run once, and the newest version of it")
}

func TestAnswerOfTheBeginIsLost(t *testing.T) {
	p := newPlace(t, thehivetest.Options{Responders: offer(mispEvent), Respond: succeed})
	p.hive.Fail(func(r *http.Request) thehivetest.Fault { return thehivetest.Fault{Drop: r.Method == http.MethodPost} })
	lost, err := p.act(t, wanted(waggle.ToMISP))
	require.Error(t, err)
	p.hive.Fail(nil)
	done, err := p.act(t, lost)
	require.NoError(t, err)
	assert.Equal(t, waggle.ActionDone, done.State)
	assert.Equal(t, 1, p.hive.Runs(mispEvent))
}

// TestAnUpdateIsARunOfItsOwn: runs from before the story grew do not count, one
// whose begin was not heard of does.
func TestAnUpdateIsARunOfItsOwn(t *testing.T) {
	p := newPlace(t, thehivetest.Options{Responders: offer(mispEvent), Respond: succeed})
	first, err := p.act(t, wanted(waggle.ToMISP))
	require.NoError(t, err)
	first, err = p.act(t, first)
	require.NoError(t, err)
	require.Equal(t, waggle.ActionDone, first.State)

	grown := first
	grown.State, grown.Times, grown.At = waggle.ActionWanted, 1, p.now.Add(time.Hour)
	begun, err := p.act(t, grown)
	require.NoError(t, err)
	assert.Equal(t, waggle.ActionRunning, begun.State)
	assert.NotEqual(t, first.Ref, begun.Ref)
	assert.Equal(t, 2, p.hive.Runs(mispEvent))
	lost := grown
	lost.At = p.now.Add(-time.Hour) // as if the run had begun since
	for name, from := range map[string]waggle.Action{"as it goes": begun, "after a crash before that was kept": lost} {
		t.Run(name, func(t *testing.T) {
			done, err := p.act(t, from)
			require.NoError(t, err)
			assert.Equal(t, []any{waggle.ActionDone, begun.Ref}, []any{done.State, done.Ref})
		})
	}
	assert.Equal(t, 2, p.hive.Runs(mispEvent))
}

func TestAnUpdateWaitsForAnEarlierRun(t *testing.T) {
	p := newPlace(t, thehivetest.Options{Responders: offer(mispEvent)}) // whose runs never end
	first, err := p.act(t, wanted(waggle.ToMISP))
	require.NoError(t, err)
	first.State, first.Times, first.At = waggle.ActionWanted, 1, p.now.Add(time.Hour)
	a, err := p.act(t, first)
	require.ErrorContains(t, err, "an earlier run of "+mispEvent+" is still under way, job "+first.Ref)
	assert.Equal(t, waggle.ActionWanted, a.State)
	assert.Equal(t, 1, p.hive.Runs(mispEvent))
}

func TestAFailedRunIsToldAndRunAgain(t *testing.T) {
	tries := 0
	p := newPlace(t, thehivetest.Options{Responders: offer(mispEvent), Respond: func(string, string, []byte) []byte {
		if tries++; tries == 1 {
			return []byte(`{"success":false,"errorMessage":"MISP: no answer"}`)
		}
		return succeed("", "", nil)
	}})
	a, err := p.act(t, wanted(waggle.ToMISP))
	require.NoError(t, err)
	a, err = p.act(t, a)
	require.ErrorContains(t, err, "Waggle_MISPEvent_1_0 failed: MISP: no answer")
	assert.Equal(t, waggle.ActionWanted, a.State)
	a, err = p.act(t, a)
	require.NoError(t, err)
	assert.Equal(t, waggle.ActionRunning, a.State)
	a, err = p.act(t, a)
	require.NoError(t, err)
	assert.Equal(t, waggle.ActionDone, a.State)
	assert.Equal(t, 2, p.hive.Runs(mispEvent))
}

func TestARunThatNeverEndsIsToldAndNotDoubled(t *testing.T) {
	p := newPlace(t, thehivetest.Options{Responders: offer(mispEvent), Respond: func(string, string, []byte) []byte {
		return []byte(`{"success":true,"full":{},"operations":[{"type":"Unheard"}]}`)
	}})
	a, err := p.act(t, wanted(waggle.ToMISP))
	require.NoError(t, err)
	a, err = p.act(t, a)
	require.NoError(t, err)
	assert.Equal(t, []any{waggle.ActionRunning, ""}, []any{a.State, a.Error})
	p.now = p.now.Add(2 * time.Hour)
	a, err = p.act(t, a)
	require.NoError(t, err)
	assert.Equal(t, waggle.ActionRunning, a.State)
	assert.Contains(t, a.Error, "TheHive has been waiting for job "+a.Ref)
	assert.Equal(t, 1, p.hive.Runs(mispEvent))
}

func TestNoResponderIsOffered(t *testing.T) {
	p := newPlace(t, thehivetest.Options{Responders: offer("Other_1_0")})
	a, err := p.act(t, wanted(waggle.ToMISP))
	require.ErrorContains(t, err, "it offers no responder Waggle_MISPEvent for alerts")
	require.ErrorContains(t, err, "enable the responder in Cortex")
	assert.Equal(t, waggle.ActionWanted, a.State)
}

func TestCase(t *testing.T) {
	p := newPlace(t, thehivetest.Options{CaseTemplates: []string{"Threat"}})
	first, err := p.act(t, wanted(waggle.ToCase))
	require.NoError(t, err)
	assert.Equal(t, waggle.ActionDone, first.State)
	again, err := p.act(t, wanted(waggle.ToCase))
	require.NoError(t, err)
	assert.Equal(t, []any{waggle.ActionDone, first.Ref, "the alert is in case " + first.Ref}, []any{again.State, again.Ref, again.Note})
	assert.Len(t, p.hive.Cases(), 1)
}

func TestNotify(t *testing.T) {
	t.Run("by the responder", func(t *testing.T) {
		p := newPlace(t, thehivetest.Options{Responders: offer("Waggle_Notify_1_0"), Respond: succeed})
		a, err := p.act(t, wanted(waggle.ToNotify))
		require.NoError(t, err)
		_, err = p.act(t, a)
		require.NoError(t, err)
		assert.Equal(t, []any{1, 0}, []any{p.hive.Runs("Waggle_Notify_1_0"), p.mails})
	})
	t.Run("by mail where there is none", func(t *testing.T) {
		p := newPlace(t, thehivetest.Options{Responders: offer(mispEvent)})
		a, err := p.act(t, wanted(waggle.ToNotify))
		require.NoError(t, err)
		assert.Equal(t, []any{waggle.ActionDone, 1}, []any{a.State, p.mails})
	})
	t.Run("a mail that fails", func(t *testing.T) {
		a, err := respond.New(respond.Options{Mail: func(context.Context, waggle.Story) error { return errors.New("no answer") }}).
			Act(t.Context(), threat(), wanted(waggle.ToNotify))
		require.Error(t, err)
		assert.Equal(t, waggle.ActionWanted, a.State)
	})
}

func TestRefusedForGood(t *testing.T) {
	p := newPlace(t, thehivetest.Options{Responders: offer(mispEvent)})
	digest := threat()
	digest.ID, digest.Alert.ID = "another", p.story.Alert.ID
	gone, red := threat(), threat()
	gone.Alert.ID, red.TLP = "", 4
	alone := respond.New(respond.Options{MISP: nobody{}, Mail: func(context.Context, waggle.Story) error { return errors.New("asked") }})
	for name, c := range map[string]struct {
		actor *respond.Actor
		story waggle.Story
		name  waggle.ActionName
		want  string
	}{
		"nothing to do it with":  {respond.New(respond.Options{}), threat(), waggle.ToMISP, "nothing is configured that could do it"},
		"a case without TheHive": {alone, threat(), waggle.ToCase, "nothing is configured that could do it"},
		"unknown":                {alone, threat(), "explode", "nothing is configured that could do it"},
		"RED to MISP":            {alone, red, waggle.ToMISP, "its TLP is above AMBER, so it goes to no other system by itself"},
		"RED by mail":            {alone, red, waggle.ToNotify, "its TLP is above AMBER, and a mail is read by others on its way"},
		"no alert":               {p.actor, gone, waggle.ToCase, "the story has no alert in TheHive"},
		"a story in a digest":    {p.actor, digest, waggle.ToCase, "the story is in the day's digest and has no alert of its own"},
	} {
		t.Run(name, func(t *testing.T) {
			a, err := c.actor.Act(t.Context(), c.story, wanted(c.name))
			require.NoError(t, err)
			assert.Equal(t, []any{waggle.ActionRefused, c.want}, []any{a.State, a.Error})
		})
	}
	assert.Empty(t, p.hive.Cases())
}

// nobody is a MISP that must not be asked.
type nobody struct{}

func (nobody) PutDraft(context.Context, misp.Draft, misp.Policy) (misp.Result, error) {
	return misp.Result{}, errors.New("asked")
}

func TestMISPWithoutTheHive(t *testing.T) {
	server := misptest.Start(t, misptest.Options{})
	client, err := misp.New(misp.Options{URL: server.URL, Key: misptest.Key})
	require.NoError(t, err)
	actor := respond.New(respond.Options{MISP: client})
	s := threat()
	s.Indicators = append(s.Indicators, s.Indicators[0])
	s.Posts = []waggle.Member{{Title: "Loader spreads", URL: "https://blog.example/loader"}}
	s.Indicators[2].Value, s.Indicators[2].Verdict = "good.example", &waggle.Verdict{Level: waggle.Safe, Why: "All say safe."}
	for range 2 { // the second time as after a crash
		a, err := actor.Act(t.Context(), s, wanted(waggle.ToMISP))
		require.NoError(t, err)
		assert.Equal(t, waggle.ActionDone, a.State)
		assert.Contains(t, a.Note, "holds 4 attributes")
	}
	require.Len(t, server.Events(), 1)
	e := server.Events()[0]
	assert.Equal(t, []any{"Loader spreads", misp.High, misp.OrganisationOnly}, []any{e.Info, e.ThreatLevel, e.Distribution})
	detect := map[string]bool{}
	for _, a := range e.Attributes {
		detect[a.Value] = a.ToIDS
	}
	assert.Equal(t, map[string]bool{"bad.example": true, "CVE-2026-91234": false, "good.example": false, "https://blog.example/loader": false}, detect)
}

func TestPossible(t *testing.T) {
	r := rules(t, "rules: {respond: [{when: {kev: true}, then: [misp, case, notify]}, {when: {score: \">0\"}, then: [case]}]}")
	got := r.Possible(respond.New(respond.Options{MISP: nobody{}}).Can).Demand(threat())
	require.Len(t, got, 1)
	assert.Equal(t, waggle.ToMISP, got[0].Name)
}
