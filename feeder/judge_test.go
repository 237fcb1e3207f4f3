package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestJudge(t *testing.T) {
	d := newDesk(t, "")
	var lines strings.Builder
	for i := range 20 {
		fmt.Fprintf(&lines, "{\"text\":\"Ransomware gang %d exploits a zero-day, actively exploited in attacks\",\"label\":1}\n{\"text\":\"Our picnic number %d was fun\",\"label\":0}\n", i, i)
	}
	posts := filepath.Join(d.folder, "posts.jsonl")
	require.NoError(t, os.WriteFile(posts, []byte(lines.String()), 0o600))

	for name, c := range map[string]struct {
		args []string
		want measured
	}{
		"learnt":    {[]string{"--train", posts, "--test", posts}, measured{Judge: "the classifier", Train: 40, Test: 40}},
		"five-fold": {[]string{"--train", posts}, measured{Judge: "the classifier, five-fold", Train: 40, Test: 40}},
		"profile":   {[]string{"--test", posts}, measured{Judge: "the profile small-business", Test: 40}},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, log := d.feeder(t, append([]string{"judge", "--json"}, c.args...)...)
			require.Equal(t, exitWell, code, log)
			var got measured
			require.NoError(t, json.Unmarshal([]byte(out), &got))
			assert.Equal(t, 1.0, got.F1)
			assert.Equal(t, 20, got.Hits)
			assert.Equal(t, 20, got.Rejections)
			assert.Equal(t, c.want.Judge, got.Judge)
			assert.Equal(t, c.want.Train, got.Train)
			assert.Equal(t, c.want.Test, got.Test)
		})
	}
	code, out, _ := d.feeder(t, "judge", "--train", posts, "--test", posts)
	assert.Equal(t, exitWell, code)
	assert.Contains(t, out, "recall    1.000  20 of 20 wanted were found")
}

func TestJudgeSaysWhatIsWrong(t *testing.T) {
	d := newDesk(t, "")
	empty := filepath.Join(d.folder, "empty.jsonl")
	require.NoError(t, os.WriteFile(empty, nil, 0o600))
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"nothing":   {nil, "give --train, --test or both"},
		"no file":   {[]string{"--train", "none.jsonl"}, "--train: open none.jsonl"},
		"no posts":  {[]string{"--test", empty}, "no labelled post in it"},
		"not JSONL": {[]string{"--test", d.config()}, "line 1: invalid character"},
	} {
		t.Run(name, func(t *testing.T) {
			code, _, log := d.feeder(t, append([]string{"judge"}, c.args...)...)
			assert.Equal(t, exitWrong, code)
			assert.Contains(t, log, c.want)
		})
	}
}
