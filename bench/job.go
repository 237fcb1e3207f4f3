package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/cortex/recorded"
)

// prompt gives the cases of a worker in which nothing has to be waited for, by
// the length of their reports; that of the longest, the last, is one of success.
func prompt(testdata string) ([]string, error) {
	goldens, err := filepath.Glob(filepath.Join(testdata, "*", "output.json"))
	if err != nil {
		return nil, err
	}
	var cases []string
	ranks := map[string]int{}
	for _, golden := range goldens {
		dir := filepath.Dir(golden)
		report, err := os.ReadFile(golden)
		if err != nil {
			return nil, err
		}
		asked, looked, err := recordings(dir)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(asked, func(e recorded.Exchange) bool {
			return e.Response.Error != "" || e.Response.Status == http.StatusTooManyRequests || e.Response.Status >= 500
		}) || slices.ContainsFunc(looked, func(l recorded.Lookup) bool { return l.Error != "" || l.Rcode == "SERVFAIL" }) {
			continue
		}
		if gjson.GetBytes(report, "success").Bool() {
			ranks[dir] = len(report)
		}
		cases = append(cases, dir)
	}
	if len(ranks) == 0 {
		return nil, fmt.Errorf("%s holds no case of success", testdata)
	}
	slices.SortStableFunc(cases, func(a, b string) int { return cmp.Compare(ranks[a], ranks[b]) })
	return cases, nil
}

// recordings gives what the worker asks in a case, by HTTP and by DNS.
func recordings(dir string) ([]recorded.Exchange, []recorded.Lookup, error) {
	asked, err := recorded.Exchanges(dir)
	if err != nil {
		return nil, nil, err
	}
	looked, err := recorded.Lookups(dir)
	return asked, looked, err
}

// job is a job folder as Cortex makes it, and the services of its worker.
type job struct {
	folder     string
	proxy      *recorded.Proxy
	nameserver *recorded.Nameserver
}

// newJob makes the job of a case.
func newJob(dir string) (*job, error) {
	asked, looked, err := recordings(dir)
	if err != nil {
		return nil, err
	}
	proxy, err := recorded.NewProxy(services(asked))
	if err != nil {
		return nil, err
	}
	j := &job{proxy: proxy, nameserver: &recorded.Nameserver{Lookups: looked}}
	resolver, err := j.nameserver.Start()
	if err == nil {
		err = j.fill(dir, resolver)
	}
	if err != nil {
		j.close()
		return nil, err
	}
	return j, nil
}

// fill makes the folder, with the job and the file it names.
func (j *job) fill(dir, resolver string) error {
	raw, err := os.ReadFile(filepath.Join(dir, "input.json"))
	if err != nil {
		return err
	}
	testdata, err := filepath.Abs(filepath.Dir(dir))
	if err != nil {
		return err
	}
	raw = bytes.ReplaceAll(raw, []byte("{testdata}"), []byte(testdata))
	raw = bytes.ReplaceAll(raw, []byte(`"`+recorded.Resolver+`"`), []byte(`"`+resolver+`"`))
	if j.folder, err = os.MkdirTemp("", "bench-job-"); err != nil {
		return err
	}
	for _, sub := range []string{"input", "output"} {
		if err := os.Mkdir(filepath.Join(j.folder, sub), 0o700); err != nil {
			return err
		}
	}
	var in map[string]any
	if json.Unmarshal(raw, &in) == nil { // else a case of bad input
		if config, ok := in["config"].(map[string]any); ok {
			j.proxy.Into(config)
			config["API_Key"], config["api_key"] = config["key"], config["key"] // as Python analyzers call it
		}
		if raw, err = json.Marshal(in); err != nil {
			return err
		}
	}
	if name, ok := in["file"].(string); ok {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err == nil {
			err = j.write(name, content)
		}
		if err != nil && !errors.Is(err, os.ErrNotExist) { // a case of a missing file has none
			return err
		}
	}
	return errors.Join(j.write("input.json", raw), j.write("cacerts", j.proxy.PEM))
}

func (j *job) write(name string, content []byte) error {
	return os.WriteFile(filepath.Join(j.folder, "input", name), content, 0o600)
}

// authority names the file of authorities as Cortex does.
func (j *job) authority() string {
	return "REQUESTS_CA_BUNDLE=" + filepath.Join(j.folder, "input", "cacerts")
}

// command starts a worker as Cortex does.
func (j *job) command(ctx context.Context, argv []string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, argv[0], append(slices.Clone(argv[1:]), j.folder)...)
	cmd.Env = append(os.Environ(), j.authority())
	return cmd
}

// succeeded makes sure that a fast report is one of success.
func (j *job) succeeded() error {
	report, err := os.ReadFile(filepath.Join(j.folder, "output", "output.json"))
	if err == nil && !gjson.GetBytes(report, "success").Bool() {
		err = fmt.Errorf("no success: %.300s", report)
	}
	return err
}

func (j *job) close() {
	j.proxy.Close()
	j.nameserver.Close()
	_ = os.RemoveAll(j.folder)
}

// services answer as recorded, as often as asked. A request that fits no entry
// is answered by that of the same address but for the query: a Python analyzer
// writes it another way.
type services []recorded.Exchange

// RoundTrip answers a request.
func (s services) RoundTrip(r *http.Request) (*http.Response, error) {
	var body bytes.Buffer
	if _, err := body.ReadFrom(r.Body); err != nil {
		return nil, err
	}
	i := slices.IndexFunc(s, func(e recorded.Exchange) bool { return e.Request.Fits(r, body.Bytes()) })
	if i < 0 {
		i = slices.IndexFunc(s, func(e recorded.Exchange) bool {
			u, err := url.Parse(e.Request.URL)
			return err == nil && cmp.Or(e.Request.Method, http.MethodGet) == r.Method && u.Host == r.URL.Host && u.Path == r.URL.Path
		})
	}
	if i < 0 {
		return nil, fmt.Errorf("nothing is recorded for %s %s", r.Method, r.URL)
	}
	return s[i].Answer(r)
}
