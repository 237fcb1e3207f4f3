package cortex_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
	"github.com/waggle-cti/waggle/shared/upstream"
)

type secretConfig struct {
	Login string `cortex:"login_secret" secret:"true" description:"declared to be secret"`
	Token string `cortex:"api_token" description:"secret by its name alone"`
}

// analyzer makes an analyzer of ip and other of a function.
func analyzer[C any](run func(context.Context, *cortex.Job, C) (cortex.Report, error)) *cortex.Worker {
	return cortex.NewAnalyzer(cortex.Definition{
		Name: "Waggle_Test", Version: "1.0", Description: "A test.", DataTypes: []string{"ip", "other"},
	}, run)
}

// runOn runs a worker on a job and gives the report and what went to stderr.
func runOn(t *testing.T, ctx context.Context, w *cortex.Worker, job string) (report []byte, stderr string) {
	t.Helper()
	folder := cortextest.NewFolder(t)
	cortextest.WriteInput(t, folder, "input.json", []byte(job))
	var log bytes.Buffer
	require.NoError(t, w.Run(ctx, folder, cortex.Surroundings{Stderr: &log}))
	return cortextest.Output(t, folder), log.String()
}

const ipJob = `{"dataType":"ip","data":" 192.0.2.1\n","tlp":1,"pap":2,"message":"m","parameters":{"user":"a"},"config":{"jobTimeout":2}}`

func TestJob(t *testing.T) {
	var got *cortex.Job
	w := analyzer(func(ctx context.Context, job *cortex.Job, _ struct{}) (cortex.Report, error) {
		got = job
		return cortex.Report{Full: map[string]any{}}, nil
	})
	report, stderr := runOn(t, t.Context(), w, ipJob)
	cortextest.Accept(t, report)
	assert.Empty(t, stderr)
	assert.Equal(t, "ip", got.DataType)
	assert.Equal(t, "192.0.2.1", got.Data)
	assert.Equal(t, []int{1, 2}, []int{got.TLP, got.PAP})
	assert.Equal(t, "m", got.Message)
	assert.Equal(t, "a", got.Parameters.Get("user").String())

	_, _ = runOn(t, t.Context(), w, "\ufeff"+`{"dataType":"ip","data":"192.0.2.2","tlp":"1","message":3,"parameters":null,"config":null}`)
	assert.Equal(t, "192.0.2.2", got.Data, "a byte order mark, missing and null items")
	assert.Equal(t, []int{1, 2}, []int{got.TLP, got.PAP}, "Cortex' defaults")
	assert.Equal(t, "3", got.Message)
}

func TestJobFile(t *testing.T) {
	var got cortex.File
	var content string
	w := cortex.NewAnalyzer(cortex.Definition{Name: "Waggle_Test", Version: "1.0", Description: "A test.", DataTypes: []string{"file"}},
		func(_ context.Context, job *cortex.Job, _ struct{}) (cortex.Report, error) {
			got = job.File
			raw, err := os.ReadFile(job.File.Path)
			content = string(raw)
			return cortex.Report{Full: map[string]any{}}, err
		})
	folder := cortextest.NewFolder(t)
	cortextest.WriteInput(t, folder, "attachment1", []byte("hello"))
	cortextest.WriteInput(t, folder, "input.json", []byte(`{"dataType":"file","file":"attachment1","filename":"../a.txt","contentType":"text/plain"}`))
	require.NoError(t, w.Run(t.Context(), folder, cortex.Surroundings{}))
	cortextest.AcceptFolder(t, folder)
	assert.Equal(t, "hello", content)
	assert.Equal(t, "../a.txt", got.Name, "as the analyst named it")
	assert.Equal(t, "text/plain", got.ContentType)
	assert.EqualValues(t, 5, got.Size)
}

