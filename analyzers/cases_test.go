package main

import (
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/cortex/recorded"
)

// recordedCase is a case of an analyzer's testdata, as far as this test looks
// at it.
type recordedCase struct {
	exchanges []recorded.Exchange
	lookups   []recorded.Lookup
	failure   string // the report's error message
}

// TestEveryWayToFailHasACase finds in each analyzer's testdata the ways in which
// what it asks may fail: each service words its refusals in its own way, and
// what an analyst then reads is worth a look.
func TestEveryWayToFailHasACase(t *testing.T) {
	for _, w := range workers() {
		t.Run(w.Command(), func(t *testing.T) {
			cases := casesOf(t, w.Command())
			ways := map[string]func(recordedCase) bool{"TLP refused": refusedFor("TLP:"), "PAP refused": refusedFor("PAP:")}
			if slices.ContainsFunc(cases, func(c recordedCase) bool { return len(c.exchanges) > 0 }) {
				ways["401"], ways["403"], ways["500"] = answered(401), answered(403), answered(500)
				ways["429 with Retry-After"], ways["429 without"] = limited(true), limited(false)
				ways["timeout"], ways["malformed"] = silent, malformed
			}
			if slices.ContainsFunc(cases, func(c recordedCase) bool { return len(c.lookups) > 0 }) {
				ways["SERVFAIL"], ways["REFUSED"], ways["NXDOMAIN"] = resolved("SERVFAIL"), resolved("REFUSED"), resolved("NXDOMAIN")
				ways["silent resolver"], ways["malformed answer"] = resolved("silence"), resolved("garbage")
			}
			for name, way := range ways {
				assert.True(t, slices.ContainsFunc(cases, way), "no case of testdata shows: %s", name)
			}
		})
	}
}

func casesOf(t *testing.T, worker string) []recordedCase {
	t.Helper()
	inputs, err := filepath.Glob(filepath.Join(worker, "testdata", "*", "input.json"))
	require.NoError(t, err)
	require.NotEmpty(t, inputs)
	var all []recordedCase
	for _, input := range inputs {
		dir := filepath.Dir(input)
		exchanges, err := recorded.Exchanges(dir)
		require.NoError(t, err)
		lookups, err := recorded.Lookups(dir)
		require.NoError(t, err)
		raw, err := os.ReadFile(filepath.Join(dir, "output.json"))
		require.NoError(t, err)
		var report struct{ ErrorMessage string }
		require.NoError(t, json.Unmarshal(raw, &report))
		all = append(all, recordedCase{exchanges, lookups, report.ErrorMessage})
	}
	return all
}

// refusedFor tells a job that is above what the worker may have: it asks nobody.
func refusedFor(marking string) func(recordedCase) bool {
	return func(c recordedCase) bool {
		return len(c.exchanges)+len(c.lookups) == 0 && strings.Contains(c.failure, "the job is "+marking)
	}
}

// some tells a case with an answer that has something.
func some(has func(recorded.Response) bool) func(recordedCase) bool {
	return func(c recordedCase) bool {
		return slices.ContainsFunc(c.exchanges, func(e recorded.Exchange) bool { return has(e.Response) })
	}
}

// answered tells a status; services have several that begin with 5.
func answered(status int) func(recordedCase) bool {
	return some(func(r recorded.Response) bool { return r.Status == status || status == 500 && r.Status > 500 })
}

func limited(retryAfter bool) func(recordedCase) bool {
	return some(func(r recorded.Response) bool {
		return r.Status == 429 && (r.Header["Retry-After"] != "") == retryAfter
	})
}

func silent(c recordedCase) bool {
	return some(func(r recorded.Response) bool { return r.Error == "timeout" })(c)
}

// malformed tells an answer of success that is a text where JSON should be.
func malformed(c recordedCase) bool {
	return some(func(r recorded.Response) bool {
		return cmp.Or(r.Status, 200) == 200 && r.Error == "" && strings.HasPrefix(string(r.Body), `"`)
	})(c)
}

// resolved tells a DNS answer's code, or what came in place of one.
func resolved(how string) func(recordedCase) bool {
	return func(c recordedCase) bool {
		return slices.ContainsFunc(c.lookups, func(l recorded.Lookup) bool { return l.Rcode == how || l.Error == how })
	}
}
