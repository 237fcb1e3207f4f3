package web

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/waggle"
)

func TestGlance(t *testing.T) {
	var g glance
	store := &fake{sources: []waggle.Health{{Name: "new"}}}
	look := func(after time.Duration) string {
		health, err := g.sources(t.Context(), store, now.Add(after))
		require.NoError(t, err)
		return health[0].Name
	}
	assert.Equal(t, "new", look(0))
	store.sources = []waggle.Health{{Name: "asked", Polled: now}}
	assert.Equal(t, "asked", look(time.Second), "the first round is watched as it goes")
	store.sources = []waggle.Health{{Name: "later", Polled: now}}
	assert.Equal(t, "asked", look(2*time.Second))
	assert.Equal(t, "later", look(time.Second+glanceTime))
	assert.Equal(t, "later", look(-time.Hour), "a clock that was put back")
	store.err = assert.AnError
	_, err := g.sources(t.Context(), store, now.Add(time.Hour))
	require.Error(t, err)
}
