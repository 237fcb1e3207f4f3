package thehive_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
	"github.com/waggle-cti/waggle/shared/upstream"
)

func TestAddAlertObservables(t *testing.T) {
	for name, version := range versions() {
		t.Run(name, func(t *testing.T) {
			server := thehivetest.Start(t, thehivetest.Options{Version: version})
			c := client(t, server.URL)
			created, err := c.CreateAlert(context.Background(), story())
			require.NoError(t, err)
			added, existed, failures, err := c.AddAlertObservables(context.Background(), created.ID, []thehive.Observable{
				{DataType: "ip", Data: "203.0.113.7", TLP: 1, IOC: true}, // there
				{DataType: "ip", Data: " 203.0.113.9 ", TLP: 1, IOC: true},
				{DataType: "ip", Data: "203.0.113.9", TLP: 1, IOC: true}, // twice
				{DataType: "cve", Data: "CVE-2026-12345"},                // no type of this TheHive
				{DataType: "url", Data: "http://c2.example.net/" + strings.Repeat("x", 5000)},
				{DataType: "domain", Data: "  "},
				{DataType: "file", Data: "a.txt;text/plain;aGVsbG8="},
				{DataType: "other", Data: strings.Repeat("y", thehive.MaxData+1)},
				{DataType: "ip", Data: "203.0.113.10", TLP: 8},
			})
			require.NoError(t, err)
			assert.Equal(t, 3, added)
			assert.Equal(t, 1, existed)
			var reasons []string
			for _, f := range failures {
				reasons = append(reasons, f.Observable.DataType+": "+f.Reason)
			}
			assert.Equal(t, []string{"domain: no value", "file: files are not sent as values", "other: value too long for TheHive's index", "ip: TLP off its scale"}, reasons)
			held := server.Observables(created.ID)
			require.Len(t, held, 6)
			assert.Equal(t, "203.0.113.9", held[3].Data)
			assert.Equal(t, thehive.Other, held[4].DataType)
		})
	}
}

func TestAddAlertObservablesToNothing(t *testing.T) {
	for name, version := range versions() {
		t.Run(name, func(t *testing.T) {
			server := thehivetest.Start(t, thehivetest.Options{Version: version})
			_, _, _, err := client(t, server.URL).AddAlertObservables(context.Background(), "~404", many(1))
			assert.Equal(t, upstream.NotFound, upstream.ReasonOf(err), err)
		})
	}
}

func TestAddAlertObservablesAsAReader(t *testing.T) {
	server := thehivetest.Start(t, thehivetest.Options{})
	created, err := client(t, server.URL).CreateAlert(context.Background(), story())
	require.NoError(t, err)
	reader := client(t, server.URL, func(o *thehive.Options) { o.Key = thehivetest.ReaderKey })
	_, _, _, err = reader.AddAlertObservables(context.Background(), created.ID, many(1))
	assert.Equal(t, upstream.Auth, upstream.ReasonOf(err))
}

// TestATypeThatIsGone: the list of types is from before an administrator took
// one away.
func TestATypeThatIsGone(t *testing.T) {
	for name, version := range versions() {
		t.Run(name, func(t *testing.T) {
			with := thehivetest.New(thehivetest.Options{Version: version, Types: []string{"cve"}})
			without := thehivetest.New(thehivetest.Options{Version: version})
			current := with
			server := serve(t, func(w http.ResponseWriter, r *http.Request) { current.ServeHTTP(w, r) })
			c := client(t, server)
			_, err := c.ObservableTypes(context.Background())
			require.NoError(t, err)
			current = without
			a := story()
			a.Observables = []thehive.Observable{{DataType: "cve", Data: "CVE-2026-12345"}}
			created, err := c.CreateAlert(context.Background(), a)
			require.NoError(t, err)
			assert.Equal(t, thehive.Other, without.Observables(created.ID)[0].DataType)
		})
	}
}

func TestReadObservables(t *testing.T) {
	for name, version := range versions() {
		t.Run(name, func(t *testing.T) {
			server := thehivetest.Start(t, thehivetest.Options{Version: version})
			id := server.AddCase(thehive.Case{Title: "Phishing", Severity: 3, TLP: 2, PAP: 1, Tags: []string{"t"}}, append(many(10_000),
				thehive.Observable{DataType: "ip", Data: "203.0.113.7", Message: "m", TLP: 3, Tags: []string{"x"}, IOC: true, Sighted: true}))
			c := client(t, server.URL)
			read, err := c.CaseObservables(context.Background(), id)
			require.NoError(t, err)
			assert.Equal(t, withoutNil(thehive.Alert{Observables: server.Observables(id)}).Observables, read)

			k, err := c.Case(context.Background(), id)
			require.NoError(t, err)
			assert.Equal(t, "Phishing", k.Title)
			assert.Equal(t, 1, k.Number)
			assert.Equal(t, []string{"t"}, k.Tags)
			assert.Equal(t, []int{3, 2, 1}, []int{k.Severity, k.TLP, k.PAP})
			_, err = c.Case(context.Background(), "~404")
			assert.Equal(t, upstream.NotFound, upstream.ReasonOf(err))
			none, err := c.CaseObservables(context.Background(), "~404")
			require.NoError(t, err)
			assert.Empty(t, none)
		})
	}
}

func TestReadFileObservable(t *testing.T) {
	server := thehivetest.Start(t, thehivetest.Options{})
	post(t, server.URL+"/api/alert", `{"type":"t","source":"s","sourceRef":"r","title":"x","description":"d","artifacts":[{"dataType":"file","data":"a.txt;text/plain;aGVsbG8="}]}`)
	read, err := client(t, server.URL).AlertObservables(context.Background(), server.Alerts()[0].ID)
	require.NoError(t, err)
	require.Len(t, read, 1)
	require.NotNil(t, read[0].Attachment)
	assert.Equal(t, "a.txt", read[0].Attachment.Name)
	assert.Equal(t, int64(5), read[0].Attachment.Size)
	assert.Equal(t, "5d41402abc4b2a76b9719d911017c592", read[0].Attachment.Hashes[2])
}
