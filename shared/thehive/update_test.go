package thehive_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
	"github.com/waggle-cti/waggle/shared/upstream"
)

func TestUpdateAlert(t *testing.T) {
	onEach(t, func(t *testing.T, server *thehivetest.Server, c *thehive.Client) {
		created := raised(t, c)
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
		err := c.UpdateAlert(context.Background(), created.ID, thehive.AlertPatch{Severity: &severity})
		assert.Equal(t, upstream.BadInput, upstream.ReasonOf(err))
		severity = 2
		err = c.UpdateAlert(context.Background(), "~404", thehive.AlertPatch{Severity: &severity})
		assert.Equal(t, upstream.NotFound, upstream.ReasonOf(err))
	})
}

func TestDeleteAlert(t *testing.T) {
	onEach(t, func(t *testing.T, server *thehivetest.Server, c *thehive.Client) {
		created, other := raised(t, c), story()
		other.Source, other.SourceRef = "Another Blog", "another"
		_, err := c.CreateAlert(context.Background(), other)
		require.NoError(t, err)
		of, err := c.AlertsOfSource(context.Background(), story().Source)
		require.NoError(t, err)
		require.Len(t, of, 1)
		assert.Equal(t, created.ID, of[0].ID)
		require.NoError(t, c.DeleteAlert(context.Background(), created.ID))
		require.Len(t, server.Alerts(), 1)
		assert.Equal(t, "another", server.Alerts()[0].SourceRef)
	})
}
