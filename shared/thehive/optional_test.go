package thehive_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
	"github.com/waggle-cti/waggle/shared/upstream"
)

func optionalAlert(ref string) thehive.Alert {
	return thehive.Alert{
		Type: "waggle", Source: "blog", SourceRef: ref, Title: "x", Description: "x", Date: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC),
		Fields: map[string]any{"waggle-score": 87, "waggle-url": "https://blog.example.com/"}, Techniques: []string{"T1059.001", "T1566"},
	}
}

func TestOptionalParts(t *testing.T) {
	score, link := json.Number("87"), "https://blog.example.com/"
	for name, c := range map[string]struct {
		options    thehivetest.Options
		fields     map[string]any
		techniques []string
		requests   int // to create two alerts
	}{
		"4.1 without any field": {thehivetest.Options{}, nil, nil, 4},
		"4.1 with one field":    {thehivetest.Options{Fields: map[string]string{"waggle-score": "integer"}}, map[string]any{"waggle-score": score}, nil, 3},
		"4.1 with both fields": {
			thehivetest.Options{Fields: map[string]string{"waggle-score": "integer", "waggle-url": "string"}},
			map[string]any{"waggle-score": score, "waggle-url": link}, nil, 2,
		},
		"4.1 with a field of another type": {thehivetest.Options{Fields: map[string]string{"waggle-score": "string", "waggle-url": "string"}}, nil, nil, 3},
		"5 with everything": {
			thehivetest.Options{Version: "5.7.3-1", Fields: map[string]string{"waggle-score": "integer", "waggle-url": "string"}, Techniques: []string{"T1059.001", "T1566"}},
			map[string]any{"waggle-score": score, "waggle-url": link}, []string{"T1059.001", "T1566"}, 2,
		},
		"5 without a catalogue": {
			thehivetest.Options{Version: "5.7.3-1", Fields: map[string]string{"waggle-score": "integer", "waggle-url": "string"}},
			map[string]any{"waggle-score": score, "waggle-url": link}, nil, 4,
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := thehivetest.Start(t, c.options)
			client, err := thehive.New(thehive.Options{URL: server.URL, Key: thehivetest.Key, Settle: time.Millisecond})
			require.NoError(t, err)
			for _, ref := range []string{"one", "two"} {
				created, err := client.CreateAlert(t.Context(), optionalAlert(ref))
				require.NoError(t, err)
				assert.False(t, created.Existed)
			}
			posts := 0
			for _, r := range server.Requests() {
				if r.Method == "POST" && (r.Path == "/api/alert" || r.Path == "/api/v1/alert") {
					posts++
				}
			}
			assert.Equal(t, c.requests, posts)
			alerts := server.Alerts()
			require.Len(t, alerts, 2)
			for _, a := range alerts {
				assert.Equal(t, c.fields, a.Fields)
				assert.Equal(t, c.techniques, a.Techniques)
			}
		})
	}
}

func TestUpdateFields(t *testing.T) {
	for name, version := range versions() {
		t.Run(name, func(t *testing.T) {
			server := thehivetest.Start(t, thehivetest.Options{Version: version,
				Fields: map[string]string{"waggle-score": "integer", "waggle-url": "string", "cvss": "float", "confirmed": "boolean"}})
			client := client(t, server.URL)
			a := optionalAlert("one")
			a.Fields["cvss"], a.Fields["confirmed"] = 7.5, true // as an analyst might
			created, err := client.CreateAlert(t.Context(), a)
			require.NoError(t, err)
			title := "with a title"
			for range 2 { // of what TheHive lacks it is told once
				require.NoError(t, client.UpdateAlert(t.Context(), created.ID, thehive.AlertPatch{Title: &title, Fields: map[string]any{"waggle-score": 91, "none": 1}}))
				assert.Equal(t, title, server.Alerts()[0].Title, "the rest of the change is made")
			}
			require.NoError(t, client.UpdateAlert(t.Context(), created.ID, thehive.AlertPatch{Fields: map[string]any{"none": 1}}))
			held, err := client.Alert(t.Context(), created.ID)
			require.NoError(t, err)
			assert.Equal(t, map[string]any{"waggle-score": 91, "waggle-url": "https://blog.example.com/", "cvss": 7.5, "confirmed": true}, held.Fields)
			refused := 0
			for _, r := range server.Requests() {
				if r.Method == "PATCH" && strings.Contains(string(r.Body), "none") {
					refused++
				}
			}
			assert.Equal(t, 1, refused)
		})
	}
}

func TestUpdateFieldsOfNoAlert(t *testing.T) {
	onEach(t, func(t *testing.T, _ *thehivetest.Server, c *thehive.Client) {
		err := c.UpdateAlert(t.Context(), "~404", thehive.AlertPatch{Fields: map[string]any{"waggle-score": 1}})
		assert.Equal(t, upstream.NotFound, upstream.ReasonOf(err))
	})
}
