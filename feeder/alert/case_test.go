package alert_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/alert"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// promoted raises the story as it began, and has it made a case.
func promoted(t *testing.T, server *thehivetest.Server, r *alert.Raiser) (grown waggle.Story, in string) {
	t.Helper()
	grown = story()
	grown.Alert = deliver(t, r, began())
	in = server.Import(grown.Alert.ID)
	require.Len(t, server.Observables(in), 4)
	return grown, in
}

// look is an observable without what TheHive gives it.
func look(o thehive.Observable) thehive.Observable {
	o.ID = ""
	return o
}

func TestWhatAStoryGainsComesToTheCase(t *testing.T) {
	onHives(t, func(t *testing.T, server *thehivetest.Server, client *thehive.Client) {
		r := alert.New(client, alert.Options{Now: noon})
		s, in := promoted(t, server, r)
		s = judged(s, waggle.Malicious)
		s.Alert = deliver(t, r, s)
		assert.Empty(t, s.Alert.Error)
		held, raised := server.Observables(in), server.Observables(s.Alert.ID)
		require.Len(t, held, 5)
		assert.Equal(t, "203.0.113.7", held[4].Data)
		assert.Equal(t, look(raised[4]), look(held[4]), "as the alert has it")

		require.NoError(t, client.UpdateObservable(t.Context(), held[4].ID, thehive.ObservablePatch{Tags: append(held[4].Tags, "ours")}))
		s.Revision++
		deliver(t, r, s)
		held = server.Observables(in)
		require.Len(t, held, 5)
		assert.Contains(t, held[4].Tags, "ours")
	})
}

func TestTheFileWithFurtherValuesFollowsIntoTheCase(t *testing.T) {
	onHives(t, func(t *testing.T, server *thehivetest.Server, client *thehive.Client) {
		r := alert.New(client, alert.Options{Now: noon})
		s := story()
		for i := range alert.MaxObservables {
			s.Indicators = append(s.Indicators, value(ioc.Domain, fmt.Sprintf("h%d.evil.example.net", i), 2, "b"))
		}
		s.Alert = deliver(t, r, s)
		in := server.Import(s.Alert.ID)
		s.Revision++
		s.Indicators = append(s.Indicators, value(ioc.Domain, "late.evil.example.net", s.Revision, "b"))
		s.Alert = deliver(t, r, s)
		assert.Empty(t, s.Alert.Error)
		for _, id := range []string{s.Alert.ID, in} {
			files := server.Files(id)
			require.Len(t, files, 1)
			assert.Contains(t, string(files[0]), "late.evil.example.net")
		}
		assert.Len(t, server.Observables(in), alert.MaxObservables+1)
	})
}

// TestACaseIsLeftAlone: the alert has what is new, and the story waits for nothing.
func TestACaseIsLeftAlone(t *testing.T) {
	for name, c := range map[string]struct {
		options alert.Options
		before  func(*thehivetest.Server, string)
		says    string
	}{
		"closed":                      {alert.Options{}, func(s *thehivetest.Server, in string) { s.CloseCase(in, "TruePositive") }, "its case 1 is closed"},
		"not ours to see, or deleted": {alert.Options{}, func(s *thehivetest.Server, in string) { s.TakeCase(in) }, ""},
		"that is wanted":              {alert.Options{LeaveCases: true}, func(*thehivetest.Server, string) {}, ""},
		"the key may not": {alert.Options{}, func(s *thehivetest.Server, _ string) {
			s.Fail(additions(thehivetest.Fault{Status: http.StatusForbidden}))
		}, "what came in since is not in its case: TheHive: auth (403)"},
		"it refuses": {alert.Options{}, func(s *thehivetest.Server, _ string) {
			s.Fail(additions(thehivetest.Fault{Status: http.StatusBadRequest}))
		}, "what came in since is not in its case: TheHive: bad input (400)"},
	} {
		t.Run(name, func(t *testing.T) {
			onHives(t, func(t *testing.T, server *thehivetest.Server, client *thehive.Client) {
				c.options.Now = noon
				r := alert.New(client, c.options)
				s, in := promoted(t, server, r)
				c.before(server, in)
				s.Alert = deliver(t, r, s)
				assert.Equal(t, s.Revision, s.Alert.Revision)
				assert.Contains(t, s.Alert.Error, c.says)
				assert.Equal(t, c.says == "", s.Alert.Error == "")
				assert.NotContains(t, s.Alert.Error, thehivetest.Key)
				assert.LessOrEqual(t, len(server.Observables(in)), 4)
				assert.Len(t, server.Observables(s.Alert.ID), 5)
			})
		})
	}
}

