package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"
)

// worker is a peer in Python: peers.py in a process of its own, which stays
// so that starting it isn't measured.
type worker struct {
	peer    string
	process *exec.Cmd
	kill    context.CancelFunc
	ask     io.WriteCloser
	answers chan answer // closed when the process ends
	ended   error       // why, once answers is closed
}

// answer is a line of peers.py.
type answer struct {
	Seconds float64 `json:"seconds"`
	CPU     float64 `json:"cpu"`
	Failed  int     `json:"failed"`
	Error   string  `json:"error"`
}

// errSlow says that a peer was stopped for taking too long.
var errSlow = errors.New("took too long")

// writing bounds how long a peer may take over the labelled documents.
const writing = 15 * time.Minute

// start runs command, which speaks as peers.py does.
func start(ctx context.Context, peer string, command ...string) (*worker, error) {
	ctx, kill := context.WithCancel(ctx)
	w := &worker{peer: peer, kill: kill, answers: make(chan answer)}
	w.process = exec.CommandContext(ctx, command[0], command[1:]...)
	stderr := &tail{}
	w.process.Stderr = stderr
	var err error
	if w.ask, err = w.process.StdinPipe(); err != nil {
		kill()
		return nil, err
	}
	stdout, err := w.process.StdoutPipe()
	if err != nil {
		kill()
		return nil, err
	}
	if err := w.process.Start(); err != nil {
		kill()
		return nil, err
	}
	go w.listen(stdout, stderr)
	return w, nil
}

// listen hands on the answers until the process ends.
func (w *worker) listen(stdout io.Reader, stderr *tail) {
	defer close(w.answers)
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		var a answer
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			w.kill()
			_ = w.process.Wait()
			w.ended = fmt.Errorf("%s answered %.100q: %w", w.peer, lines.Text(), err)
			return
		}
		w.answers <- a
	}
	err := w.process.Wait()
	w.ended = fmt.Errorf("%s stopped (%w): %s", w.peer, err, lastLine(stderr.b))
}

// request sends one request and waits for its answer.
func (w *worker) request(r map[string]any, limit time.Duration) (answer, error) {
	line, err := json.Marshal(r)
	if err != nil {
		return answer{}, err
	}
	if _, err := w.ask.Write(append(line, '\n')); err != nil {
		for range w.answers { // until it has ended, which tells why
		}
		return answer{}, w.ended
	}
	late := time.NewTimer(limit)
	defer late.Stop()
	select {
	case a, ok := <-w.answers:
		if !ok {
			return answer{}, w.ended
		}
		return a, nil
	case <-late.C:
		w.close()
		return answer{}, fmt.Errorf("%s: %w", w.peer, errSlow)
	}
}

func (w *worker) name() string { return w.peer }

func (w *worker) read(file string) error {
	_, err := w.request(map[string]any{"read": file}, writing)
	return err
}

func (w *worker) write(file string) (cost, error) {
	return took(w.request(map[string]any{"write": file}, writing))
}

func (w *worker) pass(limit time.Duration) (cost, error) {
	return took(w.request(map[string]any{"pass": true}, limit))
}

func took(a answer, err error) (cost, error) {
	return cost{wall: seconds(a.Seconds), cpu: seconds(a.CPU), failed: a.Failed, cause: a.Error}, err
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// close ends the process, whatever it is at.
func (w *worker) close() {
	w.ask.Close()
	w.kill()
	for range w.answers {
	}
}

// tail keeps the end of what is written to it.
type tail struct{ b []byte }

func (t *tail) Write(p []byte) (int, error) {
	t.b = append(t.b, p...)
	t.b = t.b[max(0, len(t.b)-4096):]
	return len(p), nil
}
