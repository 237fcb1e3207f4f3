// Command bench measures Waggle beside its peers: in turns, in one run, on the
// same input, so that the ratios hold on any machine. `make bench` runs it;
// README.md says what is measured and how.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
)

func main() {
	if len(os.Args) > 2 && os.Args[1] == peakFlag {
		exitOn(runPeakOf(os.Args[2:]))
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	b := &bench{ctx: ctx, pythons: map[string]string{}}
	flag.StringVar(&b.analyzers, "analyzers", "bin/analyzers", "the analyzers binary")
	flag.StringVar(&b.responders, "responders", "bin/responders", "the responders binary")
	flag.StringVar(&b.feeder, "feeder", "bin/feeder", "the feeder binary")
	flag.StringVar(&b.python, "python", "python3", "a Python with venv, 3.11 or later")
	flag.StringVar(&b.dir, "dir", "dist/bench", "folder for the peers and the results")
	flag.StringVar(&b.corpus, "corpus", "../shared/corpus", "folder of labelled texts")
	flag.StringVar(&b.scorer, "scorer", "../shared/score.py", "what scores the labelled texts")
	flag.StringVar(&b.pythonFolder, "cortex-analyzers", "dist/bench/Cortex-Analyzers", "checkout of github.com/TheHive-Project/Cortex-Analyzers, to measure its analyzers too")
	only := flag.String("only", "", "comma-separated tables: start, accuracy, speed, hostile, memory, pipeline, idle, misp, workers (default all)")
	flag.Parse()
	exitOn(b.run(*only))
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench is one run.
type bench struct {
	ctx                                            context.Context
	analyzers, feeder, python, dir, corpus, scorer string
	responders                                     string
	pythonFolder                                   string            // of Cortex-Analyzers
	peerIocs                                       string            // the peer's analyzer
	env                                            environment       // where peers are installed
	pythons                                        map[string]string // by peer
	tools                                          []tool            // Waggle first
	absent                                         []string          // peers that are not measured, and why
}

func (b *bench) run(only string) error {
	tables := []struct {
		name  string
		peers []string // that it measures
		make  func() (*table, error)
	}{
		{"start", []string{"iocextract"}, b.startToReport}, {"accuracy", peers, b.accuracy}, {"speed", peers, b.speed}, {"hostile", peers, b.hostileTexts},
		{"memory", nil, b.memory}, {"pipeline", []string{rival}, b.pipeline}, {"idle", nil, b.idle}, {"misp", nil, b.intoMISP},
		{"workers", nil, b.imagesOnDisk}, {"workers", nil, b.eachWorker},
	}
	var needed []string
	for i := range tables {
		if only != "" && !strings.Contains(","+only+",", ","+tables[i].name+",") {
			tables[i].make = nil
			continue
		}
		needed = append(needed, tables[i].peers...)
	}
	if err := b.prepare(needed); err != nil {
		return err
	}
	defer func() {
		for _, t := range b.tools {
			t.close()
		}
	}()
	fmt.Println(b.machine())
	var done []*table
	for _, m := range tables {
		if m.make == nil {
			continue
		}
		logf("measuring: %s", m.name)
		t, err := m.make()
		if err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		if err := t.text(os.Stdout); err != nil {
			return err
		}
		done = append(done, t)
	}
	for _, a := range b.absent {
		fmt.Printf("\nnot measured: %s", a)
	}
	fmt.Println()
	return b.save(done)
}

// prepare installs and starts the tools that are needed. A peer that doesn't
// install is told, and the others go on.
func (b *bench) prepare(needed []string) error {
	if err := os.MkdirAll(b.dir, 0o755); err != nil {
		return err
	}
	b.peerIocs = filepath.Join("bench", "peer_iocs.py")
	b.tools = []tool{&waggle{analyzers: b.analyzers}}
	var err error
	if b.env, err = newEnvironment(filepath.Join(b.dir, "peers"), b.python, filepath.Join("bench", "requirements.txt")); err != nil {
		return err
	}
	for _, peer := range peers {
		if !slices.Contains(needed, peer) {
			continue
		}
		python, err := b.env.install(b.ctx, peer)
		if err == nil {
			b.pythons[peer] = python
			var w *worker
			if w, err = start(b.ctx, peer, python, filepath.Join("bench", "peers.py"), peer); err == nil {
				b.tools = append(b.tools, w)
				continue
			}
		}
		b.absent = append(b.absent, fmt.Sprintf("%s: %v", peer, err))
	}
	if len(needed) < len(peers) {
		return nil
	}
	if path, err := exec.LookPath("xioc"); err == nil {
		b.tools = append(b.tools, &command{path: path})
	} else {
		b.absent = append(b.absent, "xioc: it is no Python package; with an xioc on the PATH it is measured too")
	}
	return nil
}

// each does the same with every tool: first with Waggle alone, then with the
// peers on all cores.
func (b *bench) each(do func(i int, t tool)) {
	do(0, b.tools[0])
	var wait sync.WaitGroup
	free := make(chan struct{}, runtime.NumCPU())
	for i, t := range b.tools[1:] {
		free <- struct{}{}
		wait.Go(func() {
			defer func() { <-free }()
			do(i+1, t)
		})
	}
	wait.Wait()
}

// save writes the tables as Markdown.
func (b *bench) save(tables []*table) error {
	name := filepath.Join(b.dir, "results.md")
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	out := bufio.NewWriter(f)
	fmt.Fprintf(out, "# Waggle beside its peers\n\n%s\n", b.machine())
	for _, t := range tables {
		t.markdown(out)
	}
	for _, a := range b.absent {
		fmt.Fprintf(out, "\nNot measured: %s\n", a)
	}
	if err := out.Flush(); err != nil {
		return err
	}
	logf("written: %s", name)
	return f.Close()
}

// machine says in one line what the figures were taken on.
func (b *bench) machine() string {
	model := "unknown processor"
	if cpu, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		if _, rest, ok := strings.Cut(string(cpu), "model name\t: "); ok {
			model, _, _ = strings.Cut(rest, "\n")
		}
	}
	python, err := exec.CommandContext(b.ctx, b.python, "--version").Output()
	if err != nil {
		python = []byte("no " + b.python)
	}
	return fmt.Sprintf("%s, %d cores, %s/%s, %s, %s.", model, runtime.NumCPU(), runtime.GOOS, runtime.GOARCH,
		runtime.Version(), strings.TrimSpace(string(python)))
}

func logf(format string, args ...any) { fmt.Fprintf(os.Stderr, "bench: "+format+"\n", args...) }

// stderrOf is what a failed command wrote there.
func stderrOf(err error) string {
	var failed *exec.ExitError
	if !errors.As(err, &failed) {
		return ""
	}
	return lastLine(failed.Stderr)
}