func TestFailures(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"of a service": {&upstream.Error{Service: "URLhaus", Reason: upstream.RateLimited, Status: 429, Message: "too many", Next: "wait 30 s"},
			"URLhaus: rate limited (429): too many: wait 30 s"},
		"of the worker":  {errors.New("no table in the page"), "Waggle_Test: no table in the page"},
		"without UTF-8":  {errors.New("a\xffb"), "Waggle_Test: a\uFFFDb"},
		"very long":      {errors.New(strings.Repeat("ä", 5000)), "Waggle_Test: " + strings.Repeat("ä", 1993) + "…"},
		"with user info": {errors.New("GET http://user:pass@proxy.example.com: no"), "Waggle_Test: GET http://[redacted]@proxy.example.com: no"},
	} {
		t.Run(name, func(t *testing.T) {
			report, _ := runOn(t, t.Context(), analyzer(func(context.Context, *cortex.Job, struct{}) (cortex.Report, error) {
				return cortex.Report{}, c.err
			}), ipJob)
			assert.Equal(t, c.want, cortextest.AcceptFailure(t, report))
			assert.Equal(t, "192.0.2.1", strings.TrimSpace(gjson.GetBytes(report, "input.data").String()), "the job is repeated")
		})
	}
}

func TestInvalidReportIsFailure(t *testing.T) {
	report, _ := runOn(t, t.Context(), analyzer(func(context.Context, *cortex.Job, struct{}) (cortex.Report, error) {
		return cortex.Report{Full: []int{1}}, nil
	}), ipJob)
	assert.Equal(t, "Waggle_Test: its report is not valid, which is a fault of the worker: full must be an object, not a list", cortextest.AcceptFailure(t, report))
}

func TestInvalidDefinitionIsFailure(t *testing.T) {
	w := cortex.NewAnalyzer(cortex.Definition{Name: "Waggle_Test", Version: "1", DataTypes: []string{"ip"}}, func(context.Context, *cortex.Job, int) (cortex.Report, error) {
		return cortex.Report{}, nil
	})
	report, _ := runOn(t, t.Context(), w, ipJob)
	message := cortextest.AcceptFailure(t, report)
	assert.Contains(t, message, `version "1"`)
	assert.Contains(t, message, "int is not a struct")
}

func TestPanic(t *testing.T) {
	report, stderr := runOn(t, t.Context(), analyzer(func(_ context.Context, _ *cortex.Job, c secretConfig) (cortex.Report, error) {
		panic("can't do it with " + c.Token)
	}), `{"dataType":"ip","data":"192.0.2.1","config":{"api_token":"a-very-secret-token"}}`)
	assert.Equal(t, "Waggle_Test: internal error (panic: can't do it with [redacted]): please report it with the log of the job", cortextest.AcceptFailure(t, report))
	assert.Contains(t, stderr, "run_test.go", "the stack is for the log alone")
	assert.NotContains(t, stderr, "a-very-secret-token")
}

func TestDeadline(t *testing.T) {
	for name, c := range map[string]struct {
		run  func(ctx context.Context) (cortex.Report, error)
		says string
	}{
		"heeded": {func(ctx context.Context) (cortex.Report, error) {
			<-ctx.Done()
			return cortex.Report{}, ctx.Err()
		}, "Waggle_Test: gave up after 1m48s, shortly before the job's limit of 2m0s (jobTimeout in Cortex)"},
		"heeded by a service": {func(ctx context.Context) (cortex.Report, error) {
			<-ctx.Done()
			return cortex.Report{}, upstream.FromNetwork("URLhaus", ctx.Err())
		}, "URLhaus: network: no answer in time"},
		"not heeded": {func(context.Context) (cortex.Report, error) {
			time.Sleep(time.Hour)
			return cortex.Report{}, nil
		}, "Waggle_Test: gave up after 1m48s"},
		"heeded with a report": {func(ctx context.Context) (cortex.Report, error) {
			<-ctx.Done()
			return cortex.Report{Full: map[string]any{"complete": false}}, nil
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			folder := cortextest.NewFolder(t)
			cortextest.WriteInput(t, folder, "input.json", []byte(ipJob))
			synctest.Test(t, func(t *testing.T) {
				begin := time.Now()
				w := analyzer(func(ctx context.Context, _ *cortex.Job, _ struct{}) (cortex.Report, error) { return c.run(ctx) })
				require.NoError(t, w.Run(t.Context(), folder, cortex.Surroundings{}))
				assert.LessOrEqual(t, time.Since(begin), 109*time.Second, "before Cortex throws the report away")
				time.Sleep(2 * time.Hour) // until the deaf one is done
			})
			out := cortextest.Output(t, folder)
			if c.says == "" {
				assert.True(t, cortextest.Accept(t, out).Get("success").Bool())
				return
			}
			assert.Contains(t, cortextest.AcceptFailure(t, out), c.says)
		})
	}
}

