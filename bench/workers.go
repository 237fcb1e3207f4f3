package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// workerRounds is how often each analyzer is started.
const workerRounds = 10

// pythonAnalyzers are the analyzers of Cortex-Analyzers that ask the same
// service one and the same question as ours, by ours: their programs there.
// https://github.com/TheHive-Project/Cortex-Analyzers
var pythonAnalyzers = map[string]string{
	"abuseipdb":     "AbuseIPDB/abuseipdb.py",
	"hashlookup":    "CIRCLHashlookup/circlhashlookup_analyzer.py",
	"malwarebazaar": "MalwareBazaar/MalwareBazaar_analyzer.py",
	"urlhaus":       "URLhaus/URLhaus_analyzer.py",
}

// eachWorker measures every analyzer on the recorded answers of its service:
// the time to its report, and the memory over all its cases.
func (b *bench) eachWorker() (*table, error) {
	t := &table{title: "Each analyzer, from its start to its report", head: []string{"", "median", "processor time",
		"the Python analyzer", "its processor time", "as fast", "by processor time", "peak memory", "the Python analyzer's"}}
	python := b.cortexutils(t)
	folders, err := filepath.Glob(filepath.Join("analyzers", "*", "testdata"))
	if err != nil {
		return nil, err
	}
	var largest int64
	var least float64
	for _, testdata := range folders {
		w := &raced{name: filepath.Base(filepath.Dir(testdata))}
		if program, ok := pythonAnalyzers[w.name]; ok && python != "" {
			w.python = []string{python, filepath.Join(b.pythonFolder, "analyzers", program)}
		}
		if err := b.race(w, testdata); err != nil {
			return nil, fmt.Errorf("%s: %w", w.name, err)
		}
		if w.python != nil {
			wall := timesOf(w.theirs.wall, w.ours.wall)
			least = min(cmp.Or(least, wall), wall)
		}
		largest = max(largest, w.ours.memory)
		t.row(w.cells()...)
	}
	if least > 0 {
		t.note("The least is %.0f times as fast as the Python analyzer of the same service.", least)
	}
	t.note("None takes more than %s at its peak.", megabytes(largest))
	t.note("The services stand on the loopback: a proxy that ends TLS and answers as recorded, the same for both. The median of %d, in turns, on the case with "+
		"the longest report; the memory is the worst of all cases in which nothing has to be waited for.", workerRounds)
	return t, b.largeFiles(t)
}

// cortexutils gives the Python that has what Python analyzers need; "" where it
// or they are absent, which t then says.
func (b *bench) cortexutils(t *table) string {
	if _, err := os.Stat(filepath.Join(b.pythonFolder, "analyzers")); err != nil {
		t.note("The Python analyzers are not measured: there is no checkout of Cortex-Analyzers in %s.", b.pythonFolder)
		return ""
	}
	python, err := b.env.install(b.ctx, "cortexutils")
	if err != nil {
		t.note("The Python analyzers are not measured: cortexutils: %v", err)
		return ""
	}
	return python
}

// raced is an analyzer, the Python analyzer of the same service where there is
// one, and what both took.
type raced struct {
	name         string
	python       []string
	ours, theirs spent
}

// spent is what starts of a program took; times are sorted.
type spent struct {
	wall, cpu []time.Duration
	memory    int64
}

func (w *raced) cells() []string {
	cells := []string{w.name, ms(median(w.ours.wall)), ms(median(w.ours.cpu)), "", "", "", "", megabytes(w.ours.memory), ""}
	if w.python == nil {
		return cells
	}
	cells[3], cells[4] = ms(median(w.theirs.wall)), ms(median(w.theirs.cpu))
	cells[5] = fmt.Sprintf("%.0f×", timesOf(w.theirs.wall, w.ours.wall))
	cells[6] = fmt.Sprintf("%.0f×", timesOf(w.theirs.cpu, w.ours.cpu))
	cells[8] = megabytes(w.theirs.memory)
	return cells
}

// race starts an analyzer, and its Python peer in turns, on its richest case,
// and once on every case for the memory.
func (b *bench) race(w *raced, testdata string) error {
	cases, err := prompt(testdata)
	if err != nil {
		return err
	}
	command := []string{b.analyzers, w.name}
	for _, dir := range cases {
		memory, err := b.memoryOf(dir, command)
		if err != nil {
			return fmt.Errorf("%s: %w", dir, err)
		}
		w.ours.memory = max(w.ours.memory, memory)
	}
	rich := cases[len(cases)-1]
	if w.python != nil {
		if w.theirs.memory, err = b.memoryOf(rich, w.python); err != nil {
			return err
		}
	}
	for range workerRounds {
		if err := b.reportOf(rich, command, &w.ours); err != nil {
			return err
		}
		if w.python == nil {
			continue
		}
		if err := b.reportOf(rich, w.python, &w.theirs); err != nil {
			return err
		}
	}
	for _, times := range [][]time.Duration{w.ours.wall, w.ours.cpu, w.theirs.wall, w.theirs.cpu} {
		slices.Sort(times)
	}
	return nil
}

// reportOf times a command on a case, which must succeed.
func (b *bench) reportOf(dir string, command []string, into *spent) error {
	j, err := newJob(dir)
	if err != nil {
		return err
	}
	defer j.close()
	cmd := j.command(b.ctx, command)
	begin := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", command[0], err, lastLine(out))
	}
	into.wall = append(into.wall, time.Since(begin))
	into.cpu = append(into.cpu, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
	return j.succeeded()
}

// memoryOf is the peak memory of a command on a case.
func (b *bench) memoryOf(dir string, command []string) (int64, error) {
	j, err := newJob(dir)
	if err != nil {
		return 0, err
	}
	defer j.close()
	cmd := j.command(b.ctx, command)
	u, err := peak(b.ctx, os.DevNull, append([]string{"env", j.authority()}, cmd.Args...)...)
	return u.memory, err
}
