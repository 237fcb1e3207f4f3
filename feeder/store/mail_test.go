package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAWeeksMailIsSentOnce(t *testing.T) {
	s, _ := open(t)
	claim := func(week string, at time.Time) bool {
		mine, err := s.ClaimMail(t.Context(), week, at)
		require.NoError(t, err)
		return mine
	}
	assert.True(t, claim("2026-W19", noon()))
	assert.False(t, claim("2026-W19", noon().Add(time.Minute)), "another is about it")
	assert.True(t, claim("2026-W19", noon().Add(time.Hour)), "which it failed at")
	require.NoError(t, s.MailSent(t.Context(), "2026-W19", noon().Add(time.Hour)))
	assert.False(t, claim("2026-W19", noon().AddDate(0, 0, 3)), "it was sent")
	assert.True(t, claim("2026-W20", noon().AddDate(0, 0, 7)))
}
