package cortex_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/waggle-cti/waggle/shared/cortex"
)

func TestTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		done := make([]bool, 3)
		cortex.Together(len(done), func(i int) {
			time.Sleep(time.Minute)
			done[i] = true
		})
		assert.Equal(t, []bool{true, true, true}, done)
		assert.Equal(t, time.Minute, time.Since(began), "one after another")
	})
}

func TestTogetherPanic(t *testing.T) {
	others := make([]bool, 2)
	assert.PanicsWithValue(t, "the second", func() {
		cortex.Together(len(others), func(i int) {
			others[i] = true
			if i == 1 {
				panic("the second")
			}
		})
	})
	assert.Equal(t, []bool{true, true}, others)
}
