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

	"github.com/waggle-cti/waggle/shared/cortex/recorded"
)

func TestReplay(t *testing.T) {
	ask := recorded.Request{URL: "https://a.example.com/"}
	r := newReplay(t, []recorded.Exchange{
		{Request: ask, Response: recorded.Response{Status: 503, Body: json.RawMessage(`"busy"`)}},
		{Request: ask, Response: recorded.Response{Body: json.RawMessage(`{"a": 1}`)}},
		{Request: ask, Response: recorded.Response{Error: "refused"}},
		{Request: ask, Response: recorded.Response{Error: "cut", Body: json.RawMessage(`"half"`)}},
		{Request: ask, Response: recorded.Response{Error: "tired"}},
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
