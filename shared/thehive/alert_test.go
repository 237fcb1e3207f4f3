package thehive_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
	"github.com/waggle-cti/waggle/shared/upstream"
)

func story() thehive.Alert {
	return thehive.Alert{
		Type: "waggle", Source: "Example Blog", SourceRef: "0123456789abcdef", Title: "Loader seen", Description: "**Text** <b>&amp;",
		ExternalLink: "https://blog.example.com/1", Severity: 3, TLP: 1, PAP: 2, Date: time.UnixMilli(1790000000123).UTC(), Tags: []string{"waggle", "tlp:green"},
		Observables: []thehive.Observable{
			{DataType: "domain", Data: "c2.example.net", Message: "c2[.]example[.]net", TLP: 1, Tags: []string{"c2"}, IOC: true},
			{DataType: "ip", Data: "203.0.113.7", TLP: 1, IOC: true},
			{DataType: "ip", Data: "203.0.113.8", TLP: 1, IOC: true},
		},
	}
}

// many makes n observables with one look.
func many(n int) []thehive.Observable {
	var out []thehive.Observable
	for i := range n {
		out = append(out, thehive.Observable{DataType: "domain", Data: fmt.Sprintf("h%d.example.net", i), TLP: 2})
	}
	return out
}

func TestCreateAlert(t *testing.T) {
	for name, version := range versions() {
		t.Run(name, func(t *testing.T) {
			server := thehivetest.Start(t, thehivetest.Options{Version: version})
			created, err := client(t, server.URL).CreateAlert(context.Background(), story())
			require.NoError(t, err)
			require.Len(t, server.Alerts(), 1)
			held := server.Alerts()[0]
			assert.Equal(t, thehive.CreatedAlert{ID: held.ID}, created)
			for i := range held.Observables {
				held.Observables[i].ID = ""
			}
			want := story()
			held.ID, held.Status, held.Created = "", "", time.Time{}
			assert.Equal(t, want, withoutNil(held))
		})
	}
}

// withoutNil makes empty lists of tags nil, which no reader tells apart.
func withoutNil(a thehive.Alert) thehive.Alert {
	for i, o := range a.Observables {
		if len(o.Tags) == 0 {
			a.Observables[i].Tags = nil
		}
	}
	return a
}

func TestCreateAlertAgain(t *testing.T) {
	for name, version := range versions() {
		t.Run(name, func(t *testing.T) {
			server := thehivetest.Start(t, thehivetest.Options{Version: version})
			c := client(t, server.URL)
			first, err := c.CreateAlert(context.Background(), story())
			require.NoError(t, err)
			grown := story()
			grown.Title = "another title"
			grown.Observables = append(grown.Observables, thehive.Observable{DataType: "url", Data: "http://c2.example.net/x", TLP: 1})
			second, err := c.CreateAlert(context.Background(), grown)
			require.NoError(t, err)
			assert.Equal(t, thehive.CreatedAlert{ID: first.ID, Existed: true}, second)
			require.Len(t, server.Alerts(), 1)
			assert.Equal(t, "Loader seen", server.Alerts()[0].Title, "what is there stays")
			assert.Len(t, server.Observables(first.ID), 4, "what is missing is added")
		})
	}
}

func TestCreateAlertWithMore(t *testing.T) {
	for name, version := range versions() {
		t.Run(name, func(t *testing.T) {
			server := thehivetest.Start(t, thehivetest.Options{Version: version})
			a := story()
			a.Observables = append(many(450), many(10)...) // some twice
			created, err := client(t, server.URL).CreateAlert(context.Background(), a)
			require.NoError(t, err)
			assert.Empty(t, created.Failures)
			assert.Len(t, server.Observables(created.ID), 450)
			adds := server.Count(http.MethodPost, "/api/alert/*/artifact") + server.Count(http.MethodPost, "/api/v1/alert/*/observable")
			assert.Equal(t, 3, adds, "200 with the alert, then lists of 100")
		})
	}
}

func TestCreateAlertKeepsToTheLimitOfTheBody(t *testing.T) {
	server := thehivetest.Start(t, thehivetest.Options{})
	a := story()
	a.Description = strings.Repeat("<é\"\n", 400_000)
	for i := range 150 {
		a.Observables = append(a.Observables, thehive.Observable{DataType: "url", Data: fmt.Sprintf("http://%d.example.net/%s", i, strings.Repeat("a", 3000)), TLP: 2})
	}
	created, err := client(t, server.URL).CreateAlert(context.Background(), a)
	require.NoError(t, err)
	assert.Len(t, server.Observables(created.ID), 153)
	assert.True(t, strings.HasSuffix(server.Alerts()[0].Description, "…"))
	for _, r := range server.Requests() {
		assert.LessOrEqual(t, len(r.Body), 256_000)
	}
}

