// Command bench measures Waggle beside its peers: both in turns, in one run, on
// the same input, so that the ratio holds on any machine. `make bench` runs it.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"text/tabwriter"
	"time"
)

func main() {
	analyzers := flag.String("analyzers", "bin/analyzers", "the analyzers binary")
	python := flag.String("python", "python3", "a Python with the peers installed")
	peer := flag.String("peer", "bench/peer_iocs.py", "the peer's analyzer")
	runs := flag.Int("runs", 30, "runs of each, in turns")
	flag.Parse()

	if err := startToReport(*analyzers, *python, *peer, *runs); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// startToReport measures what Cortex waits for: from starting the process to
// the report lying in the job folder, on a post of 2 KB.
func startToReport(analyzers, python, peer string, runs int) error {
	ours, err := measured(runs, analyzers, "iocs")
	if err != nil {
		return err
	}
	theirs, err := measured(runs, python, peer)
	if err != nil {
		return err
	}
	var all [2][]time.Duration
	for range runs { // in turns, so that a busy moment hits both
		for i, run := range []func() (time.Duration, error){ours, theirs} {
			took, err := run()
			if err != nil {
				return err
			}
			all[i] = append(all[i], took)
		}
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "start to report, %d-byte post\tmedian\tfastest\tslowest\n", len(post))
	for i, name := range []string{"waggle iocs", "cortexutils + iocextract"} {
		slices.Sort(all[i])
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", name, ms(median(all[i])), ms(all[i][0]), ms(all[i][runs-1]))
	}
	fmt.Fprintf(w, "ratio of medians\t%.0f×\n", float64(median(all[1]))/float64(median(all[0])))
	return w.Flush()
}

// measured prepares a job folder for the command and gives a function that runs
// it once there.
func measured(runs int, command string, args ...string) (func() (time.Duration, error), error) {
	if runs < 1 {
		return nil, fmt.Errorf("-runs must be at least 1")
	}
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

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }
