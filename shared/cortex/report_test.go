package cortex

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
)

// testJob is a job with a folder to write files to.
func testJob(t *testing.T, kind Kind, dataType string) *Job {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "output"), 0o755))
	d := Definition{Name: "Waggle_Test", Version: "1.0", Service: Service{Homepage: "https://service.example.com/about"}}
	run := func(context.Context, *Job, struct{}) (Report, error) { return Report{}, nil }
	w := NewAnalyzer(d, run)
	if kind == Responder {
		w = NewResponder(d, run)
	}
	return &Job{worker: w, folder: Folder(dir), DataType: dataType, Data: "198.51.100.7", TLP: 4}
}

func object() map[string]any { return map[string]any{"found": true} }

func TestEncode(t *testing.T) {
	job := testJob(t, Analyzer, "ip")
	out, err := Report{
		Full: object(),
		Taxonomies: []Taxonomy{
			{Level: Malicious, Namespace: "Test", Predicate: "Threat", Value: "malware"},
			{Level: Info, Predicate: "Count", Value: 3},
		},
		Artifacts: []Artifact{
			{DataType: "ip", Data: "192.0.2.1"},
			{DataType: "ip", Data: "192.0.2.1", Message: "again"},
			{DataType: "domain", Data: "example.com", Message: "m", Tags: []string{"t", "", "test", "t"}, TLP: new(0)},
		},
		Operations: []Operation{AddTagToArtifact("seen")},
	}.encode(job)
	require.NoError(t, err)
	assert.JSONEq(t, `{
		"success": true,
		"full": {"found": true},
		"summary": {"taxonomies": [
			{"level": "malicious", "namespace": "Test", "predicate": "Threat", "value": "malware"},
			{"level": "info", "namespace": "Test", "predicate": "Count", "value": 3}
		]},
		"artifacts": [
			{"dataType": "ip", "data": "192.0.2.1", "tags": ["test"], "tlp": 3},
			{"dataType": "domain", "data": "example.com", "message": "m", "tags": ["test", "t"], "tlp": 0}
		],
		"operations": [{"type": "AddTagToArtifact", "tag": "seen"}]
	}`, string(out))
}

func TestEncodeRefuses(t *testing.T) {
	deep := any("end")
	for range 1001 {
		deep = []any{deep}
	}
	tax := func(level Level, namespace, predicate string, value any) Report {
		return Report{Full: object(), Taxonomies: []Taxonomy{{level, namespace, predicate, value}}}
	}
	art := func(a Artifact) Report { return Report{Full: object(), Artifacts: []Artifact{a}} }
	for name, c := range map[string]struct {
		report Report
		says   string
	}{
		"no full":              {Report{}, "full must be an object, not null"},
		"full a list":          {Report{Full: []string{"a"}}, "full must be an object, not a list"},
		"full a text":          {Report{Full: "a"}, "full must be an object, not a string"},
		"full not a number":    {Report{Full: map[string]any{"a": math.NaN()}}, "full: json: unsupported value: NaN"},
		"full a channel":       {Report{Full: map[string]any{"a": make(chan int)}}, "full: json: unsupported type"},
		"full broken JSON":     {Report{Full: json.RawMessage(`{"a":`)}, "full: json"},
		"text too long":        {Report{Full: map[string]any{"a": []string{"", strings.Repeat("a", maxString+1)}}}, "full.a[1] has more than 20000000 characters"},
		"key too long":         {Report{Full: map[string]any{strings.Repeat("k", maxKey+1): 1}}, "full has a key of more than 50000 characters"},
		"number too long":      {Report{Full: json.RawMessage(`{"a":1` + strings.Repeat("0", 400) + `}`)}, "full.a is a number that Cortex can't read"},
		"too deep":             {Report{Full: map[string]any{"a": deep}}, "nests deeper than 1000 levels"},
		"level unknown":        {tax("high", "n", "p", 1), `taxonomy 1: level "high" is none of`},
		"level missing":        {tax("", "n", "p", 1), "taxonomy 1: level"},
		"no predicate":         {tax(Info, "n", "", 1), "the predicate must not be empty"},
		"no value":             {tax(Info, "n", "p", nil), "the value has type <nil>"},
		"value a list":         {tax(Info, "n", "p", []string{"a"}), "the value has type []string"},
		"value a boolean":      {tax(Info, "n", "p", true), "the value has type bool"},
		"value not a number":   {tax(Info, "n", "p", math.Inf(1)), "can't be written as JSON"},
		"artifact, no type":    {art(Artifact{Data: "a"}), "artifact 1: it has no data type"},
		"artifact, no data":    {art(Artifact{DataType: "ip"}), "artifact 1: data of type ip is empty"},
		"artifact, blank data": {art(Artifact{DataType: "ip", Data: " \n"}), "artifact 1: data of type ip is empty"},
		"artifact, tlp 4":      {art(Artifact{DataType: "ip", Data: "a", TLP: new(4)}), "artifact 1: tlp is 4 and must be 0 to 3"},
		"artifact, ip a file":  {art(Artifact{DataType: "ip", Data: "a", File: "f"}), "must not name a file"},
		"file with data":       {art(Artifact{DataType: "file", Data: "a", File: "f"}), "a file must not have data"},
		"file without a name":  {art(Artifact{DataType: "file"}), "must be a name that Job.OutputFile gave"},
		"file elsewhere":       {art(Artifact{DataType: "file", File: "../input/input.json"}), "must be a name that Job.OutputFile gave"},
		"file missing":         {art(Artifact{DataType: "file", File: "f"}), `file "f" is not in the output folder`},
		"operation of no kind": {Report{Full: object(), Operations: []Operation{{}}}, "operation 1: has no type"},
		"all faults at once":   {Report{Full: object(), Taxonomies: []Taxonomy{{}}, Operations: []Operation{{}}}, "is none of info, safe, suspicious, malicious; operation 1"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.report.encode(testJob(t, Analyzer, "ip"))
			require.ErrorContains(t, err, c.says)
			assert.Less(t, len(err.Error()), 1000)
		})
	}
}

