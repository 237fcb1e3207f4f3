package cortextest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/cortex"
)

// Accept fails the test unless Cortex 4 would take the report and TheHive could
// use all of it. It knows their rules by itself and shares none with the kit.
// The report is given back for a closer look.
func Accept(t testing.TB, output []byte) gjson.Result {
	t.Helper()
	require.Empty(t, Faults(output), "Cortex or TheHive would not take the report:\n%s", abridge(output))
	return gjson.ParseBytes(output)
}

// AcceptFailure is Accept for a report of failure; it gives the message.
func AcceptFailure(t testing.TB, output []byte) string {
	t.Helper()
	report := Accept(t, output)
	require.False(t, report.Get("success").Bool(), "the report is of success:\n%s", abridge(output))
	return report.Get("errorMessage").String()
}

// AcceptFolder is Accept for a job folder: the files of artifacts must be there
// as regular files, and nothing else may be.
func AcceptFolder(t testing.TB, folder cortex.Folder) gjson.Result {
	t.Helper()
	dir := filepath.Join(string(folder), "output")
	output, err := os.ReadFile(filepath.Join(dir, "output.json"))
	require.NoError(t, err, "there is no report")
	report := Accept(t, output)
	for _, a := range report.Get(`artifacts.#(dataType=="file")#.file`).Array() {
		info, err := os.Lstat(filepath.Join(dir, a.String()))
		require.NoError(t, err, "a file that an artifact names")
		require.True(t, info.Mode().IsRegular(), "%s must be a regular file", a)
	}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		require.False(t, strings.HasPrefix(e.Name(), "."), "%s was left behind", e.Name())
	}
	return report
}

func abridge(output []byte) string {
	if len(output) > 2000 {
		return string(output[:2000]) + "…"
	}
	return string(output)
}

// Faults lists what Cortex or TheHive would not take of a report.
func Faults(output []byte) []string {
	var f faults
	switch {
	case len(output) == 0:
		return []string{"the report is empty: Cortex shows a failure without a message"}
	case !utf8.Valid(output):
		return []string{"the report is not UTF-8: Cortex never ends the job"}
	case !json.Valid(output):
		return []string{"the report is not valid JSON: Cortex never ends the job"}
	}
	if f.tokens(output); len(f) > 0 {
		return f
	}
	report := gjson.ParseBytes(output)
	if !report.IsObject() {
		return []string{"the report is not an object: Cortex shows a failure without a message"}
	}
	switch success := report.Get("success"); success.Type {
	case gjson.True:
		f.keys("the report", report, "success", "full", "summary", "artifacts", "operations")
		f.success(report)
	case gjson.False:
		f.keys("the report", report, "success", "errorMessage", "input")
		f.text("errorMessage", report.Get("errorMessage"))
	default:
		f.add("success is %q, not true or false", success.Raw)
	}
	return f
}

type faults []string

func (f *faults) add(format string, args ...any) { *f = append(*f, fmt.Sprintf(format, args...)) }

// tokens reads the report as a Java parser does, and finds what is too long
// for it or nests too deep.
func (f *faults) tokens(output []byte) {
	dec := json.NewDecoder(bytes.NewReader(output))
	dec.UseNumber()
	depth := 0
	for {
		token, err := dec.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			f.add("the report can't be read: %v", err)
			return
		}
		switch token := token.(type) {
		case json.Delim:
			if token == '{' || token == '[' {
				depth++
			} else {
				depth--
			}
			if depth > 1000 {
				f.add("the report nests deeper than 1000 levels")
				return
			}
		case string:
			if tooLong(token) {
				f.add("a text of more than 20,000,000 characters: Cortex never ends the job")
			}
		case json.Number:
			if len(token) > 300 {
				f.add("a number of %d digits", len(token))
			}
		}
	}
}

// tooLong counts a text as Java does, in UTF-16.
func tooLong(text string) bool {
	units := len(text)
	if units > 20_000_000 {
		units = 0
		for _, r := range text {
			units += utf16.RuneLen(r)
		}
	}
	return units > 20_000_000
}

func (f *faults) keys(what string, object gjson.Result, allowed ...string) {
	object.ForEach(func(key, _ gjson.Result) bool {
		if !slices.Contains(allowed, key.String()) {
			f.add("%s has a key %q, which Cortex does not know", what, key.String())
		}
		return true
	})
}

