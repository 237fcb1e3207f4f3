package cortextest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/cortex/recorded"
)

// transport is a network made of a function.
type transport func(*http.Request) (*http.Response, error)

// RoundTrip answers a request.
func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// answering is a network on which everything answers the same.
func answering(status int, header map[string]string, body string) transport {
	return func(request *http.Request) (*http.Response, error) {
		return recorded.Response{Status: status, Header: header}.With(request, strings.NewReader(body)), nil
	}
}

// strangeServices are networks that answer with anything but what was asked.
func strangeServices() map[string]transport {
	services := map[string]transport{
		"connection refused": refused{}.RoundTrip,
		"no answer": func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		},
		"connection cut": func(r *http.Request) (*http.Response, error) {
			return recorded.Exchange{Response: recorded.Response{Body: json.RawMessage(`"{\"data\":["`), Error: "cut"}}.Answer(r)
		},
		"error that shows the request": func(r *http.Request) (*http.Response, error) {
			return nil, &url.Error{Op: r.Method, URL: r.URL.String(), Err: errors.New(everything(r))}
		},
		"redirect":              answering(302, map[string]string{"Location": "https://elsewhere.example.net/login"}, ""),
		"too many requests":     answering(429, nil, "slow down"),
		"come back in an hour":  answering(429, map[string]string{"Retry-After": "3600"}, "{}"),
		"unavailable":           answering(503, map[string]string{"Retry-After": "nonsense"}, ""),
		"answer of 40 MB":       answering(200, nil, `{"a":"`+strings.Repeat("a", 40<<20)+`"}`),
		"answer that says gzip": answering(200, map[string]string{"Content-Encoding": "gzip"}, "not gzip"),
	}
	for _, status := range []int{200, 400, 401, 403, 404, 500} {
		services[fmt.Sprintf("%d that repeats the request", status)] = repeating(status)
	}
	for name, body := range map[string]string{
		"nothing": "", "null": "null", "true": "true", "a number": "1e400", "a text": `"text"`, "a list": "[]", "a list of nulls": "[null,[null]]",
		"an empty object": "{}", "half an object": `{"data":{"a":`, "HTML": "<html><body>Sign in</body></html>", "no UTF-8": "{\"data\":\"\xff\"}",
		"deep nesting":    `{"data":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + `}`,
		"objects of null": `{"data":null,"response":{"Attribute":null,"Event":null},"results":null,"query_status":null}`,
		"wrong types":     `{"data":"text","response":[1,"a"],"results":7,"query_status":{"a":1},"urls":"x","message":[]}`,
	} {
		services["200 and "+name] = answering(200, map[string]string{"Content-Type": "application/json"}, body)
	}
	return services
}

// everything is all of a request in one text.
func everything(r *http.Request) string {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body) // what can't be read can't be shown
	}
	return fmt.Sprintf("%s %s %v %s", r.Method, r.URL, r.Header, body)
}

// repeating answers with all that the request held, as careless services do.
func repeating(status int) transport {
	return func(r *http.Request) (*http.Response, error) {
		text := everything(r)
		body, err := json.Marshal(map[string]any{
			"message": text, "error": text, "errors": []any{text}, "detail": text, "query_status": text, text: text,
			"data": []any{map[string]any{"id": text, "url": text}}, "response": map[string]any{"message": text}, "header": r.Header,
		})
		if err != nil {
			return nil, err
		}
		return recorded.Response{Status: status, Header: map[string]string{"Content-Type": "application/json"}}.With(r, strings.NewReader(string(body))), nil
	}
}

// torturedByServices runs a good job over strange services.
func torturedByServices(t *testing.T, w *cortex.Worker, config map[string]any) {
	t.Helper()
	for name, service := range strangeServices() {
		t.Run("service/"+name, func(t *testing.T) {
			out, stderr := run(t, w, goodFolder(t, w, config), service)
			report := Accept(t, out)
			assert.NotContains(t, report.Get("errorMessage").String(), "panic")
			assert.Empty(t, stderr)
			withoutSecrets(t, string(out)+stderr, Secret)
		})
	}
	t.Run("service/panic", func(t *testing.T) {
		out, stderr := run(t, w, goodFolder(t, w, config), transport(func(r *http.Request) (*http.Response, error) {
			panic("no such thing: " + everything(r))
		}))
		Accept(t, out)
		withoutSecrets(t, string(out)+stderr, Secret)
	})
	torturedByTimeout(t, w, config)
}

// torturedByTimeout lets a job's time run out: the report must come before
// Cortex throws it away.
func torturedByTimeout(t *testing.T, w *cortex.Worker, config map[string]any) {
	t.Helper()
	t.Run("service/job timeout", func(t *testing.T) {
		short := map[string]any{"jobTimeout": 1}
		maps.Copy(short, config)
		folder := goodFolder(t, w, short)
		var asked atomic.Bool // a worker may ask several services at once
		synctest.Test(t, func(t *testing.T) {
			end := make(chan struct{})
			defer close(end)
			deaf := transport(func(*http.Request) (*http.Response, error) {
				asked.Store(true)
				<-end // whatever becomes of the context
				return nil, io.EOF
			})
			assert.NoError(t, w.Run(t.Context(), folder, cortex.Surroundings{Stderr: t.Output(), Getenv: noEnvironment, Transport: deaf}))
		})
		report := Accept(t, Output(t, folder))
		if asked.Load() {
			assert.Contains(t, report.Get("errorMessage").String(), "gave up after 54s")
		}
	})
}

// Leaks runs a worker on services that repeat the request, with keys and all,
// in bodies, in errors and in redirects, and fails the test when a secret of
// its configuration comes out in any form. Torture does this too.
func Leaks(t *testing.T, w *cortex.Worker, config map[string]any) {
	t.Helper()
	services := strangeServices()
	services["redirect that shows the request"] = func(r *http.Request) (*http.Response, error) {
		location := "https://elsewhere.example.net/?" + url.Values{"from": {everything(r)}}.Encode()
		return recorded.Response{Status: 302, Header: map[string]string{"Location": location}}.With(r, strings.NewReader("")), nil
	}
	for name, service := range services {
		t.Run(name, func(t *testing.T) {
			out, stderr := run(t, w, goodFolder(t, w, config), service)
			withoutSecrets(t, string(out)+stderr, Secret)
		})
	}
}