func TestStopped(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	report, _ := runOn(t, ctx, analyzer(func(ctx context.Context, _ *cortex.Job, _ struct{}) (cortex.Report, error) {
		cancel(errors.New("terminated signal received"))
		<-ctx.Done()
		return cortex.Report{}, ctx.Err()
	}), ipJob)
	assert.Equal(t, "Waggle_Test: was told to stop before it was done (terminated signal received)", cortextest.AcceptFailure(t, report))
}

// A report lies there while the worker works, in case that it never writes one.
func TestUnfinished(t *testing.T) {
	folder := cortextest.NewFolder(t)
	cortextest.WriteInput(t, folder, "input.json", []byte(ipJob))
	w := analyzer(func(context.Context, *cortex.Job, struct{}) (cortex.Report, error) {
		assert.Contains(t, cortextest.AcceptFailure(t, cortextest.Output(t, folder)), "Waggle_Test: ended before its report was written")
		return cortex.Report{Full: map[string]any{}}, nil
	})
	require.NoError(t, w.Run(t.Context(), folder, cortex.Surroundings{}))
	assert.True(t, cortextest.AcceptFolder(t, folder).Get("success").Bool())
	info, err := os.Stat(filepath.Join(string(folder), "output", "output.json"))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o644), info.Mode().Perm(), "Cortex may be another user")
}

func TestSecretsNeverShow(t *testing.T) {
	const login, token, session = `who&"me"<1>`, "t0k+n/with=signs", "session-made-on-the-way"
	config, err := json.Marshal(map[string]any{
		"login_secret": login, "api_token": token, "proxy_https": "http://user:proxypass@proxy.example.com:3128", "other": "fine",
		"nested": map[string]any{"password": []any{"deep-password"}}, "url": "https://user:addresspass@service.example.com",
	})
	require.NoError(t, err)
	job := `{"dataType":"other","data":"asks ` + token + `","message":"see ` + token + `","parameters":{"a":{"client_secret":"param-secret"}},"config":` + string(config) + `}`
	secrets := []string{login, token, session, "proxypass", "deep-password", "addresspass", "param-secret"}
	everything := strings.Join(secrets, " | ")

	for name, run := range map[string]func(context.Context, *cortex.Job, secretConfig) (cortex.Report, error){
		"success": func(_ context.Context, job *cortex.Job, c secretConfig) (cortex.Report, error) {
			job.Hide(session)
			return cortex.Report{
				Full:       map[string]any{"all": everything, everything: []any{map[string]any{"config": c}}, "data": job.Data},
				Taxonomies: []cortex.Taxonomy{{Level: cortex.Info, Namespace: "N", Predicate: everything, Value: everything}},
				Artifacts:  []cortex.Artifact{{DataType: "other", Data: everything, Message: everything, Tags: []string{everything}}},
				Operations: []cortex.Operation{cortex.AddTagToCase(everything)},
			}, nil
		},
		"failure": func(_ context.Context, job *cortex.Job, _ secretConfig) (cortex.Report, error) {
			job.Hide(session)
			return cortex.Report{}, errors.New(everything)
		},
		"panic": func(_ context.Context, job *cortex.Job, _ secretConfig) (cortex.Report, error) {
			job.Hide(session)
			panic(everything)
		},
	} {
		t.Run(name, func(t *testing.T) {
			report, stderr := runOn(t, t.Context(), analyzer(run), job)
			cortextest.Accept(t, report)
			for _, s := range secrets {
				quoted, err := json.Marshal(s)
				require.NoError(t, err)
				for _, form := range []string{s, strings.Trim(string(quoted), `"`)} {
					assert.NotContains(t, string(report)+stderr, form)
				}
			}
		})
	}
}

// A service's answer in a text of the report is JSON in JSON, where a secret is
// escaped twice.
func TestSecretInNestedJSON(t *testing.T) {
	report, _ := runOn(t, t.Context(), analyzer(func(_ context.Context, _ *cortex.Job, c secretConfig) (cortex.Report, error) {
		nested, err := json.Marshal(map[string]string{"sent": c.Token})
		return cortex.Report{Full: map[string]any{"answer": string(nested)}}, err
	}), `{"dataType":"ip","data":"192.0.2.1","config":{"api_token":"a\"quoted\"token"}}`)
	assert.Equal(t, `{"sent":"[redacted]"}`, gjson.GetBytes(report, "full.answer").String())
}

