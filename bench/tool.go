package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"

	"github.com/waggle-cti/waggle/shared/ioc"
)

// tool reads indicators in documents: Waggle or a peer.
type tool interface {
	name() string
	// read loads the documents of a file of lines {"doc","text"}.
	read(file string) error
	// write reads every document and writes lines {"doc","type","value"}.
	write(file string) (cost, error)
	// pass reads every document once and drops the values. It gives up, and
	// the tool with it, after limit.
	pass(limit time.Duration) (cost, error)
	close()
}

// cost is what reading all documents took.
type cost struct {
	wall, cpu time.Duration // cpu is zero where nobody counted
	failed    int           // documents that the tool failed on
	cause     string        // of the first failure
}

// waggle is this project's engine: called in this process for the time, and
// through its command for the values, as a person would.
type waggle struct {
	analyzers string // the binary
	file      string
	texts     []string
}

func (w *waggle) name() string { return "Waggle" }
func (w *waggle) close()       {}

func (w *waggle) read(file string) error {
	docs, err := readDocuments(file)
	if err != nil {
		return err
	}
	w.file, w.texts = file, nil
	for _, d := range docs {
		w.texts = append(w.texts, d.Text)
	}
	return nil
}

func (w *waggle) write(file string) (cost, error) {
	out, err := os.Create(file)
	if err != nil {
		return cost{}, err
	}
	defer out.Close()
	cmd := exec.Command(w.analyzers, "extract", "--docs", w.file)
	cmd.Stdout, cmd.Stderr = out, os.Stderr
	if err := cmd.Run(); err != nil {
		return cost{}, fmt.Errorf("%s: %w", cmd, err)
	}
	return cost{}, out.Close()
}

// pass runs on one core, the garbage collector included: peers have no second.
func (w *waggle) pass(time.Duration) (cost, error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	cpu, begin := ownCPU(), time.Now()
	for _, t := range w.texts {
		ioc.Find(t, ioc.Options{})
	}
	return cost{wall: time.Since(begin), cpu: ownCPU() - cpu}, nil
}

// ownCPU is the time that this process has had on processors.
func ownCPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
