package fetch

import (
	"net/http"
	"strconv"
	"strings"
	"time"
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

// seconds reads delta-seconds, RFC 9111 section 1.2.2; 0 if it is none.
func seconds(text string) time.Duration {
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		return 0
	}
	return time.Duration(n) * time.Second
}