// What a report is about may look like a password in a URL.
func TestUserInfoInReportStays(t *testing.T) {
	report, _ := runOn(t, t.Context(), analyzer(func(context.Context, *cortex.Job, secretConfig) (cortex.Report, error) {
		return cortex.Report{Full: map[string]any{"url": "http://bank.example.com@evil.example.net/"}}, nil
	}), `{"dataType":"ip","data":"192.0.2.1","config":{"api_token":"a-very-secret-token"}}`)
	assert.Equal(t, "http://bank.example.com@evil.example.net/", gjson.GetBytes(report, "full.url").String())
}

func TestRealInputs(t *testing.T) {
	folder := filepath.Join("..", "..", "..", "shared", "contracts", "cortex")
	inputs, err := filepath.Glob(filepath.Join(folder, "worker_input_*.json"))
	require.NoError(t, err)
	if len(inputs) == 0 {
		t.Skipf("the captured inputs of a real Cortex are not at %s", folder)
	}
	types := []string{"ip", "file", "vulnerability"}
	objects := []string{"thehive:alert", "thehive:case", "thehive:case_artifact", "thehive:case_task", "thehive:case_task_log"}
	for _, path := range inputs {
		t.Run(filepath.Base(path), func(t *testing.T) {
			captured, err := os.ReadFile(path)
			require.NoError(t, err)
			job := gjson.GetBytes(captured, "input.json")
			if !job.Exists() {
				job = gjson.GetBytes(captured, `input\.json`)
			}
			run := func(_ context.Context, j *cortex.Job, _ struct{}) (cortex.Report, error) {
				return cortex.Report{Full: map[string]any{"data": j.Data, "id": j.Object.Get("_id").String(), "file": j.File.Name, "tlp": j.TLP}}, nil
			}
			d := cortex.Definition{Name: "Waggle_Test", Version: "1.0", Description: "A test.", DataTypes: types}
			w := cortex.NewAnalyzer(d, run)
			if d.DataTypes = objects; strings.HasPrefix(job.Get("dataType").String(), "thehive:") {
				w = cortex.NewResponder(d, run)
			}
			folder := cortextest.NewFolder(t)
			cortextest.WriteInput(t, folder, "input.json", []byte(job.Raw))
			if name := job.Get("file").String(); name != "" {
				cortextest.WriteInput(t, folder, name, []byte("content"))
			}
			require.NoError(t, w.Run(t.Context(), folder, cortex.Surroundings{}))
			report := cortextest.AcceptFolder(t, folder)
			assert.True(t, report.Get("success").Bool(), "%s", report)
			assert.Equal(t, job.Get("data._id").String(), report.Get("full.id").String())
			assert.Equal(t, job.Get("filename").String(), report.Get("full.file").String())
		})
	}
}

func FuzzJob(f *testing.F) {
	for _, seed := range []string{
		ipJob, "", "[]", "null", `{"dataType":"ip"}`, `{"dataType":"other","data":"x","config":{"login_secret":"abcd","proxy":{"http":5}}}`,
		`{"dataType":"ip","data":"\ud800","tlp":1e1,"config":{"api_token":["a",{"b":"ccccc"}]},"parameters":{"key":1}}`,
	} {
		f.Add([]byte(seed))
	}
	w := analyzer(func(_ context.Context, job *cortex.Job, c secretConfig) (cortex.Report, error) {
		return cortex.Report{Full: map[string]any{"data": job.Data, "message": job.Message, "parameters": job.Parameters.Value(), "login": c.Login}}, nil
	})
	f.Fuzz(func(t *testing.T, job []byte) {
		folder := cortextest.NewFolder(t)
		cortextest.WriteInput(t, folder, "input.json", job)
		require.NoError(t, w.Run(t.Context(), folder, cortex.Surroundings{Stderr: t.Output()}))
		out := cortextest.AcceptFolder(t, folder).Raw
		for _, item := range []string{"config.login_secret", "config.api_token"} {
			if s := gjson.GetBytes(job, item); s.Type == gjson.String && len(s.String()) > 12 && !strings.Contains("[redacted]", s.String()) {
				assert.NotContains(t, gjson.Get(out, "full").Raw, s.String())
			}
		}
	})
}
