package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"
)

// hostileSize is the length of a hostile text, in bytes.
const hostileSize = 1 << 20

// hostileLimit is how long a tool may take over one.
const hostileLimit = 20 * time.Second

// hostileTexts measures every tool on texts made to be slow to read.
func (b *bench) hostileTexts() (*table, error) {
	t := &table{title: "Hostile texts: MB/s by processor time on 1 MB of", head: append([]string{""}, units...)}
	t.head = append(t.head, "worst")
	var files []string
	for i, u := range units {
		file := filepath.Join(b.dir, fmt.Sprintf("hostile-%d.jsonl", i))
		if err := writeDocuments(file, []document{{Doc: u, Text: hostile(u, hostileSize)}}); err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	rows := make([][]string, len(b.tools))
	b.each(func(i int, tool tool) { rows[i] = hostileRow(tool, files) })
	for i, tool := range b.tools {
		t.row(append([]string{tool.name()}, rows[i]...)...)
	}
	t.note("A tool that takes longer than %v over one text is stopped there, and not given the others (–).", hostileLimit)
	return t, nil
}

// hostileRow gives the tool's speed on each file, and its worst.
func hostileRow(t tool, files []string) []string {
	var row []string
	slowest := time.Duration(0)
	for range files {
		row = append(row, "–")
	}
	for i, file := range files {
		if err := t.read(file); err != nil {
			return append(row, "failed")
		}
		c, err := hostilePass(t)
		switch {
		case errors.Is(err, errSlow):
			row[i] = fmt.Sprintf("> %.0f s", hostileLimit.Seconds())
			return append(row, row[i])
		case err != nil:
			row[i] = "failed"
			return append(row, row[i])
		case c.failed > 0:
			row[i] = "failed"
			continue
		}
		slowest = max(slowest, c.cpu)
		row[i] = megaRate(hostileSize / c.cpu.Seconds())
	}
	return append(row, megaRate(hostileSize/slowest.Seconds()))
}

// hostilePass reads a text once, and where that took a moment once more: the
// first time is colder.
func hostilePass(t tool) (cost, error) {
	first, err := t.pass(hostileLimit)
	if err != nil || first.wall > time.Second {
		return first, err
	}
	second, err := t.pass(hostileLimit)
	second.cpu = min(first.cpu, second.cpu)
	return second, err
}