func TestCreateAlertMendsText(t *testing.T) {
	server := thehivetest.Start(t, thehivetest.Options{})
	c := client(t, server.URL)
	a := story()
	a.Title = " a\x00title\nin two lines " + strings.Repeat("ü", 600)
	a.Source = strings.Repeat("s", 40)
	a.SourceRef = "one;two/three " + strings.Repeat("r", 200)
	a.Tags = []string{"", "twice", "twice", strings.Repeat("t", 200)}
	_, err := c.CreateAlert(context.Background(), a)
	require.NoError(t, err)
	held := server.Alerts()[0]
	assert.Equal(t, 512, len([]rune(held.Title)))
	assert.True(t, strings.HasPrefix(held.Title, "a title in two lines ü"), held.Title)
	assert.Equal(t, 32, len(held.Source))
	assert.Equal(t, 128, len(held.SourceRef))
	assert.NotContains(t, held.SourceRef, ";")
	assert.Equal(t, []string{"twice", strings.Repeat("t", 127) + "…"}, held.Tags)

	found, ok, err := c.FindAlert(context.Background(), a.Type, a.Source, a.SourceRef)
	require.NoError(t, err)
	require.True(t, ok)
	assert.Equal(t, held.ID, found.ID)

	a.SourceRef += "s" // differs beyond what TheHive takes
	created, err := c.CreateAlert(context.Background(), a)
	require.NoError(t, err)
	assert.False(t, created.Existed)
}

func TestCreateAlertRefusesWhatCannotBeMended(t *testing.T) {
	for name, spoil := range map[string]func(*thehive.Alert){
		"no type":      func(a *thehive.Alert) { a.Type = " " },
		"no source":    func(a *thehive.Alert) { a.Source = "" },
		"no reference": func(a *thehive.Alert) { a.SourceRef = "" },
		"no title":     func(a *thehive.Alert) { a.Title = "\x00" },
		"severity 9":   func(a *thehive.Alert) { a.Severity = 9 },
		"TLP 9":        func(a *thehive.Alert) { a.TLP = 9 },
		"TLP -1":       func(a *thehive.Alert) { a.TLP = -1 },
		"PAP 7":        func(a *thehive.Alert) { a.PAP = 7 },
	} {
		t.Run(name, func(t *testing.T) {
			server := thehivetest.Start(t, thehivetest.Options{})
			a := story()
			spoil(&a)
			_, err := client(t, server.URL).CreateAlert(context.Background(), a)
			assert.Equal(t, upstream.BadInput, upstream.ReasonOf(err))
			assert.Empty(t, server.Requests())
		})
	}
}

func TestTLPOfTheVersion(t *testing.T) {
	for version, want := range map[string]int{"4.1.24-1": 3, "5.7.3-1": 4} {
		t.Run(version, func(t *testing.T) {
			server := thehivetest.Start(t, thehivetest.Options{Version: version})
			a := story()
			a.TLP, a.Observables[0].TLP = 4, 4
			_, err := client(t, server.URL).CreateAlert(context.Background(), a)
			require.NoError(t, err)
			assert.Equal(t, want, server.Alerts()[0].TLP)
			assert.Equal(t, want, server.Alerts()[0].Observables[0].TLP)
		})
	}
}

// TestCreateAlertAfterAFault does what a caller does who never learns what
// became of a create: it calls again until it does. Every kind of request meets
// the fault once; "client left" is a time-out, after which TheHive goes on.
func TestCreateAlertAfterAFault(t *testing.T) {
	for version, number := range versions() {
		for name, fault := range map[string]thehivetest.Fault{
			"500":         {Status: 500},
			"504":         {Status: 504},
			"429":         {Status: 429},
			"reset":       {Reset: true},
			"answer lost": {Drop: true},
			"client left": {Delay: time.Hour},
		} {
			t.Run(version+"/"+name, func(t *testing.T) {
				server := thehivetest.Start(t, thehivetest.Options{Version: number})
				var mu sync.Mutex
				seen := map[string]bool{}
				leave := func() {}
				server.Fail(func(r *http.Request) thehivetest.Fault {
					mu.Lock()
					defer mu.Unlock()
					kind := r.Method + " " + strings.SplitN(r.URL.Path, "~", 2)[0]
					if seen[kind] {
						return thehivetest.Fault{}
					}
					seen[kind] = true
					if fault.Delay > 0 {
						leave()
					}
					return fault
				})
				c := client(t, server.URL)
				a := story()
				a.Observables = append(a.Observables, many(300)...)
				var created thehive.CreatedAlert
				var err error
				for range 20 {
					ctx, cancel := context.WithCancel(t.Context())
					mu.Lock()
					leave = cancel
					mu.Unlock()
					created, err = c.CreateAlert(ctx, a)
					left := ctx.Err() != nil
					cancel()
					if err == nil {
						break
					}
					require.True(t, left || upstream.Temporary(err), err)
				}
				require.NoError(t, err)
				require.Len(t, server.Alerts(), 1)
				assert.Equal(t, server.Alerts()[0].ID, created.ID)
				assert.Len(t, server.Observables(created.ID), 303)
			})
		}
	}
}

