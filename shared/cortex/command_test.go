package cortex

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
)

type demoConfig struct {
	Key   string `cortex:"key" required:"true" secret:"true" description:"the service's key"`
	Limit int    `cortex:"limit" default:"10" description:"how many at most"`
}

// demo is a program of an analyzer and one without configuration.
func demo() []*Worker {
	run := func(_ context.Context, job *Job, c demoConfig) (Report, error) {
		return Report{
			Full:       map[string]any{"data": job.Data, "type": job.DataType, "limit": c.Limit, "key": c.Key, "file": job.File.Name, "size": job.File.Size},
			Taxonomies: []Taxonomy{{Level: Suspicious, Namespace: "Demo", Predicate: "Seen", Value: 3}},
			Artifacts:  []Artifact{{DataType: "ip", Data: "192.0.2.9"}},
		}, nil
	}
	return []*Worker{
		NewAnalyzer(Definition{
			Name: "Waggle_Demo", Version: "1.0", Description: "Shows | all.", DataTypes: []string{"domain", "url", "file", "vulnerability"}, BaseConfig: "shared",
			Service:      Service{Name: "Demo", Homepage: "https://demo.example.com", Hosts: []string{"api.demo.example.com"}, Registration: true},
			ByHand:       ByHand{DataTypes: []string{"url"}, Why: "it visits the page"},
			LongTemplate: "<p>{{content.data}}</p>",
		}, run),
		NewAnalyzer(Definition{Name: "Waggle_Plain", Version: "2.1", Description: "Shows little.", DataTypes: []string{"other"}, MaxTLP: new(4), MaxPAP: new(3)},
			func(_ context.Context, job *Job, _ struct{}) (Report, error) {
				return Report{Full: map[string]any{"data": job.Data}}, nil
			}),
	}
}

// shell runs a command line of the demo program.
func shell(t *testing.T, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = execute(t.Context(), "analyzers", demo(), args, streams{strings.NewReader(stdin), &out, &err},
		&cobra.Command{Use: "extra", Run: func(c *cobra.Command, _ []string) { c.Print("extra") }})
	return code, out.String(), err.String()
}

func TestList(t *testing.T) {
	code, out, _ := shell(t, "", "list", "--json")
	require.Zero(t, code)
	assert.JSONEq(t, `[
		{"worker":"demo","name":"Waggle_Demo","version":"1.0","kind":"analyzer","description":"Shows | all.","dataTypes":["domain","url","file","vulnerability"],
		 "needsKey":true,"baseConfig":"shared","hosts":["api.demo.example.com"],"image":"ghcr.io/waggle-cti/waggle-demo:1.0","template":true},
		{"worker":"plain","name":"Waggle_Plain","version":"2.1","kind":"analyzer","description":"Shows little.","dataTypes":["other"],
		 "needsKey":false,"hosts":[],"image":"ghcr.io/waggle-cti/waggle-plain:2.1","template":false}
	]`, out)
	code, out, _ = shell(t, "", "list")
	require.Zero(t, code)
	assert.Contains(t, out, "demo    1.0      needed  domain url file vulnerability  Shows | all.\n")
}

func TestCatalog(t *testing.T) {
	code, out, _ := shell(t, "", "catalog", "--registry", "registry.example.com/w", "--tag", "edge")
	require.Zero(t, code)
	assert.JSONEq(t, `{
		"name":"Waggle_Demo","version":"1.0","description":"Shows | all.","author":"Waggle","url":"https://github.com/waggle-cti/waggle","license":"Apache-2.0",
		"dataTypeList":["domain","url","file","vulnerability"],"dockerImage":"registry.example.com/w/waggle-demo:edge","baseConfig":"shared",
		"configurationItems":[
			{"name":"key","description":"the service's key","type":"string","multi":false,"required":true},
			{"name":"limit","description":"how many at most","type":"number","multi":false,"required":false,"defaultValue":10}
		],
		"service_homepage":"https://demo.example.com","registration_required":true,"subscription_required":false,
		"by_hand_data_types":["url"],"by_hand_why":"it visits the page"
	}`, gjson.Get(out, "0").Raw)
	assert.Equal(t, "[]", gjson.Get(out, "1.configurationItems").Raw)

	code, out, _ = shell(t, "", "catalog", "--command")
	require.Zero(t, code)
	assert.Equal(t, "analyzers/demo", gjson.Get(out, "0.command").String())
	assert.False(t, gjson.Get(out, "0.dockerImage").Exists(), "a catalog is of one kind")
}

