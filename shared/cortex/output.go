package cortex

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
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

// maxMessage is how many bytes an error message may have.
const maxMessage = 4000

// success is output.json of a job that went well.
type success struct {
	Success    bool            `json:"success"`
	Full       json.RawMessage `json:"full"`
	Summary    summary         `json:"summary"`
	Artifacts  []artifact      `json:"artifacts"`
	Operations []Operation     `json:"operations"`
}

type summary struct {
	Taxonomies []Taxonomy `json:"taxonomies"`
}

// failure is output.json of a job that did not go well.
type failure struct {
	Success      bool           `json:"success"`
	ErrorMessage string         `json:"errorMessage"`
	Input        map[string]any `json:"input,omitempty"`
}

// encode makes output.json of a report, or tells why it can't be done.
func (r Report) encode(job *Job) ([]byte, error) {
	if err := r.validate(job); err != nil {
		return nil, err
	}
	full, err := json.Marshal(r.Full)
	if err != nil {
		return nil, fmt.Errorf("full: %w", err)
	}
	if jsonKind(full) != "an object" {
		return nil, fmt.Errorf("full must be an object, not %s", jsonKind(full))
	}
	if job.AutoExtract && job.worker.Kind == Analyzer {
		r.Artifacts = append(r.Artifacts, extracted(full, job)...)
	}
	return finish(success{
		Success: true, Full: full, Summary: summary{r.taxonomies(job)},
		Artifacts: r.artifacts(job), Operations: orEmpty(r.Operations),
	}, job.hidden())
}

// orEmpty makes JSON say [] and not null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// encodeFailure makes output.json of a failure. Whoever may read the job sees
// the echoed input, so every secret is masked in it.
func encodeFailure(message string, in input, secrets []string) []byte {
	message = upstream.Redact(strings.ToValidUTF8(message, "\uFFFD"), secrets...)
	f := failure{ErrorMessage: clip(message, maxMessage), Input: in.echo()}
	if out, err := finish(f, secrets); err == nil {
		return out
	}
	f.Input = nil // it goes beyond what Cortex reads
	out, err := finish(f, secrets)
	if err != nil {
		panic(err) // two short strings and a boolean are always valid JSON
	}
	return out
}

// finish writes a report as JSON: within Cortex' limits, as valid UTF-8, and
// without any of the secrets.
func finish(report any, secrets []string) ([]byte, error) {
	raw, err := json.Marshal(report) // replaces invalid UTF-8, refuses NaN and infinities
	if err != nil {
		return nil, fmt.Errorf("it can't be written as JSON: %w", err)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var tree map[string]any
	if err := dec.Decode(&tree); err != nil {
		return nil, fmt.Errorf("it can't be written as JSON: %w", err)
	}
	if beyond := checkLimits(tree, 1); beyond != nil {
		return nil, beyond
	}
	tree = redactTree(tree, secrets).(map[string]any)
	out, err := marshalPlain(tree)
	if err != nil {
		return nil, err
	}
	return out, checkFull(tree["full"], len(out))
}

// checkFull refuses a full that Cortex could not read back from where it keeps
// it, as one string. outer is the length of the JSON that full is part of.
func checkFull(full any, outer int) error {
	if outer <= maxString {
		return nil
	}
	text, err := marshalPlain(full)
	if err != nil {
		return err
	}
	if utf16Length(string(text)) > maxString {
		return fmt.Errorf("full has more than %d characters as JSON, the most that Cortex can read back", maxString)
	}
	return nil
}

func marshalPlain(v any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("it can't be written as JSON: %w", err)
	}
	return out.Bytes(), nil
}

// limitError says what in a report goes beyond what Cortex reads.
type limitError struct {
	path string // from the inside out: ".full.text"
	what string
}

func (e *limitError) Error() string {
	return clip(strings.TrimPrefix(e.path, "."), 200) + " " + e.what
}

// within adds where the faulty value stands.
func (e *limitError) within(step string) *limitError {
	if len(e.path) < 200 {
		e.path = step + e.path
	}
	return e
}

// checkLimits walks a decoded JSON value and finds the first part of it that
// goes beyond what Cortex reads.
func checkLimits(v any, depth int) *limitError {
	switch v := v.(type) {
	case string:
		if utf16Length(v) > maxString {
			return &limitError{what: fmt.Sprintf("has more than %d characters, the most that Cortex reads in one text", maxString)}
		}
	case json.Number:
		if _, err := v.Float64(); err != nil || len(v) > maxNumber {
			return &limitError{what: "is a number that Cortex can't read"}
		}
	case []any:
		if depth > maxDepth {
			return tooDeep()
		}
		for i, e := range v {
			if beyond := checkLimits(e, depth+1); beyond != nil {
				return beyond.within("[" + strconv.Itoa(i) + "]")
			}
		}
	case map[string]any:
		if depth > maxDepth {
			return tooDeep()
		}
		for k, e := range v {
			if utf16Length(k) > maxKey {
				return &limitError{what: fmt.Sprintf("has a key of more than %d characters, the most that Cortex reads", maxKey)}
			}
			if beyond := checkLimits(e, depth+1); beyond != nil {
				return beyond.within("." + clip(k, 50))
			}
		}
	}
	return nil
}

func tooDeep() *limitError {
	return &limitError{what: fmt.Sprintf("nests deeper than %d levels, the most that Cortex reads", maxDepth)}
}

// utf16Length counts characters as Java does.
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
