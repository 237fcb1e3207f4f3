package fetch

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestMaxAge(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	at := func(d time.Duration) string { return now.Add(d).Format(http.TimeFormat) }
	for name, tt := range map[string]struct {
		header map[string][]string
		want   time.Duration
	}{
		"says nothing":           {nil, 0},
		"max-age":                {map[string][]string{"Cache-Control": {"public, max-age=300"}}, 5 * time.Minute},
		"upper case, quoted":     {map[string][]string{"Cache-Control": {`Max-Age="300"`}}, 5 * time.Minute},
		"two fields":             {map[string][]string{"Cache-Control": {"public", "max-age=300"}}, 5 * time.Minute},
		"less its age":           {map[string][]string{"Cache-Control": {"max-age=300"}, "Age": {"100"}}, 200 * time.Second},
		"older than that":        {map[string][]string{"Cache-Control": {"max-age=300"}, "Age": {"1000"}}, 0},
		"no-cache":               {map[string][]string{"Cache-Control": {"no-cache, max-age=300"}}, 0},
		"no-store":               {map[string][]string{"Cache-Control": {"no-store"}, "Expires": {at(time.Hour)}}, 0},
		"max-age before Expires": {map[string][]string{"Cache-Control": {"max-age=60"}, "Expires": {at(time.Hour)}}, time.Minute},
		"Expires":                {map[string][]string{"Expires": {at(time.Hour)}}, time.Hour},
		"expired":                {map[string][]string{"Expires": {at(-time.Hour)}}, 0},
		"Expires: 0":             {map[string][]string{"Expires": {"0"}}, 0},
		"not a number":           {map[string][]string{"Cache-Control": {"max-age=soon"}}, 0},
		"negative":               {map[string][]string{"Cache-Control": {"max-age=-1"}}, 0},
		"beyond all numbers":     {map[string][]string{"Cache-Control": {"max-age=99999999999999999999"}}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, tt.want, maxAge(tt.header, now))
		})
	}
}

func TestRateReset(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		header map[string][]string
		want   time.Duration
	}{
		"says nothing":       {nil, 0},
		"seconds since 1970": {map[string][]string{"X-Rate-Limit-Reset": {"1795435500"}}, 5 * time.Minute},
		"that is over":       {map[string][]string{"X-Rate-Limit-Reset": {"1795435100"}}, 0},
		"a date":             {map[string][]string{"X-Ratelimit-Reset": {"2026-11-23T12:03:00.000000Z"}}, 3 * time.Minute},
		"seconds from now":   {map[string][]string{"Ratelimit-Reset": {"90"}}, 90 * time.Second},
		"not a number":       {map[string][]string{"Ratelimit-Reset": {"soon"}}, 0},
		"beyond all numbers": {map[string][]string{"Ratelimit-Reset": {"99999999999999999999"}}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, tt.want, rateReset(tt.header, now))
		})
	}
}

func TestPause(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	left := func(n string) http.Header {
		return http.Header{"X-Rate-Limit-Remaining": {n}, "X-Rate-Limit-Reset": {"1795435500"}}
	}
	assert.Zero(t, pause(left("1"), now))
	assert.Equal(t, 5*time.Minute, pause(left("0"), now))
	assert.Equal(t, 7*time.Second, pause(http.Header{"Retry-After": {"7"}}, now))
}
