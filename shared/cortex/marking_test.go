package cortex

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/upstream"
)

func TestMarking(t *testing.T) {
	strict := standard{CheckTLP: true, MaxTLP: 2, CheckPAP: true, MaxPAP: 2}
	for name, c := range map[string]struct {
		tlp, pap int
		limits   standard
		says     string // "" if the job may run
	}{
		"clear":                    {0, 0, strict, ""},
		"at the limit":             {2, 2, strict, ""},
		"red of the old scale":     {3, 0, strict, "TLP:AMBER+STRICT (3, or RED before TheHive 5.2)"},
		"red":                      {4, 0, strict, "the job is TLP:RED (4) and this worker is allowed up to TLP:AMBER (2): nothing was sent; raise max_tlp"},
		"pap red":                  {0, 3, strict, "the job is PAP:RED (3) and this worker is allowed up to PAP:AMBER (2): nothing was sent; raise max_pap"},
		"not checked":              {4, 3, standard{}, ""},
		"tlp checked and pap not":  {2, 3, standard{CheckTLP: true, MaxTLP: 2}, ""},
		"red under a limit of 3":   {4, 0, standard{CheckTLP: true, MaxTLP: 3}, "TLP:RED (4)"},
		"amber+strict, limit of 3": {3, 0, standard{CheckTLP: true, MaxTLP: 3}, ""},
		"nothing but clear":        {1, 0, standard{CheckTLP: true}, "TLP:GREEN (1)"},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.limits.permit("the job", c.tlp, c.pap)
			if c.says == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.says)
			assert.ErrorIs(t, err, upstream.BadInput)
		})
	}
}

func TestLevelNames(t *testing.T) {
	assert.Equal(t, "TLP:CLEAR (0)", TLPName(0))
	assert.Equal(t, "TLP 7", TLPName(7))
	assert.Equal(t, "PAP:RED (3)", PAPName(3))
	assert.Equal(t, "PAP -1", PAPName(-1))
}
