package docker_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/config"
)

// The feeder itself reads the configuration that its pods mount, with what
// kubernetes/README.md puts into the secret.
func TestKubernetesConfigurationIsTheFeeders(t *testing.T) {
	for name, value := range map[string]string{
		"WAGGLE_DATABASE":    "postgres://waggle:example@postgres.waggle.svc/waggle",
		"WAGGLE_LISTEN":      "0.0.0.0:8787",
		"WAGGLE_PAGE_TOKEN":  "0123456789abcdef01234567",
		"WAGGLE_THEHIVE_KEY": "thehive-key",
		"WAGGLE_CORTEX_KEY":  "cortex-key",
	} {
		t.Setenv(name, value)
	}
	c, err := config.Load("kubernetes/feeder/waggle.yaml")
	require.NoError(t, err)
	assert.True(t, c.TheHive.Used())
	assert.True(t, c.Cortex.Used())
	assert.NotEmpty(t, c.Sources)
}
