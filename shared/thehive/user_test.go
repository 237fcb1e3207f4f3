package thehive_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
	"github.com/waggle-cti/waggle/shared/upstream"
)

func TestUser(t *testing.T) {
	onEach(t, func(t *testing.T, _ *thehivetest.Server, c *thehive.Client) {
		user, err := c.User(t.Context())
		require.NoError(t, err)
		assert.NotEmpty(t, user.Login)
		assert.Equal(t, thehivetest.Organisation, user.Organisation)
	})
	t.Run("another service", func(t *testing.T) {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"hello":1}`)) }))
		defer server.Close()
		_, err := client(t, server.URL).User(t.Context())
		require.ErrorIs(t, err, upstream.Failure)
	})
}
