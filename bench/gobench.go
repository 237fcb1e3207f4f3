package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
)

// result is what one of Go's benchmarks measured.
type result struct {
	name    string
	metrics map[string]float64 // by unit: "ns/op", "posts/s"
}

// goBench runs benchmarks of a package on one core, n as -benchtime has it.
func (b *bench) goBench(pkg, pattern, n string) ([]result, error) {
	cmd := exec.CommandContext(b.ctx, "go", "test", "-run", "^$", "-bench", pattern, "-benchtime", n, "-cpu", "1", pkg)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %s", pkg, err, lastLine(out))
	}
	results := parseBench(out)
	if len(results) == 0 {
		return nil, fmt.Errorf("%s has no benchmark %s", pkg, pattern)
	}
	return results, nil
}

// parseBench reads Go's benchmark format: a name, how often it ran, then
// values with their units.
// https://go.googlesource.com/proposal/+/master/design/14313-benchmark-format.md
func parseBench(out []byte) (results []result) {
	for s := bufio.NewScanner(bytes.NewReader(out)); s.Scan(); {
		fields := strings.Fields(s.Text())
		if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		r := result{name: strings.TrimPrefix(fields[0], "Benchmark"), metrics: map[string]float64{}}
		for i := 2; i+1 < len(fields); i += 2 {
			if value, err := strconv.ParseFloat(fields[i], 64); err == nil {
				r.metrics[fields[i+1]] = value
			}
		}
		results = append(results, r)
	}
	return results
}
