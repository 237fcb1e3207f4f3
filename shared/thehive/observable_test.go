package thehive_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
	"github.com/waggle-cti/waggle/shared/upstream"
)

func TestAddAlertObservables(t *testing.T) {
	onEach(t, func(t *testing.T, server *thehivetest.Server, c *thehive.Client) {
		created := raised(t, c)
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

func TestAddAlertObservablesToNothing(t *testing.T) {
	onEach(t, func(t *testing.T, _ *thehivetest.Server, c *thehive.Client) {
		_, _, _, err := c.AddAlertObservables(context.Background(), "~404", many(1))
		assert.Equal(t, upstream.NotFound, upstream.ReasonOf(err), err)
	})
}

func TestAddAlertObservablesAsAReader(t *testing.T) {
	server := thehivetest.Start(t, thehivetest.Options{})
	created := raised(t, client(t, server.URL))
	reader := client(t, server.URL, func(o *thehive.Options) { o.Key = thehivetest.ReaderKey })
	_, _, _, err := reader.AddAlertObservables(context.Background(), created.ID, many(1))
	assert.Equal(t, upstream.Auth, upstream.ReasonOf(err))
}

func TestReadObservables(t *testing.T) {
	onEach(t, func(t *testing.T, server *thehivetest.Server, c *thehive.Client) {
		id := server.AddCase(thehive.Case{Title: "Phishing", Severity: 3, TLP: 2, PAP: 1, Tags: []string{"t"}}, append(many(10_000),
			thehive.Observable{DataType: "ip", Data: "203.0.113.7", Message: "m", TLP: 3, Tags: []string{"x"}, IOC: true, Sighted: true}))
		read, err := c.CaseObservables(context.Background(), id)
		require.NoError(t, err)
		for i := range read {
			require.WithinDuration(t, time.Now(), read[i].Start, time.Hour)
			read[i].Start = time.Time{}
		}
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

func TestReadFileObservable(t *testing.T) {
	server := thehivetest.Start(t, thehivetest.Options{})
	post(t, server.URL+"/api/alert", `{"type":"t","source":"s","sourceRef":"r","title":"x","description":"d","artifacts":[{"dataType":"file","data":"a.txt;text/plain;aGVsbG8="}]}`)
	read, err := client(t, server.URL).AlertObservables(context.Background(), server.Alerts()[0].ID)
	require.NoError(t, err)
	require.Len(t, read, 1)
	require.NotNil(t, read[0].Attachment)
	assert.Equal(t, "a.txt", read[0].Attachment.Name)
	assert.Equal(t, "5d41402abc4b2a76b9719d911017c592", read[0].Attachment.Hashes[2])
}
