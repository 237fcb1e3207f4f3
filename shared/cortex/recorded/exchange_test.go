package recorded

import (
	"encoding/json"
	"net/http"
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
			assert.Equal(t, c.fits, want.Fits(got, []byte(c.body)))
		})
	}
}
