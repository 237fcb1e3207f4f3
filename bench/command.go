package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"
)

// command is xioc, a program in Go that reads standard input and prints lines
// TYPE, tab, VALUE. It is measured with its start, some milliseconds.
//
// https://github.com/assafmo/xioc
type command struct {
	path string
	docs []document
	all  string // the documents as one text
}

func (c *command) name() string { return "xioc" }
func (c *command) close()       {}

func (c *command) read(file string) (err error) {
	if c.docs, err = readDocuments(file); err != nil {
		return err
	}
	var all strings.Builder
	for _, d := range c.docs {
		all.WriteString(d.Text + "\n")
	}
	c.all = all.String()
	return nil
}

// run gives what it prints of a text.
func (c *command) run(text string, limit time.Duration) ([]byte, cost, error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.path)
	cmd.Env = append(cmd.Environ(), "GOMAXPROCS=1")
	cmd.Stdin = strings.NewReader(text)
	begin := time.Now()
	out, err := cmd.Output()
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return nil, cost{}, fmt.Errorf("xioc: %w", errSlow)
	}
	if err != nil {
		return nil, cost{}, fmt.Errorf("xioc: %w: %s", err, stderrOf(err))
	}
	return out, cost{wall: time.Since(begin), cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}, nil
}

func (c *command) write(file string) (cost, error) {
	var total cost
	var lines bytes.Buffer
	enc := json.NewEncoder(&lines)
	for _, d := range c.docs {
		out, took, err := c.run(d.Text, writing)
		if err != nil {
			return cost{}, err
		}
		total.wall, total.cpu = total.wall+took.wall, total.cpu+took.cpu
		for s := bufio.NewScanner(bytes.NewReader(out)); s.Scan(); {
			kind, value, _ := strings.Cut(s.Text(), "\t")
			if kind == "ip6" { // the one type that the scorer calls otherwise
				kind = "ipv6"
			}
			if err := enc.Encode(prediction{d.Doc, kind, value}); err != nil {
				return cost{}, err
			}
		}
	}
	return total, writeFile(file, func(w io.Writer) error {
		_, err := lines.WriteTo(w)
		return err
	})
}

// prediction is a line that the scorer reads.
type prediction struct {
	Doc   string `json:"doc"`
	Type  string `json:"type"`
	Value string `json:"value"`
}

func (c *command) pass(limit time.Duration) (cost, error) {
	_, took, err := c.run(c.all, limit)
	return took, err
}
