package upstream

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	firstPause = 500 * time.Millisecond
	maxPause   = 2 * time.Minute // longer waits belong to the caller's queue
)

// RetryAfter reads a Retry-After field, RFC 9110 section 10.2.3: seconds or a
// date. It returns 0 where there is none, or one that cannot be read or has passed.
func RetryAfter(header http.Header) time.Duration {
	value := strings.TrimSpace(header.Get("Retry-After"))
	if seconds, err := strconv.ParseInt(value, 10, 32); err == nil {
		return max(0, time.Duration(seconds)*time.Second)
	}
	if date, err := http.ParseTime(value); err == nil {
		return max(0, time.Until(date))
	}
	return 0
}

// Retry makes a call, and at most tries-1 times again while it fails with 429,
// 502, 503, 504 or no answer at all. In between it waits as long as the service
// asks, else a moment; where that is longer than two minutes or than ctx lasts
// it gives up at once. Its error is the last call's.
func Retry[T any](ctx context.Context, tries int, call func() (T, error)) (T, error) {
	for try := 0; ; try++ {
		answer, err := call()
		if err == nil || try+1 >= tries || !retryable(err) || !pause(ctx, err, try) {
			return answer, err
		}
	}
}

// retryable reports whether another try of the same request may help.
func retryable(err error) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Status {
	case 0:
		return e.Reason == Network
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	default:
		return false
	}
}

// pause waits before the next try: as long as the service asked for, else
// exponentially with jitter. It reports false, at once, when the wait would
// outlast ctx or maxPause.
func pause(ctx context.Context, failed error, try int) bool {
	wait := firstPause << try
	wait = wait/2 + rand.N(wait/2)
	var e *Error
	if errors.As(failed, &e) && e.RetryAfter > 0 {
		wait = e.RetryAfter
	}
	if deadline, ok := ctx.Deadline(); wait > maxPause || ok && time.Until(deadline) <= wait {
		return false
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
