package triage

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// maxLine bounds a line of examples, in bytes.
const maxLine = 4 << 20

// ReadExamples reads labelled texts, one JSON object a line:
//
//	{"text": "…", "label": 1}
//
// The label is 1, true or "1" for wanted, 0, false or "0" for not; other
// fields are passed over, and empty lines. Errors say the line.
func ReadExamples(r io.Reader) ([]Example, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	var out []Example
	n := 0
	for lines.Scan() {
		n++
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		e, err := readExample(lines.Bytes())
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		out = append(out, e)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("line %d: %w", n+1, err)
	}
	return out, nil
}

func readExample(line []byte) (Example, error) {
	var written struct {
		Text  *string         `json:"text"`
		Label json.RawMessage `json:"label"`
	}
	if err := json.Unmarshal(line, &written); err != nil {
		return Example{}, err
	}
	if written.Text == nil {
		return Example{}, fmt.Errorf(`no "text"`)
	}
	switch string(bytes.Trim(written.Label, `"`)) {
	case "1", "true":
		return Example{*written.Text, true}, nil
	case "0", "false":
		return Example{*written.Text, false}, nil
	}
	return Example{}, fmt.Errorf(`"label" is 1 for a wanted text and 0 for another, not %.40q`, written.Label)
}

// CrossValidate measures how models trained on four fifths of the examples do
// on the others, each example once. seed gives another division.
func CrossValidate(r Reader, examples []Example, seed int) Measure {
	var out Measure
	for fold := range folds {
		var train, test []Example
		for n, i := range order(len(examples), seed) {
			if n%folds == fold {
				test = append(test, examples[i])
			} else {
				train = append(train, examples[i])
			}
		}
		out = out.plus(Train(r, train).Test(test))
	}
	return out
}
