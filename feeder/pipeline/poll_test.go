package pipeline

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/waggle-cti/waggle/shared/upstream"
)

func TestPatience(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		failure error
		want    time.Duration
	}{
		"our line is down":          {&upstream.Error{Reason: upstream.Network}, 0},
		"it says no":                {&upstream.Error{Reason: upstream.Auth}, time.Hour},
		"it says when to come back": {&upstream.Error{Reason: upstream.RateLimited, RetryAfter: 3 * time.Hour}, 3 * time.Hour},
		"it says to come back soon": {&upstream.Error{Reason: upstream.RateLimited, RetryAfter: time.Second}, time.Hour},
		"it answers with no feed":   {errors.New("no feed"), time.Hour},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, patience(c.failure, time.Hour)) })
	}
}