func TestLimits(t *testing.T) {
	assert.Nil(t, checkLimits(strings.Repeat("ä", maxString/2+1), 1), "bytes don't count")
	assert.ErrorContains(t, checkLimits(map[string]any{"a": []any{strings.Repeat("😀", maxString/2+1)}}, 1), "a[0] has more than 20000000 characters", "two units each in Java")
	half := strings.Repeat("a", maxString/2)
	assert.NoError(t, checkFull(map[string]any{"a": half}, maxString+1))
	assert.ErrorContains(t, checkFull(map[string]any{"a": half, "b": half}, maxString+1), "full has more than 20000000 characters as JSON")
}

func TestEncodeRepairs(t *testing.T) {
	out, err := Report{Full: map[string]any{"bad\xff": "a\xffb", "raw": json.RawMessage(`"\ud800"`), "html": "<a&b>"}}.encode(testJob(t, Analyzer, "ip"))
	require.NoError(t, err)
	assert.Equal(t, map[string]any{"bad\uFFFD": "a\uFFFDb", "raw": "\uFFFD", "html": "<a&b>"}, gjson.GetBytes(out, "full").Value())
	assert.Contains(t, string(out), "<a&b>", "readable where it is read by people")
}

func TestOutputFile(t *testing.T) {
	job := testJob(t, Analyzer, "ip")
	write := func(name string) string {
		f, as, err := job.OutputFile(name)
		require.NoError(t, err)
		_, err = f.Write([]byte("content"))
		require.NoError(t, err)
		require.NoError(t, f.Close())
		return as
	}
	require.Equal(t, "drop.exe", write("drop.exe"))
	require.Equal(t, "1-drop.exe", write("drop.exe"))
	out, err := Report{Full: object(), Artifacts: []Artifact{
		{DataType: "file", File: "drop.exe"},
		{DataType: "file", File: "1-drop.exe", Filename: "C:\\drop.exe", ContentType: "application/x-dosexec"},
	}}.encode(job)
	require.NoError(t, err)
	assert.JSONEq(t, `[
		{"dataType": "file", "file": "drop.exe", "filename": "drop.exe", "tags": ["test"], "tlp": 3},
		{"dataType": "file", "file": "1-drop.exe", "filename": "C:\\drop.exe", "contentType": "application/x-dosexec", "tags": ["test"], "tlp": 3}
	]`, gjson.GetBytes(out, "artifacts").Raw)

	require.NoError(t, os.Symlink("/etc/hostname", job.folder.output("link")))
	_, err = Report{Full: object(), Artifacts: []Artifact{{DataType: "file", File: "link"}}}.encode(job)
	require.ErrorContains(t, err, "not a regular file", "Cortex would follow it on its host")
}

func TestSafeName(t *testing.T) {
	for name, want := range map[string]string{
		"report.pdf":                       "report.pdf",
		"../../etc/passwd":                 "passwd",
		`C:\Users\a\invoice.exe`:           "invoice.exe",
		".hidden":                          "hidden",
		"":                                 "file-unnamed",
		"..":                               "file-unnamed",
		"output.json":                      "file-output.json",
		"OUTPUT.JSON":                      "file-OUTPUT.JSON",
		"a\x00b\nc\u202Egpj.exe":           "a_b_c_gpj.exe",
		"a<b>|c?.txt":                      "a_b__c_.txt",
		"bad\xffname":                      "bad_name",
		strings.Repeat("ä", 200) + ".docx": strings.Repeat("ä", 57) + ".docx",
	} {
		t.Run(want, func(t *testing.T) { assert.Equal(t, want, safeName(name)) })
	}
}

func TestAutoExtract(t *testing.T) {
	// Names under .example and the like are benign to the reader, so these are
	// invented ones that the public suffix list knows.
	job := testJob(t, Analyzer, "domain")
	job.Data = "waggle-test-asked.net"
	job.worker.Service = Service{Homepage: "https://waggle-test-service.org/about", Hosts: []string{"api.waggle-test-service.org"}}
	report := Report{
		Full: map[string]any{
			"text":    "waggle-test-asked.net led to hxxp://waggle-test-drop[.]net/a and 192.168.1.1",
			"details": []any{map[string]any{"host": "waggle-test-drop[.]com", "port": 443}},
			"link":    "https://waggle-test-service.org/host/waggle-test-asked.net",
		},
		Artifacts: []Artifact{{DataType: "domain", Data: "waggle-test-drop.com", Message: "by the worker"}},
	}
	artifacts := func() string {
		out, err := report.encode(job)
		require.NoError(t, err)
		return gjson.GetBytes(out, "artifacts").Raw
	}
	by := `{"dataType":"domain","data":"waggle-test-drop.com","message":"by the worker","tags":["test"],"tlp":3}`
	assert.JSONEq(t, "["+by+"]", artifacts(), "not asked for")
	job.AutoExtract = true
	assert.JSONEq(t, "["+by+`,{"dataType":"url","data":"http://waggle-test-drop.net/a","message":"found in the report of Waggle_Test","tags":["test"],"tlp":3}]`, artifacts())
	job.worker.Kind = Responder
	assert.JSONEq(t, "["+by+"]", artifacts(), "responders have no such switch")
}
