package thehive_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
)

// typesGiven adds an observable of every type that is asked for, and gives the
// types that it got.
func typesGiven(t *testing.T, server *thehivetest.Server, asked ...string) []string {
	t.Helper()
	a := story()
	a.Observables = nil
	for _, typ := range asked {
		a.Observables = append(a.Observables, thehive.Observable{DataType: typ, Data: "of " + typ})
	}
	_, err := client(t, server.URL).CreateAlert(context.Background(), a)
	require.NoError(t, err)
	var out []string
	for _, o := range server.Alerts()[0].Observables {
		out = append(out, o.DataType)
	}
	return out
}

func TestDataTypes(t *testing.T) {
	for name, version := range versions() {
		t.Run(name, func(t *testing.T) {
			server := thehivetest.Start(t, thehivetest.Options{Version: version, Types: []string{"cve"}})
			assert.Equal(t, []string{"cve", "autonomous-system", thehive.Other}, typesGiven(t, server, "cve", "autonomous-system", "made-up"))
		})
	}
}

// TestDataTypesThatMayNotBeRead: those of a TheHive as it is installed are used.
func TestDataTypesThatMayNotBeRead(t *testing.T) {
	server := thehivetest.Start(t, thehivetest.Options{Types: []string{"cve"}})
	server.Fail(func(r *http.Request) thehivetest.Fault {
		if r.URL.Path == "/api/observable/type" {
			return thehivetest.Fault{Status: http.StatusForbidden}
		}
		return thehivetest.Fault{}
	})
	known := []string{"autonomous-system", "domain", "filename", "fqdn", "hash", "hostname", "ip", "mail", "mail-subject", "other", "regexp",
		"registry", "uri_path", "url", "user-agent"}
	assert.Equal(t, append(known, thehive.Other), typesGiven(t, server, append(known, "cve")...))
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
			raised(t, c) // asks for the list
			current = without
			a := story()
			a.SourceRef, a.Observables = "another", []thehive.Observable{{DataType: "cve", Data: "CVE-2026-12345"}}
			created, err := c.CreateAlert(context.Background(), a)
			require.NoError(t, err)
			assert.Equal(t, thehive.Other, without.Observables(created.ID)[0].DataType)
		})
	}
}

// TestAValueKeepsTheTypeThatItWasGiven: an alert was raised before an
// administrator made the type of one of its values.
func TestAValueKeepsTheTypeThatItWasGiven(t *testing.T) {
	const cve = "CVE-2026-12345"
	for name, c := range map[string]struct{ held, given string }{
		"the type was made since":                   {thehive.Other, "cve"},
		"another type was made since":               {"vulnerability", "cve"},
		"the list of types may not be read anymore": {"cve", "made-up"},
	} {
		for version, text := range versions() {
			t.Run(name+", "+version, func(t *testing.T) {
				server := thehivetest.Start(t, thehivetest.Options{Version: text, Types: []string{"cve", "vulnerability"}})
				a := story()
				a.Observables = []thehive.Observable{{DataType: c.held, Data: cve}}
				created, err := client(t, server.URL).CreateAlert(t.Context(), a)
				require.NoError(t, err)

				later := client(t, server.URL)
				added, existed, failures, err := later.AddAlertObservables(t.Context(), created.ID,
					[]thehive.Observable{{DataType: c.given, Data: cve}, {DataType: c.given, Data: "CVE-2026-54321"}})
				require.NoError(t, err)
				assert.Equal(t, []int{1, 1, 0}, []int{added, existed, len(failures)})
				a.Observables = []thehive.Observable{{DataType: c.given, Data: cve}} // as after an answer that got lost
				_, err = later.CreateAlert(t.Context(), a)
				require.NoError(t, err)

				held := server.Observables(created.ID)
				require.Len(t, held, 2)
				assert.Equal(t, c.held, held[0].DataType)
			})
		}
	}
}
