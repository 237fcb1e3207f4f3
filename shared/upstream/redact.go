package upstream

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/waggle-cti/waggle/shared/pattern"
)

const mask = "[redacted]"

// minBase64 is the shortest base64 form that is looked for: shorter ones would
// hit innocent text.
const minBase64 = 6

// sensitive names header fields and query parameters whose values are secrets.
var sensitive = pattern.New(`(?i)auth([-_]|orization|$)|key([-_]|$)|cookie|token|secret|passw|pwd|session|signature|^sig$`)

// Redact replaces each of secrets in text by "[redacted]", by value: as it is,
// URL-escaped, escaped as in JSON or HTML, and in base64, also where it is only
// a part of what was encoded. The user:password of any URL goes as well. Empty
// secrets are ignored.
func Redact(text string, secrets ...string) string {
	forms := []string{}
	for _, secret := range secrets {
		forms = append(forms, secretForms(secret)...)
	}
	// Most texts hold none, and looking for each is far quicker than replacing all.
	forms = slices.DeleteFunc(forms, func(form string) bool { return !strings.Contains(text, form) })
	// The longest first: a secret may be the beginning of another.
	slices.SortStableFunc(forms, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	pairs := make([]string, 0, 2*len(forms))
	for _, form := range slices.Compact(forms) {
		pairs = append(pairs, form, mask)
	}
	if len(pairs) > 0 {
		text = strings.NewReplacer(pairs...).Replace(text)
	}
	return withoutUserinfo(text)
}

// withoutUserinfo hides what stands between the scheme and the host of URLs,
// RFC 3986 section 3.2.1: all up to the last @ before a path begins or the
// address ends.
func withoutUserinfo(text string) string {
	const scheme = "://"
	if !strings.Contains(text, scheme) {
		return text
	}
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(text, scheme)
		out.WriteString(before)
		if !found {
			return out.String()
		}
		out.WriteString(scheme)
		end := strings.IndexAny(rest, " \t\n\f\r/?#\"'<>")
		if end < 0 {
			end = len(rest)
		}
		if at := strings.LastIndexByte(rest[:end], '@'); at >= 0 {
			out.WriteString(mask)
			rest = rest[at:]
		}
		text = rest
	}
}

// secretForms are the ways a secret shows up in text.
func secretForms(secret string) []string {
	if secret == "" {
		return nil
	}
	query, path := url.QueryEscape(secret), url.PathEscape(secret)
	forms := []string{query, path, lowerHex(query), lowerHex(path), html.EscapeString(secret)}
	for _, write := range []func(any) ([]byte, error){json.Marshal, encode} {
		if quoted, err := write(secret); err == nil {
			escaped := string(quoted[1 : len(quoted)-1])
			forms = append(forms, escaped, strings.ReplaceAll(escaped, "/", `\/`))
		}
	}
	return append(append(forms, base64Forms(secret)...), secret)
}

// lowerHex writes the percent escapes of an escaped text in lower case.
func lowerHex(escaped string) string {
	var b strings.Builder
	for i := 0; i < len(escaped); i++ {
		if escaped[i] == '%' && i+2 < len(escaped) {
			b.WriteString(strings.ToLower(escaped[i : i+3]))
			i += 2
			continue
		}
		b.WriteByte(escaped[i])
	}
	return b.String()
}

// base64Forms are the characters that only the secret decides, for each of the
// three places it can start at within a base64 group (RFC 4648): "user:key" in
// an Authorization header hides the key at any of them.
func base64Forms(secret string) []string {
	var forms []string
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for offset := range 3 {
			encoded := encoding.EncodeToString([]byte(strings.Repeat("\x00", offset) + secret))
			start := (offset*8 + 5) / 6
			end := (offset + len(secret)) * 8 / 6
			if end-start >= minBase64 {
				forms = append(forms, encoded[start:end])
			}
		}
	}
	return forms
}

// Secrets returns the values in header and query that are secrets by the name
// they stand under (Authorization, X-API-Key, ?token=…), with the parts of an
// Authorization value each on its own. Both may be nil.
func Secrets(header http.Header, query url.Values) []string {
	var secrets []string
	for name, values := range header {
		if sensitive().MatchString(name) {
			secrets = append(secrets, credentialParts(values)...)
		}
	}
	for name, values := range query {
		if sensitive().MatchString(name) {
			secrets = append(secrets, values...)
		}
	}
	return secrets
}

// credentialParts takes "Bearer KEY" and "Basic BASE64" (RFC 7617) apart.
func credentialParts(values []string) []string {
	parts := slices.Clone(values)
	for _, value := range values {
		scheme, credentials, found := strings.Cut(value, " ")
		if !found {
			continue
		}
		parts = append(parts, credentials)
		if decoded, err := base64.StdEncoding.DecodeString(credentials); err == nil && strings.EqualFold(scheme, "basic") {
			_, password, _ := strings.Cut(string(decoded), ":")
			parts = append(parts, password)
		}
	}
	return parts
}
