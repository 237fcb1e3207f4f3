package thehive_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
)

// TestCreateAlertAfterAFault: once a create succeeds, there is one alert, and it
// is whole.
func TestCreateAlertAfterAFault(t *testing.T) {
	for version, number := range versions() {
		for name, fault := range map[string]thehivetest.Fault{
			"500":         {Status: 500},
			"504":         {Status: 504},
			"429":         {Status: 429},
			"a login":     {Page: true},
			"a text":      {Status: 200, Body: "OK"},
			"other lists": {Status: 200, Body: []int{1}},
			"reset":       {Reset: true},
			"answer lost": {Drop: true},
			"client left": {Delay: time.Hour},
		} {
			t.Run(version+"/"+name, func(t *testing.T) {
				server := thehivetest.Start(t, thehivetest.Options{Version: number})
				c := client(t, server.URL)
				a := story()
				a.Observables = append(a.Observables, many(300)...)
				kind := func(r *http.Request) string { return r.Method + " " + strings.SplitN(r.URL.Path, "~", 2)[0] }
				var created thehive.CreatedAlert
				server.Insist(t, fault, kind, func(ctx context.Context) (err error) {
					created, err = c.CreateAlert(ctx, a)
					return err
				})
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
