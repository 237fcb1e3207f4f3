package fetch

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// maxAge is how long an answer stays fresh from now on, RFC 9111 section 4.2:
// max-age less the time it already lay in caches, else Expires. 0 if it is not
// to be kept, does not say, or is stale.
func maxAge(header http.Header, now time.Time) time.Duration {
	for directive := range strings.SplitSeq(strings.Join(header.Values("Cache-Control"), ","), ",") {
		name, value, _ := strings.Cut(strings.ToLower(strings.TrimSpace(directive)), "=")
		switch name {
		case "no-cache", "no-store":
			return 0
		case "max-age":
			return max(0, seconds(strings.Trim(value, `"`))-seconds(header.Get("Age")))
		}
	}
	expires, err := http.ParseTime(header.Get("Expires"))
	if err != nil {
		return 0
	}
	return max(0, expires.Sub(now))
}

// pause is how long a good answer asks to wait: as long as it says, or to the
// end of a window in which no more calls are left.
func pause(header http.Header, now time.Time) time.Duration {
	for _, name := range []string{"X-Rate-Limit-Remaining", "X-RateLimit-Remaining", "RateLimit-Remaining"} {
		if strings.TrimSpace(header.Get(name)) == "0" {
			return max(upstream.RetryAfter(header), rateReset(header, now))
		}
	}
	return upstream.RetryAfter(header)
}

// rateReset is how long a service that counts calls says its window still
// lasts, from the fields that come without a standard: seconds since 1970
// (https://docs.x.com/x-api/fundamentals/rate-limits), a date
// (https://docs.joinmastodon.org/api/rate-limits/), or seconds from now on. 0
// if it does not say.
func rateReset(header http.Header, now time.Time) time.Duration {
	for _, name := range []string{"X-Rate-Limit-Reset", "X-RateLimit-Reset", "RateLimit-Reset"} {
		value := strings.TrimSpace(header.Get(name))
		if date, err := time.Parse(time.RFC3339, value); err == nil {
			return max(0, date.Sub(now))
		}
		n, err := strconv.ParseUint(value, 10, 40)
		switch {
		case err != nil:
		case n > 1<<30: // a time of day: as a pause it would be decades
			return max(0, time.Unix(int64(n), 0).Sub(now))
		default:
			return time.Duration(n) * time.Second
		}
	}
	return 0
}

// seconds reads delta-seconds, RFC 9111 section 1.2.2; 0 if it is none.
func seconds(text string) time.Duration {
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		return 0
	}
	return time.Duration(n) * time.Second
}
