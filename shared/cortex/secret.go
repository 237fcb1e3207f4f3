package cortex

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/waggle-cti/waggle/shared/upstream"
)

const (
	mask = "[redacted]"

	// minSecret is the shortest secret that is looked for by value: a shorter
	// one would be found everywhere.
	minSecret = 4

	// maxEcho is how many bytes of one text of the input a failure repeats.
	maxEcho = 4000
)

// secretName tells whether an item's name says that its value is secret. It is
// by these words that Cortex knows it, too.
func secretName(name string) bool {
	name = strings.ToLower(name)
	for _, word := range []string{"key", "token", "secret", "password"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

// secrets are the values in a job that must not be seen: of everything whose
// name says so, and the passwords in addresses.
func (in input) secrets() []string {
	var secrets []string
	for _, part := range []string{"config", "parameters"} {
		var tree any
		if json.Unmarshal(in[part], &tree) == nil {
			secrets = append(secrets, secretsIn(tree)...)
		}
	}
	return secrets
}

func secretsIn(tree any) []string {
	var secrets []string
	switch tree := tree.(type) {
	case map[string]any:
		for name, v := range tree {
			if secretName(name) {
				secrets = append(secrets, texts(v)...)
			} else {
				secrets = append(secrets, secretsIn(v)...)
			}
		}
	case []any:
		for _, v := range tree {
			secrets = append(secrets, secretsIn(v)...)
		}
	case string:
		if u, err := url.Parse(strings.TrimSpace(tree)); err == nil {
			password, _ := u.User.Password()
			secrets = append(secrets, texts(password)...)
		}
	}
	return secrets
}

// texts are the strings in a value that are long enough to be looked for, as
// they are and without white space around.
func texts(v any) []string {
	var out []string
	switch v := v.(type) {
	case string:
		for _, s := range []string{v, strings.TrimSpace(v)} {
			if len(s) >= minSecret && !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	case []any:
		for _, e := range v {
			out = append(out, texts(e)...)
		}
	case map[string]any:
		for _, e := range v {
			out = append(out, texts(e)...)
		}
	}
	return out
}

// between stands between texts that are redacted together. It is no UTF-8, so
// no text and no secret has it in it.
const between = "\n\xff\n"

// redactTree takes the secrets out of every text of a decoded JSON value: keys
// and numbers as well. User names in URLs, which Redact takes out too, stay
// where no secret is beside them: they may be what the report is about.
func redactTree(tree any, secrets []string) any {
	if len(secrets) == 0 {
		return tree
	}
	texts := textsIn(tree, nil)
	joined := strings.Join(texts, between)
	without := strings.Split(upstream.Redact(joined), between)
	redacted := strings.Split(upstream.Redact(joined, secrets...), between)
	replace := map[string]string{}
	for i, text := range texts {
		if redacted[i] != without[i] {
			replace[text] = redacted[i]
		}
	}
	if len(replace) == 0 {
		return tree
	}
	return replaceIn(tree, replace)
}

// textsIn appends every text of a decoded JSON value to a list.
func textsIn(v any, list []string) []string {
	switch v := v.(type) {
	case string:
		return append(list, v)
	case json.Number:
		return append(list, v.String())
	case []any:
		for _, e := range v {
			list = textsIn(e, list)
		}
	case map[string]any:
		for k, e := range v {
			list = textsIn(e, append(list, k))
		}
	}
	return list
}

func replaceIn(v any, replace map[string]string) any {
	switch v := v.(type) {
	case string:
		return orDefault(replace[v], v)
	case json.Number:
		if r, ok := replace[v.String()]; ok {
			return r
		}
	case []any:
		for i, e := range v {
			v[i] = replaceIn(e, replace)
		}
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[orDefault(replace[k], k)] = replaceIn(e, replace)
		}
		return out
	}
	return v
}

// echo gives a copy of the input that is fit to be seen: secrets are masked by
// the name they stand under, user names and passwords in URLs as well, and long
// texts are cut.
func (in input) echo() map[string]any {
	if in == nil {
		return nil
	}
	out := make(map[string]any, len(in))
	for k, raw := range in {
		dec := json.NewDecoder(bytes.NewReader(raw))
		dec.UseNumber()
		var v any
		if dec.Decode(&v) != nil {
			continue
		}
		if _, ok := v.(map[string]any); k == "config" && !ok && v != nil {
			v = mask // names say what is secret, and here are none
		}
		out[k] = echoOf(k, v)
	}
	return out
}

func echoOf(name string, v any) any {
	if v != nil && secretName(name) {
		return mask
	}
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			v[k] = echoOf(k, e)
		}
	case []any:
		for i, e := range v {
			v[i] = echoOf("", e)
		}
	case string:
		return clip(upstream.Redact(v), maxEcho)
	}
	return v
}
