package cortex

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
)

type patientConfig struct {
	Key   string `cortex:"key" required:"true" secret:"true" description:"the service's key"`
	Limit int    `cortex:"limit" default:"10" description:"how many at most"`
}

// ward are workers whose probes do what their names say.
func ward() []*Worker {
	define := func(name string) Definition {
		return Definition{Name: NamePrefix + name, Version: "1.0", Description: "Lies in bed.", DataTypes: []string{"ip"}, BaseConfig: "ward"}
	}
	run := func(context.Context, *Job, patientConfig) (Report, error) { panic("doctor looks nothing up") }
	probe := func(said string, err error) func(context.Context, *Job, patientConfig) (string, error) {
		return func(_ context.Context, _ *Job, c patientConfig) (string, error) { return said + c.Key, err }
	}
	return []*Worker{
		NewAnalyzer(define("Well"), run, probe("takes the key ", nil)),
		NewAnalyzer(define("Ill"), run, probe("", errors.New("the key is refused"))),
		NewAnalyzer(define("Panics"), run, func(context.Context, *Job, patientConfig) (string, error) { panic("oh") }),
		NewAnalyzer(Definition{Name: "Waggle_Hermit", Version: "1.0", Description: "Asks nobody.", DataTypes: []string{"ip"}},
			func(context.Context, *Job, struct{}) (Report, error) { return Report{}, nil }),
	}
}

// visit runs `doctor` over the ward.
func visit(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = execute(t.Context(), "analyzers", ward(), append([]string{"doctor"}, args...), streams{strings.NewReader(""), &out, &err})
	return code, out.String(), err.String()
}

func TestDoctor(t *testing.T) {
	t.Setenv("WAGGLE_WARD_KEY", "key-of-the-ward")
	code, out, stderr := visit(t, "--json")
	assert.Equal(t, exitError, code)
	assert.Equal(t, `["ok","wrong","wrong","ok"]`, gjson.Get(out, "#.state").Raw)
	assert.Equal(t, "takes the key [redacted]", gjson.Get(out, "0.said").String())
	assert.Equal(t, "Waggle_Ill: the key is refused", gjson.Get(out, "1.said").String())
	assert.Contains(t, gjson.Get(out, "2.said").String(), "internal error (panic: oh)")
	assert.Equal(t, "needs nobody outside", gjson.Get(out, "3.said").String())
	assert.NotContains(t, out+stderr, "key-of-the-ward")

	for name, c := range map[string]struct {
		key, limit string
		args       []string
		code       int
		says       string
	}{
		"a table":             {"k-123456", "", []string{"well", "Waggle_Hermit"}, exitOK, "ok     hermit"},
		"no key":              {"", "", nil, exitOK, "not set up  ill     0.0 s  set WAGGLE_WARD_KEY (the service's key)"},
		"no key of one named": {"", "", []string{"well"}, exitError, "wrong  well    0.0 s  set WAGGLE_WARD_KEY"},
		"an item that can't be read": {"k-123456", "many", []string{"well"}, exitError,
			"configuration: limit must be a whole number"},
		"no such worker": {"", "", []string{"nobody"}, exitUsage, `there is no worker "nobody"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("WAGGLE_WARD_KEY", c.key)
			t.Setenv("WAGGLE_WARD_LIMIT", c.limit)
			code, out, stderr := visit(t, c.args...)
			assert.Equal(t, c.code, code)
			assert.Contains(t, out+stderr, c.says)
		})
	}
}

func TestDoctorEndsInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asleep := NewAnalyzer(Definition{Name: "Waggle_Asleep", Version: "1.0", Description: "Sleeps.", DataTypes: []string{"ip"}},
			func(context.Context, *Job, struct{}) (Report, error) { return Report{}, nil },
			func(context.Context, *Job, struct{}) (string, error) {
				time.Sleep(time.Hour)
				return "", nil
			})
		var out bytes.Buffer
		code := execute(t.Context(), "analyzers", []*Worker{asleep}, []string{"doctor", "--limit", "5s"}, streams{nil, &out, &out})
		assert.Equal(t, exitError, code)
		assert.Contains(t, out.String(), "no answer within the limit of 5s")
		time.Sleep(time.Hour)
	})
}

// network is a transport that is a function.
type pretended func(*http.Request) (*http.Response, error)

func (p pretended) RoundTrip(r *http.Request) (*http.Response, error) { return p(r) }

func TestReach(t *testing.T) {
	worker := NewAnalyzer(Definition{Name: "Waggle_Asker", Version: "1.0", Description: "Asks.", DataTypes: []string{"ip"},
		Service: Service{Name: "Asked", Hosts: []string{"api.service.example", "the domain's own servers", "*.service.example", "second.service.example"}}},
		func(context.Context, *Job, patientConfig) (Report, error) { return Report{}, nil })
	config, err := worker.environment(func(name string) string {
		return map[string]string{"WAGGLE_ASKER_KEY": "key-of-the-asker"}[name]
	})
	require.NoError(t, err)
	for name, c := range map[string]struct {
		status int // 0: no answer
		says   string
		err    string
	}{
		"an answer":  {200, "reached api.service.example, second.service.example; key is set and was not tried: no question that costs nothing is known", ""},
		"a refusal":  {403, "reached api.service.example, second.service.example; key is set and was not tried: no question that costs nothing is known", ""},
		"a failure":  {502, "reached api.service.example, second.service.example; key is set and was not tried: no question that costs nothing is known", ""},
		"no network": {0, "", "second.service.example: network: no route"},
	} {
		t.Run(name, func(t *testing.T) {
			said, err := worker.Probe(t.Context(), config, Surroundings{Transport: pretended(func(r *http.Request) (*http.Response, error) {
				assert.Equal(t, http.MethodHead, r.Method)
				assert.NotContains(t, r.Header, "Key")
				if c.status == 0 {
					return nil, errors.New("no route")
				}
				return &http.Response{StatusCode: c.status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("")), Request: r}, nil
			})})
			if c.err != "" {
				require.ErrorContains(t, err, c.err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, c.says, said)
		})
	}
}
