package pattern_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/waggle-cti/waggle/shared/pattern"
)

func TestPattern(t *testing.T) {
	digits := pattern.New(`\d+`)
	assert.Equal(t, "42", digits().FindString("waggle 42"))
	assert.Same(t, digits(), digits(), "compiled once")
	wrong := pattern.New(`(`)
	assert.Panics(t, func() { wrong() })
}
