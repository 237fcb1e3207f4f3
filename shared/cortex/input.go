package cortex

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// maxInput is the largest input.json, in bytes. TheHive takes bodies of 256 kB
// and Cortex of a few MB, so nothing honest comes near it.
const maxInput = 16 << 20

// input is input.json as it came, nothing judged yet.
type input map[string]json.RawMessage

// readInput reads a job's JSON. The bytes are returned as far as they are a
// JSON object, so that a failure can show what was wrong in it.
func readInput(r io.Reader) (input, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxInput+1))
	switch {
	case err != nil:
		return nil, badInput("the job can't be read: %v", reason(err))
	case len(raw) > maxInput:
		return nil, badInput("the job's JSON is larger than %s, the most this worker takes; pass large data as a file", megabytes(maxInput))
	case len(bytes.TrimSpace(raw)) == 0:
		return nil, badInput("the job's JSON is empty")
	case !utf8.Valid(raw):
		return nil, badInput("the job's JSON is not UTF-8 text")
	}
	var in input
	err = json.Unmarshal(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf")), &in)
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return nil, badInput("the job is not valid JSON: %v at byte %d", err, syntax.Offset)
	case err != nil:
		return nil, badInput("the job's JSON must be an object, not %s", jsonKind(raw))
	case in == nil:
		return nil, badInput("the job's JSON must be an object, not null")
	}
	return in, nil
}

// text reads a string. A number is taken as the text it is written as;
// missing and null are "".
func (in input) text(name string) (string, error) {
	raw := bytes.TrimSpace(in[name])
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return "", nil
	case raw[0] == '"':
		var s string
		err := json.Unmarshal(raw, &s)
		return s, err
	case jsonKind(raw) == "a number":
		return string(raw), nil
	}
	return "", badInput("%s must be a string, not %s", name, jsonKind(raw))
}

// level reads a TLP or PAP; Cortex' default is 2.
func (in input) level(name string, highest int) (int, error) {
	text, err := in.text(name)
	if err != nil {
		return 0, badInput("%s must be a number, not %s", name, jsonKind(in[name]))
	}
	if text = strings.TrimSpace(text); text == "" {
		return DefaultMaxLevel, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > highest {
		return 0, badInput("%s must be a whole number from 0 to %d", name, highest)
	}
	return n, nil
}

// object reads an object; missing and null are an empty one.
func (in input) object(name string) (map[string]json.RawMessage, error) {
	raw := in[name]
	if unset(raw) {
		return map[string]json.RawMessage{}, nil
	}
	var o map[string]json.RawMessage
	if err := json.Unmarshal(raw, &o); err != nil {
		return nil, badInput("%s must be an object, not %s", name, jsonKind(raw))
	}
	return o, nil
}

// job judges the input for a worker and makes it a job. Places (folder,
// network) are for the caller to fill in.
func (in input) job(w *Worker) (*Job, error) {
	job := &Job{worker: w}
	var errs []error
	take := func(err error) { errs = append(errs, err) }
	var err error

	job.DataType, err = in.text("dataType")
	take(err)
	job.TLP, err = in.level("tlp", MaxTLP)
	take(err)
	job.PAP, err = in.level("pap", MaxPAP)
	take(err)
	job.Message, err = in.text("message")
	take(err)
	_, err = in.object("parameters")
	take(err)
	job.Parameters = gjson.ParseBytes(in["parameters"])
	if err := errors.Join(errs...); err != nil {
		return nil, first(errs)
	}
	if job.DataType == "" {
		return nil, badInput("dataType is missing")
	}
	if !w.Accepts(job.DataType) {
		return nil, badInput("data type %q is none of those that %s takes: %s", clip(job.DataType, 64), w.Name, strings.Join(w.DataTypes, ", "))
	}
	return job, in.subject(w, job)
}

// subject reads what the job is about: an observable, a file or an object.
func (in input) subject(w *Worker, job *Job) error {
	switch {
	case w.Kind == Responder:
		return in.responderObject(job)
	case job.DataType == fileType:
		return in.attachment(job)
	}
	data, err := in.text("data")
	if err != nil {
		return err
	}
	if job.Data = strings.TrimSpace(data); job.Data == "" {
		return badInput("data is empty: there is nothing to analyse")
	}
	return nil
}

func (in input) responderObject(job *Job) error {
	raw := in["data"]
	if unset(raw) || jsonKind(raw) != "an object" {
		return badInput("data must be the %s as an object, not %s", job.DataType, jsonKind(raw))
	}
	if job.Object = gjson.ParseBytes(raw); len(job.Object.Map()) == 0 {
		return badInput("data is an empty object: there is nothing to act on")
	}
	return nil
}

// fileType is the data type of jobs about a file.
const fileType = "file"

func (in input) attachment(job *Job) error {
	var err error
	if job.File.input, err = in.text("file"); err != nil {
		return err
	}
	if job.File.Name, err = in.text("filename"); err != nil {
		return err
	}
	if job.File.ContentType, err = in.text("contentType"); err != nil {
		return err
	}
	if job.File.input == "" {
		return badInput("the job is of type file and brings none (Cortex was given data where it wants an attachment): run it on a file observable")
	}
	if strings.ContainsAny(job.File.input, "/\\\x00") || job.File.input == "." || job.File.input == ".." {
		return badInput("file must be the name of a file in the input folder, without a path")
	}
	job.File.Name = orDefault(job.File.Name, job.File.input)
	return nil
}

func first(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// clip shortens a text for a message, at a character's boundary.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit] + "…"
}

// megabytes writes a size as messages show it.
func megabytes(n int64) string {
	return fmt.Sprintf("%.1f MB (%d bytes)", float64(n)/1e6, n)
}
