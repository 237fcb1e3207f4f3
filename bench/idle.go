package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// How the feeder at rest is measured: with so many sources, from settled after
// each was asked, for so long.
const (
	followed = 100
	settled  = 80 * time.Second
	observed = 40 * time.Second
	slowest  = 5 * time.Minute // until each source was asked
)

// idle measures what the feeder takes while nothing happens, and how fast its
// page answers.
func (b *bench) idle() (*table, error) {
	t := &table{title: "The feeder at rest, and its page", head: []string{"", ""}}
	if err := b.idleRows(t); err != nil {
		return nil, err
	}
	results, err := b.goBench("./feeder", "^BenchmarkPage$/^SQLite$", "5x")
	if err != nil {
		return nil, err
	}
	slices.SortFunc(results, func(a, b result) int { return int(b.metrics["ns/op"] - a.metrics["ns/op"]) })
	for _, r := range results {
		name := strings.ReplaceAll(strings.TrimPrefix(r.name, "Page/SQLite/"), "_", " ")
		t.row("page, 100,000 posts stored: "+name, fmt.Sprintf("%.1f ms", r.metrics["ns/op"]/1e6))
	}
	t.note("The page's figures are wall time on one core, on average; a machine that has other work makes them longer.")
	return t, nil
}

// idleRows starts a feeder that follows feeds of this process, and watches it.
func (b *bench) idleRows(t *table) error {
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.note("Rest is not measured: it is read in /proc, which this system has not.")
		return nil
	}
	folder, err := os.MkdirTemp(b.dir, "idle-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	feeds := &asked{posts: serveFeed(reports(10)), by: map[string]bool{}, all: make(chan struct{})}
	defer feeds.posts.Close()
	server := httptest.NewServer(feeds)
	defer server.Close()
	var addresses []string
	for i := range followed {
		addresses = append(addresses, fmt.Sprintf("%s/%d", server.URL, i))
	}
	config := filepath.Join(folder, "waggle.yaml")
	if err := os.WriteFile(config, []byte(feederConfig(addresses...)), 0o600); err != nil {
		return err
	}
	cmd := exec.CommandContext(b.ctx, b.feeder, "run", "--config", config)
	var said tail
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(ended)
	}()
	stop := func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it may have ended
		<-ended
	}
	defer stop()
	select {
	case <-feeds.all:
	case <-ended:
		return fmt.Errorf("the feeder ended: %s", lastLine(said.b))
	case <-time.After(slowest):
		stop()
		return fmt.Errorf("the feeder asked %d of %d sources within %v: %s", feeds.count(), followed, slowest, lastLine(said.b))
	case <-b.ctx.Done():
		return b.ctx.Err()
	}
	if err := b.rest(settled); err != nil {
		return err
	}
	before, err := processTime(cmd.Process.Pid)
	if err != nil {
		return err
	}
	begin := time.Now()
	if err := b.rest(observed); err != nil {
		return err
	}
	after, err := processTime(cmd.Process.Pid)
	if err != nil {
		return err
	}
	memory, err := residentMemory(cmd.Process.Pid)
	if err != nil {
		return err
	}
	t.row(fmt.Sprintf("memory (RSS) with %d sources", followed), megabytes(memory))
	t.row(fmt.Sprintf("processor with %d sources", followed), fmt.Sprintf("%.2f %% of a core", 100*(after-before).Seconds()/time.Since(begin).Seconds()))
	t.note("Rest: %v, beginning %v after each source was asked for the first time.", observed, settled)
	return nil
}

// rest waits for so long, or until bench is interrupted.
func (b *bench) rest(d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-b.ctx.Done():
		return b.ctx.Err()
	}
}

// asked serves a feed at every path, and knows which were asked for.
type asked struct {
	posts *httptest.Server
	all   chan struct{} // closed once there were as many as are followed

	mu sync.Mutex
	by map[string]bool
}

func (a *asked) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.URL.Path, ".txt") {
		http.NotFound(w, r) // robots.txt
		return
	}
	a.note(r.URL.Path)
	a.posts.Config.Handler.ServeHTTP(w, r)
}

func (a *asked) note(path string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.by[path] {
		if a.by[path] = true; len(a.by) == followed {
			close(a.all)
		}
	}
}

func (a *asked) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.by)
}

// ticks is how many a second Linux counts processor time in, on every
// architecture: see proc_pid_stat(5).
const ticks = 100

// processTime is the processor time of a process on Linux.
func processTime(pid int) (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:]) // from the third on
	if len(fields) < 13 {
		return 0, fmt.Errorf("process %d: /proc tells %q", pid, text)
	}
	user, err := strconv.ParseInt(string(fields[11]), 10, 64)
	system, err2 := strconv.ParseInt(string(fields[12]), 10, 64)
	return time.Duration(user+system) * time.Second / ticks, errors.Join(err, err2)
}

// residentMemory is the memory that a process on Linux holds, in bytes.
func residentMemory(pid int) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(text))
	if len(fields) < 2 {
		return 0, fmt.Errorf("process %d: /proc tells %q", pid, text)
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	return pages * int64(os.Getpagesize()), err
}