func TestCreateAlertInOneCallIfOnlyTheAnswerWasLost(t *testing.T) {
	server := thehivetest.Start(t, thehivetest.Options{})
	server.Fail(func(r *http.Request) thehivetest.Fault {
		return thehivetest.Fault{Drop: r.Method == http.MethodPost}
	})
	a := story()
	a.Observables = nil
	created, err := client(t, server.URL).CreateAlert(context.Background(), a)
	require.NoError(t, err)
	assert.True(t, created.Existed)
	assert.Equal(t, 1, server.Count(http.MethodPost, "/api/alert"))
}

// TestCreateAlertAtOnce: TheHive would make as many alerts as there are
// requests under way.
func TestCreateAlertAtOnce(t *testing.T) {
	server := thehivetest.Start(t, thehivetest.Options{Slow: 5 * time.Millisecond})
	c := client(t, server.URL)
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			_, err := c.CreateAlert(context.Background(), story())
			assert.NoError(t, err)
		})
	}
	wg.Wait()
	assert.Len(t, server.Alerts(), 1)
}

func TestFindAlert(t *testing.T) {
	for name, version := range versions() {
		t.Run(name, func(t *testing.T) {
			server := thehivetest.Start(t, thehivetest.Options{Version: version})
			c := client(t, server.URL)
			_, ok, err := c.FindAlert(context.Background(), "waggle", "Example Blog", "0123456789abcdef")
			require.NoError(t, err)
			assert.False(t, ok)
			created, err := c.CreateAlert(context.Background(), story())
			require.NoError(t, err)
			found, ok, err := c.FindAlert(context.Background(), "waggle", "Example Blog", "0123456789abcdef")
			require.NoError(t, err)
			require.True(t, ok)
			read, err := c.Alert(context.Background(), created.ID)
			require.NoError(t, err)
			assert.Equal(t, read, found)
			want := server.Alerts()[0]
			want.Observables = nil
			assert.Equal(t, want, found)
			_, err = c.Alert(context.Background(), "~404")
			assert.Equal(t, upstream.NotFound, upstream.ReasonOf(err))
		})
	}
}

func TestUpdateAlert(t *testing.T) {
	for name, version := range versions() {
		t.Run(name, func(t *testing.T) {
			server := thehivetest.Start(t, thehivetest.Options{Version: version})
			c := client(t, server.URL)
			created, err := c.CreateAlert(context.Background(), story())
			require.NoError(t, err)
			title, text, severity, tlp := "New\x00 title", "line\nline", 4, 4
			require.NoError(t, c.UpdateAlert(context.Background(), created.ID, thehive.AlertPatch{Title: &title, Description: &text, Severity: &severity,
				TLP: &tlp, Tags: []string{"a", "", "b", "a"}}))
			held := server.Alerts()[0]
			assert.Equal(t, "New  title", held.Title)
			assert.Equal(t, text, held.Description)
			assert.Equal(t, 4, held.Severity)
			assert.Equal(t, []string{"a", "b"}, held.Tags)
			assert.Equal(t, 2, held.PAP, "what the patch does not name stays")
			before := len(server.Requests())
			require.NoError(t, c.UpdateAlert(context.Background(), created.ID, thehive.AlertPatch{}))
			assert.Len(t, server.Requests(), before, "nothing to change, nothing to send")
			severity = 5
			err = c.UpdateAlert(context.Background(), created.ID, thehive.AlertPatch{Severity: &severity})
			assert.Equal(t, upstream.BadInput, upstream.ReasonOf(err))
			severity = 2
			err = c.UpdateAlert(context.Background(), "~404", thehive.AlertPatch{Severity: &severity})
			assert.Equal(t, upstream.NotFound, upstream.ReasonOf(err))
		})
	}
}
