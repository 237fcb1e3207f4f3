package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

// starts is how often each is started.
const starts = 20

// startToReport measures what Cortex waits for: from starting the process to
// the report lying in the job folder, on a post of 2 KB.
func (b *bench) startToReport() (*table, error) {
	t := &table{title: fmt.Sprintf("Start to report, a post of %d bytes", len(post)), head: []string{"", "median", "fastest", "slowest"}}
	python, ok := b.pythons["iocextract"]
	if !ok {
		t.note("Not measured: the peer needs iocextract, which is not installed.")
		return t, nil
	}
	ours, err := measured(b.analyzers, "iocs")
	if err != nil {
		return nil, err
	}
	theirs, err := measured(python, b.peerIocs)
	if err != nil {
		return nil, err
	}
	var all [2][]time.Duration
	for range starts { // in turns, so that a busy moment hits both
		for i, run := range []func() (time.Duration, error){ours, theirs} {
			took, err := run()
			if err != nil {
				return nil, err
			}
			all[i] = append(all[i], took)
		}
	}
	for i, name := range []string{"Waggle's analyzer iocs", "the same on cortexutils and iocextract"} {
		slices.Sort(all[i])
		t.row(name, ms(median(all[i])), ms(all[i][0]), ms(all[i][starts-1]))
	}
	t.note("Waggle is %.0f times as fast. What Cortex waits for: from starting the process to the report in the job folder.",
		float64(median(all[1]))/float64(median(all[0])))
	return t, nil
}

// measured prepares a job folder for the command and gives a function that runs
// it once there.
func measured(command string, args ...string) (func() (time.Duration, error), error) {
	job, err := os.MkdirTemp("", "bench-job-")
	if err != nil {
		return nil, err
	}
	for _, dir := range []string{"input", "output"} {
		if err := os.Mkdir(filepath.Join(job, dir), 0o700); err != nil {
			return nil, err
		}
	}
	input, err := json.Marshal(map[string]any{
		"dataType": "other", "data": post, "tlp": 2, "pap": 2, "message": "", "parameters": map[string]any{},
		"config": map[string]any{"check_tlp": true, "max_tlp": 2, "check_pap": true, "max_pap": 2, "auto_extract_artifacts": false},
	})
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(job, "input", "input.json"), input, 0o600); err != nil {
		return nil, err
	}
	report := filepath.Join(job, "output", "output.json")
	return func() (time.Duration, error) {
		if err := os.RemoveAll(report); err != nil {
			return 0, err
		}
		cmd := exec.Command(command, append(args, job)...)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		begin := time.Now()
		if err := cmd.Run(); err != nil {
			return 0, fmt.Errorf("%s: %w: %s", command, err, stderr.Bytes())
		}
		took := time.Since(begin)
		return took, succeeded(report)
	}, nil
}

// succeeded makes sure that a fast answer is an answer.
func succeeded(report string) error {
	data, err := os.ReadFile(report)
	if err != nil {
		return err
	}
	var r struct {
		Success   bool              `json:"success"`
		Artifacts []json.RawMessage `json:"artifacts"`
	}
	if err := json.Unmarshal(data, &r); err != nil {
		return fmt.Errorf("%s: %w", report, err)
	}
	if !r.Success || len(r.Artifacts) == 0 {
		return fmt.Errorf("%s: no success or no artifact: %.300s", report, data)
	}
	return nil
}

func median(sorted []time.Duration) time.Duration { return sorted[len(sorted)/2] }
