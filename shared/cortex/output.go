package cortex

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// What Cortex' JSON reader takes. It never ends a job whose report goes beyond,
// and shows no error, so the limits are ours to keep.
const (
	maxString = 20_000_000 // UTF-16 units in one string; also of full as a whole, which Cortex stores as one
	maxKey    = 50_000     // UTF-16 units in an object's key
	maxDepth  = 1_000      // objects and lists within one another
	maxNumber = 300        // characters of a number
)

// minSecret is the shortest secret that is looked for by value: a shorter one
// would be found everywhere.
const minSecret = 4

// finish writes a report as JSON: within Cortex' limits, as valid UTF-8, and
// without any of the secrets.
func finish(report any, secrets []string) ([]byte, error) {
	raw, err := json.Marshal(report) // replaces invalid UTF-8, refuses NaN and infinities
	if err != nil {
		return nil, fmt.Errorf("it can't be written as JSON: %w", err)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var tree any
	if err := dec.Decode(&tree); err != nil {
		return nil, fmt.Errorf("it can't be written as JSON: %w", err)
	}
	if err := checkLimits(tree, "report", 1); err != nil {
		return nil, err
	}
	if full, ok := tree.(map[string]any)["full"]; ok {
		if text, _ := json.Marshal(full); utf16Length(string(text)) > maxString {
			return nil, fmt.Errorf("full has more than %d characters as JSON, the most that Cortex can read back", maxString)
		}
	}
	if holds(string(raw), secrets) {
		tree = redactTree(tree, secrets)
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(tree); err != nil {
		return nil, fmt.Errorf("it can't be written as JSON: %w", err)
	}
	return out.Bytes(), nil
}

// checkLimits walks a decoded JSON value and tells where it goes beyond what
// Cortex reads.
func checkLimits(v any, at string, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("%s… nests deeper than %d levels, the most that Cortex reads", clip(at, 80), maxDepth)
	}
	switch v := v.(type) {
	case string:
		if utf16Length(v) > maxString {
			return fmt.Errorf("%s has more than %d characters, the most that Cortex reads in one text", clip(at, 200), maxString)
		}
	case json.Number:
		if _, err := v.Float64(); err != nil || len(v) > maxNumber {
			return fmt.Errorf("%s is a number that Cortex can't read", clip(at, 200))
		}
	case []any:
		for i, e := range v {
			if err := checkLimits(e, fmt.Sprintf("%s[%d]", at, i), depth+1); err != nil {
				return err
			}
		}
	case map[string]any:
		for k, e := range v {
			if utf16Length(k) > maxKey {
				return fmt.Errorf("%s has a key of more than %d characters, the most that Cortex reads", clip(at, 200), maxKey)
			}
			if err := checkLimits(e, at+"."+k, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// utf16Length counts as Java does.
func utf16Length(s string) int {
	if len(s) <= maxKey {
		return len(s) // never less than the true count, and within every limit
	}
	n := 0
	for _, r := range s {
		if n++; r > 0xFFFF {
			n++
		}
	}
	return n
}

// holds tells whether a text shows one of the secrets in any form that Redact
// knows. URLs' user names, which Redact takes out as well, don't count: they
// may be the very thing the report is about.
func holds(text string, secrets []string) bool {
	return len(secrets) > 0 && upstream.Redact(text, secrets...) != upstream.Redact(text)
}

// redactTree takes the secrets out of every string and every key.
func redactTree(v any, secrets []string) any {
	switch v := v.(type) {
	case string:
		if holds(v, secrets) {
			return upstream.Redact(v, secrets...)
		}
	case json.Number:
		if holds(v.String(), secrets) {
			return upstream.Redact(v.String(), secrets...)
		}
	case []any:
		for i, e := range v {
			v[i] = redactTree(e, secrets)
		}
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[redactTree(k, secrets).(string)] = redactTree(e, secrets)
		}
		return out
	}
	return v
}

// failure is output.json of a job that did not go well.
type failure struct {
	Success      bool           `json:"success"`
	ErrorMessage string         `json:"errorMessage"`
	Input        map[string]any `json:"input,omitempty"`
}

const (
	maxMessage = 4000 // bytes of an error message
	maxEcho    = 4000 // bytes of one text of the echoed input
	mask       = "[redacted]"
)

// encodeFailure makes output.json of a failure. Whoever may read the job sees
// the echoed input, so every secret is masked in it: by the item's name, and by
// value wherever else it stands.
func encodeFailure(message string, in input, secrets []string) []byte {
	f := failure{ErrorMessage: clip(upstream.Redact(strings.ToValidUTF8(message, "\uFFFD"), secrets...), maxMessage)}
	if in != nil {
		f.Input, _ = echo(map[string]json.RawMessage(in)).(map[string]any)
	}
	if out, err := finish(f, secrets); err == nil {
		return out
	}
	f.Input = nil // what can't be echoed within the limits is left out
	out, _ := json.Marshal(f)
	return out
}

// echo gives a copy of the input that is fit to be seen.
func echo(v any) any {
	switch v := v.(type) {
	case map[string]json.RawMessage:
		out := make(map[string]any, len(v))
		for k, raw := range v {
			dec := json.NewDecoder(bytes.NewReader(raw))
			dec.UseNumber()
			var e any
			if dec.Decode(&e) == nil {
				out[k] = echoOf(k, e)
			}
		}
		return out
	case map[string]any:
		for k, e := range v {
			v[k] = echoOf(k, e)
		}
	case []any:
		for i, e := range v {
			v[i] = echo(e)
		}
	case string:
		return clip(upstream.Redact(v), maxEcho)
	}
	return v
}

func echoOf(name string, v any) any {
	if v != nil && secretName(name) {
		return mask
	}
	return echo(v)
}
