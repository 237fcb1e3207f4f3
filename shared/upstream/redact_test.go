package upstream

import (
	"encoding/base64"
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestRedact(t *testing.T) {
	const secret = `k/ey+"1&2<3>`
	basic := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	for name, tt := range map[string]struct {
		text    string
		secrets []string
		want    string
	}{
		"nothing to hide":         {"a text", nil, "a text"},
		"empty secret":            {"a text", []string{""}, "a text"},
		"plain":                   {"key " + secret + ".", []string{secret}, "key [redacted]."},
		"twice":                   {"abcd abcd", []string{"abcd"}, "[redacted] [redacted]"},
		"escaped for a query":     {"?k=" + url.QueryEscape(secret), []string{secret}, "?k=[redacted]"},
		"escaped for a path":      {"/" + url.PathEscape(secret), []string{secret}, "/[redacted]"},
		"escaped in lower case":   {"?k=" + strings.ToLower(url.QueryEscape(secret)), []string{secret}, "?k=[redacted]"},
		"in JSON":                 {`{"k":"k/ey+\"1\u00262\u003c3\u003e"}`, []string{secret}, `{"k":"[redacted]"}`},
		"in JSON, few escapes":    {`{"k":"k/ey+\"1&2<3>"}`, []string{secret}, `{"k":"[redacted]"}`},
		"in JSON as PHP has it":   {`{"k":"k\/ey+\"1&2<3>"}`, []string{secret}, `{"k":"[redacted]"}`},
		"in HTML":                 {html.EscapeString(secret), []string{secret}, "[redacted]"},
		"base64":                  {basic("longsecret"), []string{"longsecret"}, "[redacted]A=="},
		"the longer one first":    {"abcdefgh", []string{"abcd", "abcdefgh"}, "[redacted]"},
		"userinfo":                {"proxyconnect http://user:pa:ss@proxy.example:3128/x", nil, "proxyconnect http://[redacted]@proxy.example:3128/x"},
		"user alone":              {"https://token@host.example", nil, "https://[redacted]@host.example"},
		"at sign in the password": {"http://u:p@ss@host.example/", nil, "http://[redacted]@host.example/"},
		"at sign in the path":     {"https://social.example/@user", nil, "https://social.example/@user"},
		"two URLs":                {"http://u@a.example ftp://b@c.example/", nil, "http://[redacted]@a.example ftp://[redacted]@c.example/"},
		"a URL in a URL":          {"http://a.example://u:p@b.example", nil, "http://a.example://[redacted]@b.example"},
		"the end of the text":     {"http://user:pass@", nil, "http://[redacted]@"},
		"mail address":            {"see http://a.example or mail a@b.example", nil, "see http://a.example or mail a@b.example"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, tt.want, Redact(tt.text, tt.secrets...))
		})
	}
}

func TestRedactBase64AtEveryPlace(t *testing.T) {
	const secret = "an-API-key-0123456789"
	for _, prefix := range []string{"", "u", "us", "use", "user:"} {
		for _, suffix := range []string{"", "!", "!!"} {
			for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding, base64.RawStdEncoding} {
				got := Redact(encoding.EncodeToString([]byte(prefix+secret+suffix)), secret)
				assert.Contains(t, got, mask)
				assert.Less(t, len(strings.Replace(got, mask, "", 1)), 16, "only what surrounds the secret is left: %s", got)
			}
		}
	}
}

func TestSecrets(t *testing.T) {
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte("user:pass:word"))
	header := http.Header{
		"Authorization": {"Bearer abc"}, "Proxy-Authorization": {basic}, "X-Apikey": {"k1"}, "Auth-Key": {"k2"},
		"Cookie": {"SESSION=k3"}, "Accept": {"application/json"},
	}
	query := url.Values{"token": {"k4"}, "apikey": {"k5"}, "api_key": {"k6"}, "password": {"k7"}, "ip": {"192.0.2.1"}, "keyword": {"apt"}, "author": {"a"}}
	assert.ElementsMatch(t, []string{
		"Bearer abc", "abc", basic, strings.TrimPrefix(basic, "Basic "), "pass:word", "k1", "k2", "SESSION=k3", "k4", "k5", "k6", "k7",
	}, Secrets(header, query))
	assert.Empty(t, Secrets(nil, nil))
}

func FuzzRedact(f *testing.F) {
	f.Add("GET http://u:p@h/?k=secret failed", "secret")
	f.Add(`{"k":"a\/b"}`, "a/b")
	f.Add("c2VjcmV0c2VjcmV0", "secretsecret")
	f.Add("%61", "a")
	f.Fuzz(func(t *testing.T, text, secret string) {
		got := Redact(text, secret)
		// The mask itself may hold, or complete, such a secret.
		if secret == "" || strings.ContainsAny(secret, "[]@") || strings.Contains(mask, secret) {
			return
		}
		for _, form := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret), html.EscapeString(secret)} {
			if !strings.Contains(mask, form) && strings.Contains(got, form) {
				t.Errorf("Redact(%q, %q) = %q still holds %q", text, secret, got, form)
			}
		}
	})
}
