package thehive_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
	"github.com/waggle-cti/waggle/shared/upstream"
)

func TestCreateAlert(t *testing.T) {
	onEach(t, func(t *testing.T, server *thehivetest.Server, c *thehive.Client) {
		created, err := c.CreateAlert(context.Background(), story())
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

func TestCreateAlertAgain(t *testing.T) {
	onEach(t, func(t *testing.T, server *thehivetest.Server, c *thehive.Client) {
		first := raised(t, c)
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

func TestCreateAlertWithMore(t *testing.T) {
	onEach(t, func(t *testing.T, server *thehivetest.Server, c *thehive.Client) {
		a := story()
		a.Observables = append(many(450), many(10)...) // some twice
		created, err := c.CreateAlert(context.Background(), a)
		require.NoError(t, err)
		assert.Empty(t, created.Failures)
		assert.Len(t, server.Observables(created.ID), 450)
		adds := server.Count(http.MethodPost, "/api/alert/*/artifact") + server.Count(http.MethodPost, "/api/v1/alert/*/observable")
		assert.Equal(t, 3, adds, "200 with the alert, then lists of 100")
	})
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

func TestFindAlert(t *testing.T) {
	onEach(t, func(t *testing.T, server *thehivetest.Server, c *thehive.Client) {
		_, ok, err := c.FindAlert(context.Background(), "waggle", "Example Blog", "0123456789abcdef")
		require.NoError(t, err)
		assert.False(t, ok)
		created := raised(t, c)
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