func TestTemplates(t *testing.T) {
	path := filepath.Join(t.TempDir(), "t.zip")
	code, _, _ := shell(t, "", "templates", "-o", path)
	require.Zero(t, code)
	z, err := zip.OpenReader(path)
	require.NoError(t, err)
	defer z.Close()
	require.Len(t, z.File, 1, "no folder entry, no readme, nothing for a worker without template")
	assert.Equal(t, "Waggle_Demo_1_0/long.html", z.File[0].Name)
	written, err := os.ReadFile(path)
	require.NoError(t, err)
	_, again, _ := shell(t, "", "templates", "-o", "-")
	assert.Equal(t, again, string(written), "the same bytes every time")

	code, _, stderr := shell(t, "", "templates")
	assert.Equal(t, exitUsage, code)
	assert.Contains(t, stderr, "output")
	code, _, stderr = shell(t, "", "templates", "-o", filepath.Join(t.TempDir(), "none", "t.zip"))
	assert.Equal(t, exitError, code)
	assert.Contains(t, stderr, "no such file")

	var out, errs bytes.Buffer
	actor := NewResponder(Definition{Name: "Waggle_Actor", Version: "1.0", Description: "Acts.", DataTypes: []string{"thehive:case"}},
		func(context.Context, *Job, struct{}) (Report, error) { return Report{}, nil })
	assert.Equal(t, exitUsage, execute(t.Context(), "responders", []*Worker{actor}, []string{"templates", "-o", "-"}, streams{nil, &out, &errs}))
	assert.Contains(t, errs.String(), "TheHive shows none for responders")
	assert.Empty(t, out.String())
}

func TestDocs(t *testing.T) {
	code, out, _ := shell(t, "", "docs")
	require.Zero(t, code)
	assert.Equal(t, `| worker | version | what it does | data types | key | talks to | TLP, PAP up to |
|---|---|---|---|---|---|---|
| [`+"`demo`"+`](https://demo.example.com) | 1.0 | Shows \| all. | domain, url, file, vulnerability | needed | api.demo.example.com | 2, 2 |
| `+"`plain`"+` | 2.1 | Shows little. | other | none | nothing outside | 4, 3 |
`, out)
}

func TestHelp(t *testing.T) {
	code, out, _ := shell(t, "", "demo", "--help")
	require.Zero(t, code)
	for _, part := range []string{"Waggle_Demo 1.0", "domain, url", "WAGGLE_SHARED_KEY", "the service's key (required)", "how many at most (default 10)", "$CORTEX_JOB_FOLDER"} {
		assert.Contains(t, out, part)
	}
	code, out, _ = shell(t, "", "version")
	require.Zero(t, code)
	assert.True(t, strings.HasPrefix(out, "analyzers "))
	code, out, _ = shell(t, "", "extra")
	require.Zero(t, code)
	assert.Equal(t, "extra", out)
}

func TestWrongCommandLine(t *testing.T) {
	for name, args := range map[string][]string{
		"unknown worker":           {"nosuch"},
		"unknown flag":             {"list", "--yaml"},
		"two folders":              {"demo", "/a", "/b"},
		"lookup of unknown worker": {"lookup", "nosuch", "example.com"},
		"lookup of nothing":        {"lookup", "demo"},
		"lookup of another type":   {"lookup", "demo", "192.0.2.1"},
	} {
		t.Run(name, func(t *testing.T) {
			code, _, stderr := shell(t, "", args...)
			assert.Equal(t, exitUsage, code)
			assert.True(t, strings.HasPrefix(stderr, "analyzers: "), stderr)
		})
	}
}

func TestLookup(t *testing.T) {
	t.Setenv("WAGGLE_SHARED_KEY", "environment-key")
	t.Setenv("WAGGLE_SHARED_LIMIT", "7")
	code, out, stderr := shell(t, "", "lookup", "demo", "hxxp://www.example[.]com/a")
	require.Zero(t, code, stderr)
	assert.Equal(t, `suspicious  Demo:Seen="3"

data: http://www.example.com/a
file: ""
key: '[redacted]'
limit: 7
size: 0
type: url

artifacts:
  ip           "192.0.2.9"
`, out)

	code, out, _ = shell(t, "", "lookup", "Waggle_Demo", "CVE-2024-0001", "--json", "--tlp", "0")
	require.Zero(t, code)
	assert.Equal(t, "vulnerability", gjson.Get(out, "full.type").String())

	code, out, stderr = shell(t, "", "lookup", "demo", "example.com", "--tlp", "4")
	assert.Equal(t, exitError, code)
	assert.Empty(t, out)
	assert.Contains(t, stderr, "TLP:RED (4)")
	code, out, _ = shell(t, "", "lookup", "demo", "example.com", "--tlp", "4", "--json")
	assert.Equal(t, exitError, code)
	assert.False(t, gjson.Get(out, "success").Bool())

	code, out, stderr = shell(t, "", "lookup", "plain", "a\x1b[31mred")
	require.Zero(t, code, stderr)
	assert.NotContains(t, out, "\x1b", "what strangers wrote must not steer the terminal")
}

