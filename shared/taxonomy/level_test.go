package taxonomy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/waggle-cti/waggle/shared/taxonomy"
)

func TestWorse(t *testing.T) {
	order := []taxonomy.Level{"unheard-of", taxonomy.Info, taxonomy.Safe, taxonomy.Suspicious, taxonomy.Malicious}
	for i, a := range order {
		for j, b := range order {
			assert.Equal(t, i > j, a.Worse(b), "%s worse than %s", a, b)
		}
	}
	assert.False(t, taxonomy.Level("").Worse("unheard-of"))
}
