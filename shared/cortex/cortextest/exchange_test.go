package cortextest

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFits(t *testing.T) {
	for name, c := range map[string]struct {
		want, method, url, body string
		fits                    bool
	}{
		"method by default":     {`{"url":"https://a.example.com/x"}`, "GET", "https://a.example.com/x", "", true},
		"other method":          {`{"url":"https://a.example.com/x"}`, "POST", "https://a.example.com/x", "", false},
		"other host":            {`{"url":"https://a.example.com/x"}`, "GET", "https://b.example.com/x", "", false},
		"query in other order":  {`{"url":"https://a.example.com/x?a=1&b=2"}`, "GET", "https://a.example.com/x?b=2&a=1", "", true},
		"more in the query":     {`{"url":"https://a.example.com/x?a=1"}`, "GET", "https://a.example.com/x?b=2&a=1", "", false},
		"header":                {`{"url":"https://a.example.com/","header":{"accept":"text/plain"}}`, "GET", "https://a.example.com/", "", true},
		"other header":          {`{"url":"https://a.example.com/","header":{"Accept":"text/html"}}`, "GET", "https://a.example.com/", "", false},
		"text in the body":      {`{"method":"POST","url":"https://a.example.com/","body":"b=2"}`, "POST", "https://a.example.com/", "a=1&b=2", true},
		"text not in the body":  {`{"method":"POST","url":"https://a.example.com/","body":"b=3"}`, "POST", "https://a.example.com/", "a=1&b=2", false},
		"form":                  {`{"method":"POST","url":"https://a.example.com/","body":{"b":"2 3"}}`, "POST", "https://a.example.com/", "a=1&b=2+3", true},
		"JSON with more":        {`{"method":"POST","url":"https://a.example.com/","body":{"a":{"b":[1]}}}`, "POST", "https://a.example.com/", `{"a":{"b":[1],"c":2},"d":null}`, true},
		"JSON with less":        {`{"method":"POST","url":"https://a.example.com/","body":{"a":1}}`, "POST", "https://a.example.com/", `{}`, false},
		"JSON of longer list":   {`{"method":"POST","url":"https://a.example.com/","body":{"a":[1]}}`, "POST", "https://a.example.com/", `{"a":[1,2]}`, false},
		"JSON of another value": {`{"method":"POST","url":"https://a.example.com/","body":{"a":1}}`, "POST", "https://a.example.com/", `{"a":"1"}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			var want Request
			require.NoError(t, json.Unmarshal([]byte(c.want), &want))
			got, err := http.NewRequest(c.method, c.url, nil)
			require.NoError(t, err)
			got.Header.Set("Accept", "text/plain")
			assert.Equal(t, c.fits, want.fits(got, []byte(c.body)))
		})
	}
}

func TestReplay(t *testing.T) {
	ask := Request{URL: "https://a.example.com/"}
	r := newReplay(t, []Exchange{
		{ask, Response{Status: 503, Body: json.RawMessage(`"busy"`)}},
		{ask, Response{Body: json.RawMessage(`{"a": 1}`)}},
		{ask, Response{Error: "refused"}},
		{ask, Response{Error: "cut", Body: json.RawMessage(`"half"`)}},
		{ask, Response{Error: "tired"}},
	})
	get := func() (*http.Response, error) {
		request, err := http.NewRequest(http.MethodGet, ask.URL, strings.NewReader(""))
		require.NoError(t, err)
		return r.RoundTrip(request)
	}
	first, err := get()
	require.NoError(t, err)
	assert.Equal(t, "503 Service Unavailable", first.Status)
	second, err := get()
	require.NoError(t, err)
	body, err := io.ReadAll(second.Body)
	require.NoError(t, err)
	assert.Equal(t, `{"a": 1}`, string(body))
	assert.Equal(t, "application/json", second.Header.Get("Content-Type"))
	_, err = get()
	require.ErrorIs(t, err, syscall.ECONNREFUSED)
	cut, err := get()
	require.NoError(t, err)
	_, err = io.ReadAll(cut.Body)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	_, err = get()
	require.ErrorContains(t, err, `"tired"`)
	r.finish()
}
