package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// streamed is the length of the text for the memory table, in bytes.
const streamed = 100 << 20

// memory measures what the command `extract` takes at its peak.
func (b *bench) memory() (*table, error) {
	t := &table{title: "Memory of `analyzers extract`", head: []string{"", "peak memory", "time", "MB/s"}}
	empty, err := b.extract("", nil)
	if err != nil {
		return nil, err
	}
	t.row("empty text", megabytes(empty.memory), ms(empty.wall))

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
	t.row("1 MB, the worst of the hostile texts: "+of, megabytes(worst.memory), ms(worst.wall), megaRate(hostileSize/worst.wall.Seconds()))

	long, err := b.extract("long.txt", writeLong)
	if err != nil {
		return nil, err
	}
	t.row("100 MB of reports", megabytes(long.memory), ms(long.wall), megaRate(streamed/long.wall.Seconds()))
	t.note("The process from start to end, with all cores, its output going to /dev/null.")
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
	return timed(exec.CommandContext(b.ctx, b.analyzers, "extract"), file, nil)
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