func TestLookupFile(t *testing.T) {
	dir := t.TempDir()
	key := filepath.Join(dir, "key")
	require.NoError(t, os.WriteFile(key, []byte("key-from-a-file\n"), 0o600))
	t.Setenv("WAGGLE_SHARED_KEY_FILE", key)
	sample := filepath.Join(dir, "sample.txt")
	require.NoError(t, os.WriteFile(sample, []byte("hello"), 0o600))
	code, out, stderr := shell(t, "", "lookup", "demo", sample, "--json")
	require.Zero(t, code, stderr)
	assert.Equal(t, "sample.txt", gjson.Get(out, "full.file").String())
	assert.EqualValues(t, 5, gjson.Get(out, "full.size").Int())

	t.Setenv("WAGGLE_SHARED_KEY_FILE", filepath.Join(dir, "none"))
	code, _, stderr = shell(t, "", "lookup", "plain", filepath.Join(t.TempDir(), "none.html"))
	assert.Zero(t, code, stderr)
	assert.Contains(t, stderr, "there is no file")
	code, _, stderr = shell(t, "", "lookup", "demo", sample)
	assert.Equal(t, exitError, code)
	assert.Contains(t, stderr, "WAGGLE_SHARED_KEY_FILE")
}

func TestLookupWithoutKey(t *testing.T) {
	t.Setenv("WAGGLE_SHARED_KEY", "")
	code, _, stderr := shell(t, "", "lookup", "demo", "example.com")
	assert.Equal(t, exitError, code)
	assert.Contains(t, stderr, "key is not set (the service's key)")
	assert.Contains(t, stderr, "WAGGLE_SHARED_<ITEM>")
}

func TestStream(t *testing.T) {
	t.Setenv("CORTEX_JOB_FOLDER", "")
	if info, err := os.Stat(string(DefaultFolder)); err == nil && info.IsDir() {
		t.Skipf("this machine has a folder %s, which is read before the standard input", DefaultFolder)
	}
	code, out, stderr := shell(t, `{"data":"x","dataType":"other"}`, "plain")
	require.Zero(t, code, stderr)
	assert.Equal(t, "x", gjson.Get(out, "full.data").String())
	code, out, _ = shell(t, `{"data":`, "plain")
	assert.Zero(t, code, "a report of failure is a report")
	assert.Contains(t, gjson.Get(out, "errorMessage").String(), "not valid JSON")

	null, err := os.Open(os.DevNull)
	require.NoError(t, err)
	defer null.Close()
	var errs bytes.Buffer
	assert.Equal(t, exitError, execute(t.Context(), "analyzers", demo(), []string{"plain"}, streams{null, &errs, &errs}))
	assert.Contains(t, errs.String(), "no job: give the job's folder")
}

// A worker that waits for its job on a stream still ends when it is told to.
func TestStreamStopped(t *testing.T) {
	t.Setenv("CORTEX_JOB_FOLDER", "")
	if info, err := os.Stat(string(DefaultFolder)); err == nil && info.IsDir() {
		t.Skipf("this machine has a folder %s, which is read before the standard input", DefaultFolder)
	}
	ctx, cancel := context.WithCancel(t.Context())
	r, w, err := os.Pipe()
	require.NoError(t, err)
	defer w.Close()
	defer r.Close()
	cancel()
	var out bytes.Buffer
	require.Zero(t, execute(ctx, "analyzers", demo(), []string{"plain"}, streams{r, &out, &out}))
	assert.Contains(t, out.String(), "told to stop")
}

func TestFolderOfEnvironment(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "input"), 0o700))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "output"), 0o700))
	job, err := json.Marshal(map[string]any{"data": "x", "dataType": "other"})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "input", "input.json"), job, 0o600))
	t.Setenv("CORTEX_JOB_FOLDER", dir)
	code, out, stderr := shell(t, "", "plain")
	require.Zero(t, code, stderr)
	assert.Empty(t, out+stderr, "Cortex shows what a silent worker does not say")
	report, err := os.ReadFile(filepath.Join(dir, "output", "output.json"))
	require.NoError(t, err)
	assert.True(t, gjson.GetBytes(report, "success").Bool())

	code, _, stderr = shell(t, "", "plain", filepath.Join(dir, "none"))
	assert.Equal(t, exitError, code, "the argument goes before the environment")
	assert.Contains(t, stderr, "no report can be written to")
}
