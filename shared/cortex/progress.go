package cortex

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// progress shows on a terminal whom an answer is awaited from, on one line that
// is gone at the end. Elsewhere it shows nothing.
type progress struct {
	to    io.Writer
	on    screen
	begin time.Time
	all   int

	mu      sync.Mutex
	waiting []string
	ended   chan struct{}
	gone    sync.WaitGroup
}

// redraw is how often the line is written anew.
const redraw = 200 * time.Millisecond

func newProgress(to io.Writer, waiting []string) *progress {
	p := &progress{to: to, on: screenOf(to, os.Getenv), begin: time.Now(), all: len(waiting), waiting: slices.Clone(waiting), ended: make(chan struct{})}
	if !p.on.terminal {
		return p
	}
	p.gone.Go(func() {
		tick := time.NewTicker(redraw)
		defer tick.Stop()
		for {
			fmt.Fprintf(p.to, "\r\x1b[K%s", p.on.paint(faint, p.line(time.Since(p.begin))))
			select {
			case <-p.ended:
				fmt.Fprint(p.to, "\r\x1b[K")
				return
			case <-tick.C:
			}
		}
	})
	return p
}

// line is what is shown after some time, cut to the terminal's width.
func (p *progress) line(after time.Duration) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	text := fmt.Sprintf("%d of %d answered, %.0f s; waiting for %s", p.all-len(p.waiting), p.all, after.Seconds(), strings.Join(p.waiting, ", "))
	if runes := []rune(text); p.on.width > 0 && len(runes) >= p.on.width {
		text = string(runes[:p.on.width-2]) + "…"
	}
	return text
}

// done takes away one that is no longer waited for.
func (p *progress) done(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting = slices.DeleteFunc(p.waiting, func(w string) bool { return w == name })
}

// stop ends the line and takes it away.
func (p *progress) stop() {
	close(p.ended)
	p.gone.Wait()
}