func (f *faults) text(what string, v gjson.Result) {
	if v.Type != gjson.String || strings.TrimSpace(v.String()) == "" {
		f.add("%s is %s, not a text", what, orMissing(v))
	}
}

func (f *faults) level(what string, v gjson.Result) {
	if v.Type != gjson.Number || v.Num != float64(int(v.Num)) || v.Num < 0 || v.Num > 3 {
		f.add("%s is %s, not 0 to 3", what, orMissing(v))
	}
}

func (f *faults) list(what string, v gjson.Result, each func(what string, v gjson.Result)) {
	if !v.IsArray() {
		f.add("%s is %s, not a list", what, orMissing(v))
		return
	}
	for i, e := range v.Array() {
		each(fmt.Sprintf("%s[%d]", what, i), e)
	}
}

func orMissing(v gjson.Result) string {
	if !v.Exists() {
		return "missing"
	}
	return v.Raw
}

func (f *faults) success(report gjson.Result) {
	if !report.Get("full").IsObject() {
		f.add("full is not an object: Cortex never ends the job")
	}
	if len(report.Get("full").Raw) > 20_000_000 {
		f.add("full has more than 20,000,000 characters, which Cortex can't read back")
	}
	f.list("summary.taxonomies", report.Get("summary.taxonomies"), f.taxonomy)
	f.list("artifacts", report.Get("artifacts"), f.artifact)
	f.list("operations", report.Get("operations"), f.operation)
}

func (f *faults) taxonomy(what string, v gjson.Result) {
	f.keys(what, v, "level", "namespace", "predicate", "value")
	if !slices.Contains([]string{"info", "safe", "suspicious", "malicious"}, v.Get("level").String()) {
		f.add("%s: level %s: TheHive discards all taxonomies", what, orMissing(v.Get("level")))
	}
	f.text(what+".namespace", v.Get("namespace"))
	f.text(what+".predicate", v.Get("predicate"))
	if value := v.Get("value"); value.Type != gjson.String && value.Type != gjson.Number {
		f.add("%s.value is %s, not a text or number", what, orMissing(value))
	}
}

func (f *faults) artifact(what string, v gjson.Result) {
	if !v.IsObject() {
		f.add("%s is not an object: Cortex drops all artifacts", what)
		return
	}
	keys := []string{"dataType", "message", "tags", "tlp", "data"}
	f.text(what+".dataType", v.Get("dataType"))
	if v.Get("dataType").String() == "file" {
		keys = []string{"dataType", "message", "tags", "tlp", "file", "filename", "contentType"}
		f.text(what+".file", v.Get("file"))
		f.text(what+".filename", v.Get("filename"))
		if strings.ContainsAny(v.Get("file").String(), `/\`) {
			f.add("%s.file is a path: Cortex drops the file", what)
		}
	} else {
		f.text(what+".data", v.Get("data"))
	}
	f.keys(what, v, keys...)
	if tlp := v.Get("tlp"); tlp.Exists() {
		f.level(what+".tlp", tlp)
	}
	if tags := v.Get("tags"); tags.Exists() {
		f.list(what+".tags", tags, f.text)
	}
}

// operation checks one operation against TheHive's list, which waits for ever
// on a job with an unknown or incomplete one.
func (f *faults) operation(what string, v gjson.Result) {
	required := map[string][]string{
		"AddTagToCase": {"tag"}, "AddTagToArtifact": {"tag"}, "AddTagToAlert": {"tag"},
		"MarkAlertAsRead": {}, "CreateTask": {"title", "description"}, "AddCustomFields": {"name", "tpe", "value"},
		"AddArtifactToCase": {"data", "dataType", "message"}, "AssignCase": {"owner"},
		"CloseTask": {}, "AddLogToTask": {"content"},
	}
	fields, known := required[v.Get("type").String()]
	if !known {
		f.add("%s: type %s: TheHive waits for ever", what, orMissing(v.Get("type")))
	}
	for _, name := range fields {
		if value := v.Get(name); !value.Exists() || value.Type == gjson.Null || strings.TrimSpace(value.String()) == "" {
			f.add("%s: %s lacks %s: TheHive waits for ever", what, v.Get("type"), name)
		}
	}
}
