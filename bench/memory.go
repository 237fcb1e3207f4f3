package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

// streamed is the length of the text for the memory table, in bytes.
const streamed = 100 << 20

// memory measures what the command `extract` takes at its peak.
func (b *bench) memory() (*table, error) {
	t := &table{title: "Memory of `analyzers extract`", head: []string{"", "peak memory", "processor time", "MB/s by it"}}
	empty, err := b.extract("", nil)
	if err != nil {
		return nil, err
	}
	t.row("empty text", megabytes(empty.memory), ms(empty.cpu))

	var worst usage
	var of string
	for _, u := range units {
		got, err := b.extract("hostile.txt", func(w io.Writer) error {
			_, err := io.WriteString(w, hostile(u, hostileSize))
			return err
		})
		if err != nil {
			return nil, err
		}
		if got.memory > worst.memory {
			worst, of = got, u
		}
	}
	t.row("1 MB, the worst of the hostile texts: "+of, megabytes(worst.memory), ms(worst.cpu), megaRate(hostileSize/worst.cpu.Seconds()))

	long, err := b.extract("long.txt", writeLong)
	if err != nil {
		return nil, err
	}
	t.row("100 MB of reports", megabytes(long.memory), ms(long.cpu), megaRate(streamed/long.cpu.Seconds()))
	t.note("The process from start to end, its output thrown away.")
	return t, nil
}

// extract runs the command on a file that fill writes, on no text where
// fill is nil.
func (b *bench) extract(name string, fill func(io.Writer) error) (usage, error) {
	file := os.DevNull
	if fill != nil {
		file = filepath.Join(b.dir, name)
		if err := writeFile(file, fill); err != nil {
			return usage{}, err
		}
		defer os.Remove(file)
	}
	return peak(b.ctx, file, b.analyzers, "extract")
}

// usage is what a finished process took.
type usage struct {
	cpu    time.Duration
	memory int64 // at its peak, in bytes
}

// peak measures a command that reads the file, by way of another bench: Linux
// counts the memory of who starts a process as its own, and a bench that did
// nothing else is smaller than what it starts.
func peak(ctx context.Context, file string, command ...string) (usage, error) {
	self, err := os.Executable()
	if err != nil {
		return usage{}, err
	}
	in, err := os.Open(file)
	if err != nil {
		return usage{}, err
	}
	defer in.Close()
	cmd := exec.CommandContext(ctx, self, append([]string{peakFlag}, command...)...)
	cmd.Stdin = in
	out, err := cmd.Output()
	if err != nil {
		return usage{}, fmt.Errorf("%s: %w: %s", command[0], err, stderrOf(err))
	}
	var u usage
	if _, err := fmt.Sscan(string(out), &u.cpu, &u.memory); err != nil {
		return usage{}, fmt.Errorf("%s: measured %q: %w", command[0], out, err)
	}
	return u, nil
}

// peakFlag as its first argument has bench run the rest, and print what that
// took: nanoseconds and bytes.
const peakFlag = "-peak-of"

func runPeakOf(command []string) error {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdin, cmd.Stderr = os.Stdin, os.Stderr
	if err := cmd.Run(); err != nil {
		return err
	}
	memory := int64(0)
	if r, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		memory = r.Maxrss
	}
	if runtime.GOOS != "darwin" { // there in bytes, elsewhere in KiB
		memory <<= 10
	}
	_, err := fmt.Println(int64(cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime()), memory)
	return err
}

func writeFile(name string, fill func(io.Writer) error) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := fill(f); err != nil {
		return err
	}
	return f.Close()
}

// writeLong writes reports over and over.
func writeLong(w io.Writer) error {
	docs := reports(100)
	for written := 0; written < streamed; {
		for _, d := range docs {
			n, err := io.WriteString(w, d.Text+"\n\n")
			if err != nil {
				return err
			}
			written += n
		}
	}
	return nil
}

func megabytes(n int64) string { return fmt.Sprintf("%.0f MB", float64(n)/1e6) }

func mega(n int) float64 { return float64(n) / 1e6 }

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }
