package upstream

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// answers is a network that gives one answer after the other, the last for ever.
type answers struct {
	list  []answer
	calls []time.Time
	body  []string
}

type answer struct {
	status     int // 0: the connection breaks
	retryAfter string
}

func (a *answers) RoundTrip(r *http.Request) (*http.Response, error) {
	next := a.list[min(len(a.calls), len(a.list)-1)]
	a.calls = append(a.calls, time.Now())
	if r.Body != nil {
		data, _ := io.ReadAll(r.Body)
		a.body = append(a.body, string(data))
	}
	if next.status == 0 {
		return nil, errors.New("connection reset")
	}
	header := http.Header{}
	if next.retryAfter != "" {
		header.Set("Retry-After", next.retryAfter)
	}
	return &http.Response{StatusCode: next.status, Header: header, Body: io.NopCloser(strings.NewReader("")), Request: r}, nil
}

func TestRetry(t *testing.T) {
	get, post, repeatable := Request{}, Request{Method: "POST", JSON: 1}, Request{Method: "POST", JSON: 1, Repeatable: true}
	for name, tt := range map[string]struct {
		answers []answer
		request Request
		retries int
		calls   int
		reason  Reason // "" for success
	}{
		"at once":                        {[]answer{{status: 200}}, get, 0, 1, ""},
		"after a broken connection":      {[]answer{{}, {status: 200}}, get, 0, 2, ""},
		"after 502 and 503":              {[]answer{{status: 502}, {status: 503}, {status: 200}}, get, 0, 3, ""},
		"after 504 and 429":              {[]answer{{status: 504}, {status: 429}, {status: 200}}, get, 0, 3, ""},
		"gives up after two more":        {[]answer{{status: 503}}, get, 0, 3, Failure},
		"gives up after five more":       {[]answer{{}}, get, 5, 6, Network},
		"never when told so":             {[]answer{{status: 503}}, get, -1, 1, Failure},
		"500 is not tried again":         {[]answer{{status: 500}}, get, 0, 1, Failure},
		"401 is not tried again":         {[]answer{{status: 401}}, get, 0, 1, Auth},
		"404 is not tried again":         {[]answer{{status: 404}}, get, 0, 1, NotFound},
		"HEAD is":                        {[]answer{{}, {status: 200}}, Request{Method: "HEAD"}, 0, 2, ""},
		"POST is not":                    {[]answer{{status: 503}}, post, 0, 1, Failure},
		"POST is not, broken connection": {[]answer{{}}, post, 0, 1, Network},
		"repeatable POST is":             {[]answer{{}, {status: 200}}, repeatable, 0, 2, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				network := &answers{list: tt.answers}
				c := client(t, Options{Service: "Example", BaseURL: "http://service.example", Transport: network, Retries: tt.retries})
				_, err := c.Do(t.Context(), tt.request)
				assert.Equal(t, tt.reason, ReasonOf(err))
				assert.Len(t, network.calls, tt.calls)
				if tt.request.JSON != nil {
					for _, body := range network.body {
						assert.Equal(t, "1", body, "every try sends the body")
					}
					assert.Len(t, network.body, tt.calls)
				}
			})
		})
	}
}

func TestPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := &answers{list: []answer{{status: 503}}}
		c := client(t, Options{Service: "Example", BaseURL: "http://service.example", Transport: network, Retries: 3})
		_, err := c.Do(t.Context(), Request{})
		require.ErrorIs(t, err, Failure)
		require.Len(t, network.calls, 4)
		for i, full := range []time.Duration{firstPause, 2 * firstPause, 4 * firstPause} {
			wait := network.calls[i+1].Sub(network.calls[i])
			assert.GreaterOrEqual(t, wait, full/2)
			assert.Less(t, wait, full)
		}
	})
}

func TestRetryAfterWithinDeadline(t *testing.T) {
	date := func(in time.Duration) string { return time.Now().Add(in).UTC().Format(http.TimeFormat) }
	for name, tt := range map[string]struct {
		retryAfter func() string
		deadline   time.Duration // 0: none
		waited     time.Duration
		calls      int
		left       time.Duration // RetryAfter of the error; 0 for success
	}{
		"seconds":                   {func() string { return "7" }, 0, 7 * time.Second, 2, 0},
		"date":                      {func() string { return date(9 * time.Second) }, 0, 9 * time.Second, 2, 0},
		"within the deadline":       {func() string { return "7" }, 8 * time.Second, 7 * time.Second, 2, 0},
		"beyond the deadline":       {func() string { return "7" }, 6 * time.Second, 0, 1, 7 * time.Second},
		"date beyond the deadline":  {func() string { return date(time.Minute) }, 6 * time.Second, 0, 1, time.Minute},
		"longer than anyone waits":  {func() string { return "3600" }, 0, 0, 1, time.Hour},
		"longer than a number says": {func() string { return "2147483647" }, 0, 0, 1, 2147483647 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, start := t.Context(), time.Now()
				if tt.deadline > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, tt.deadline)
					defer cancel()
				}
				network := &answers{list: []answer{{status: 429, retryAfter: tt.retryAfter()}, {status: 200}}}
				c := client(t, Options{Service: "Example", BaseURL: "http://service.example", Transport: network})
				_, err := c.Do(ctx, Request{})
				assert.Equal(t, tt.waited, time.Since(start))
				assert.Len(t, network.calls, tt.calls)
				if tt.left == 0 {
					require.NoError(t, err)
					return
				}
				var e *Error
				require.ErrorAs(t, err, &e)
				assert.Equal(t, RateLimited, e.Reason)
				assert.Equal(t, tt.left, e.RetryAfter)
				assert.Contains(t, e.Error(), "wait "+tt.left.String())
			})
		})
	}
}

func TestCancelledWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		network := &answers{list: []answer{{status: 503, retryAfter: "60"}}}
		c := client(t, Options{Service: "Example", BaseURL: "http://service.example", Transport: network})
		start := time.Now()
		time.AfterFunc(3*time.Second, cancel)
		_, err := c.Do(ctx, Request{})
		require.ErrorIs(t, err, Failure)
		assert.Equal(t, 3*time.Second, time.Since(start))
		assert.Len(t, network.calls, 1)
	})
}

func TestTriesEndWithTheirOwnTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		hang := transportFunc(func(r *http.Request) (*http.Response, error) {
			calls++
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		c := client(t, Options{Service: "Example", BaseURL: "http://service.example", Transport: hang})
		start := time.Now()
		_, err := c.Do(t.Context(), Request{Timeout: time.Second})
		require.ErrorIs(t, err, Network)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, 3, calls)
		assert.Less(t, time.Since(start), 5*time.Second)
	})
}

type transportFunc func(*http.Request) (*http.Response, error)

func (f transportFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestRetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for value, want := range map[string]time.Duration{
			"":             0,
			"0":            0,
			" 12 ":         12 * time.Second,
			"-5":           0,
			"1.5":          0,
			"soon":         0,
			"999999999999": 0,
			time.Now().Add(90 * time.Second).UTC().Format(http.TimeFormat): 90 * time.Second,
			time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat):       0,
		} {
			assert.Equal(t, want, RetryAfter(http.Header{"Retry-After": {value}}), value)
		}
	})
}
