package cortex

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/upstream"
)

func TestPermit(t *testing.T) {
	job := Job{limits: standard{CheckTLP: true, MaxTLP: 2, CheckPAP: true, MaxPAP: 1}}
	require.NoError(t, job.Permit("the case", 2, 1))
	err := job.Permit("the case", 4, 0)
	require.ErrorContains(t, err, "the case is TLP:RED (4) and this worker is allowed up to TLP:AMBER (2)")
	assert.ErrorIs(t, err, upstream.BadInput)
	require.ErrorContains(t, job.Permit("the case", 0, 2), "the case is PAP:AMBER (2)")
	job.limits.CheckTLP = false
	require.NoError(t, job.Permit("the case", 4, 1))
}