// additions makes what adds observables to cases fail.
func additions(f thehivetest.Fault) func(*http.Request) thehivetest.Fault {
	return func(r *http.Request) thehivetest.Fault {
		if r.Method == http.MethodPost && strings.Contains(r.URL.Path, "/case/~") {
			return f
		}
		return thehivetest.Fault{}
	}
}

func TestAClosedCaseIsNotMarked(t *testing.T) {
	onHives(t, func(t *testing.T, server *thehivetest.Server, client *thehive.Client) {
		r := alert.New(client, alert.Options{Now: noon})
		s, in := promoted(t, server, r)
		server.CloseCase(in, "FalsePositive")
		before := server.Cases()
		deliver(t, r, judged(s, waggle.Malicious))
		assert.Equal(t, before, server.Cases())
		for _, o := range server.Observables(in) {
			assert.NotContains(t, o.Tags, "waggle:verdict=malicious")
		}
	})
}

// TestALostAnswerAddsNothingTwice: the case takes the values, the answer is
// lost, and the story is delivered again.
func TestALostAnswerAddsNothingTwice(t *testing.T) {
	onHives(t, func(t *testing.T, server *thehivetest.Server, client *thehive.Client) {
		r := alert.New(client, alert.Options{Now: noon})
		s, in := promoted(t, server, r)
		server.Fail(additions(thehivetest.Fault{Drop: true}))
		_, err := r.Deliver(t.Context(), s)
		require.ErrorIs(t, err, upstream.Network)
		server.Fail(nil)
		d, err := r.Deliver(t.Context(), s)
		require.NoError(t, err)
		assert.Empty(t, d.Error)
		assert.Len(t, server.Observables(in), 5)
	})
}

// TestAValueTakenOutOfTheCaseStaysOut: an analyst's decision.
func TestAValueTakenOutOfTheCaseStaysOut(t *testing.T) {
	onHives(t, func(t *testing.T, server *thehivetest.Server, client *thehive.Client) {
		r := alert.New(client, alert.Options{Now: noon})
		s, in := promoted(t, server, r)
		s.Alert = deliver(t, r, s)
		server.Forget(server.Observables(in)[4].ID)
		s = judged(s, waggle.Suspicious)
		deliver(t, r, s)
		assert.Len(t, server.Observables(in), 4)
	})
}

// TestTheVerdictIsAFieldOfTheCase whenever the alert became one.
func TestTheVerdictIsAFieldOfTheCase(t *testing.T) {
	set := func(field any, tags ...string) func(*testing.T, *thehive.Client, string) {
		return func(t *testing.T, c *thehive.Client, in string) {
			t.Helper()
			require.NoError(t, c.UpdateCase(t.Context(), in, thehive.CasePatch{Tags: tags, Fields: map[string]any{"waggle-verdict": field}}))
		}
	}
	for name, c := range map[string]struct {
		first   waggle.Level // before it became a case; none if empty
		analyst func(*testing.T, *thehive.Client, string)
		then    waggle.Level
		want    string
		tag     string
	}{
		"promoted before any verdict":              {then: waggle.Malicious, want: "malicious", tag: "waggle:verdict=malicious"},
		"promoted before this verdict":             {first: waggle.Info, then: waggle.Malicious, want: "malicious", tag: "waggle:verdict=malicious"},
		"known for worse":                          {first: waggle.Malicious, then: waggle.Safe, want: "malicious", tag: "waggle:verdict=malicious"},
		"changed by an analyst":                    {first: waggle.Info, analyst: set("harmless, we looked", "waggle:verdict=info"), then: waggle.Malicious, want: "harmless, we looked", tag: "waggle:verdict=malicious"},
		"of two alerts that were merged":           {analyst: set("safe", "waggle:verdict=safe", "waggle:verdict=suspicious"), then: waggle.Info, want: "suspicious", tag: "waggle:verdict=suspicious"},
		"an analyst's, where there was no verdict": {analyst: set("looks bad", "ours"), then: waggle.Safe, want: "looks bad", tag: "waggle:verdict=safe"},
	} {
		t.Run(name, func(t *testing.T) {
			onHives(t, func(t *testing.T, server *thehivetest.Server, client *thehive.Client) {
				r := alert.New(client, alert.Options{Now: noon})
				s := story()
				if c.first != "" {
					s = judged(s, c.first)
				}
				s.Alert = deliver(t, r, s)
				in := server.Import(s.Alert.ID)
				if c.analyst != nil {
					c.analyst(t, client, in)
				}
				deliver(t, r, judged(s, c.then))
				held := server.Cases()[0]
				assert.Equal(t, c.want, held.Fields["waggle-verdict"])
				verdicts := slices.DeleteFunc(held.Tags, func(tag string) bool { return !strings.HasPrefix(tag, "waggle:verdict=") })
				assert.Equal(t, []string{c.tag}, verdicts)
			})
		})
	}
}
