package misp_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/misp"
	"github.com/waggle-cti/waggle/shared/misp/misptest"
)

// TestWhatMISPCannotHold: a URL is held whole, another value is told of and not
// for detection, and the strictest marking of several stays, run after run.
func TestWhatMISPCannotHold(t *testing.T) {
	server := misptest.Start(t, misptest.Options{})
	c := client(t, server.URL, misptest.Key)
	e := misp.Event{
		UUID: misp.EventUUID("test", "case", "wide"), Info: "Wide", Date: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC),
		Tags: []string{"tlp:green", "PAP:RED", "tlp:amber", "pap:green", "tlp:clear"},
		Attributes: []misp.Attribute{
			{Type: "url", Value: "http://c2.example.net/\U0001F4A5", ToIDS: true},
			{Type: "filename", Value: "boom \U0001F4A5.exe", ToIDS: true, Comment: "in a mail"},
		},
	}
	for run := range 3 {
		result, err := c.PutEvent(t.Context(), e)
		require.NoError(t, err)
		assert.Equal(t, run == 0, result.Changed, "run %d", run)
		assert.Equal(t, 2, result.Saved)
		assert.Equal(t, []string{"1 values have characters that MISP cannot hold: it has ? in their place, and their comments say so."}, result.Notes)
		held := server.Events()[0]
		assert.ElementsMatch(t, []string{"tlp:amber", "PAP:RED"}, held.Tags)
		require.Len(t, held.Attributes, 2)
		url, name := held.Attributes[0], held.Attributes[1]
		assert.Equal(t, []any{"http://c2.example.net/%F0%9F%92%A5", true, ""}, []any{url.Value, url.ToIDS, url.Comment})
		assert.Equal(t, []any{"boom ?.exe", false}, []any{name.Value, name.ToIDS})
		assert.Contains(t, name.Comment, "in a mail\nMISP cannot hold all characters")
	}
}
