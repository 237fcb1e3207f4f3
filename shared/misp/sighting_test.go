package misp_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/misp"
	"github.com/waggle-cti/waggle/shared/misp/misptest"
	"github.com/waggle-cti/waggle/shared/upstream"
)

func TestPutSighting(t *testing.T) {
	server := misptest.Start(t, misptest.Options{})
	client, err := misp.New(misp.Options{URL: server.URL, Key: misptest.Key})
	require.NoError(t, err)
	_, err = client.PutEvent(t.Context(), misp.Event{UUID: misp.EventUUID("x", "case", "1"), Info: "i", Date: time.Now(),
		Attributes: []misp.Attribute{{Type: "ip-dst", Value: "203.0.113.9"}}})
	require.NoError(t, err)
	found, err := client.SearchAttributes(t.Context(), misp.Search{Values: []string{"203.0.113.9"}})
	require.NoError(t, err)
	require.Len(t, found, 1)

	at := time.Unix(1795400000, 0)
	base := misp.Sighting{Attribute: found[0].ID, Source: "fw1", At: at}
	for _, c := range []struct {
		name  string
		alter func(*misp.Sighting)
		added bool
	}{
		{"the first", func(*misp.Sighting) {}, true},
		{"again", func(*misp.Sighting) {}, false},
		{"again, milliseconds later", func(s *misp.Sighting) { s.At = at.Add(300 * time.Millisecond) }, false},
		{"another source", func(s *misp.Sighting) { s.Source = "fw2" }, true},
		{"another type", func(s *misp.Sighting) { s.Type = misp.FalsePositive }, true},
		{"another time", func(s *misp.Sighting) { s.At = at.Add(time.Second) }, true},
	} {
		s := base
		c.alter(&s)
		added, err := client.PutSighting(t.Context(), s)
		require.NoError(t, err, c.name)
		assert.Equal(t, c.added, added, c.name)
	}
	assert.Equal(t, 4, server.Sightings("203.0.113.9"))

	base.At = time.Time{}
	_, err = client.PutSighting(t.Context(), base)
	require.ErrorIs(t, err, upstream.BadInput)
}

func TestSearchable(t *testing.T) {
	for value, want := range map[string]bool{"evil.example": true, " 203.0.113.9 ": true, "a%b": true, "": false, " ": false, "!a": false, "%a": false, "a%": false, `%TEMP%\a.exe`: true, `%TEMP%\%`: false, "%TEMP%": false} {
		assert.Equal(t, want, misp.Searchable(value), value)
	}
}
