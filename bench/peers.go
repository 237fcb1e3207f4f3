package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// peers are the tools on PyPI that read indicators in text, by their name
// there; peers.py has an adapter for each. README.md names those left out.
var peers = []string{
	"iocsearcher", "ioc-finder", "iocextract", "threatingestor", "msticpy",
	"iocide", "ioc-hunter", "iocparser", "iocparser-tool", "iocscrape", "iocx", "dfir", "cyberonto", "extract-iocs",
	"text2ioc", "ttprism", "cy-ioc-extract",
}

// also are packages that a peer needs and doesn't ask for.
var also = map[string][]string{
	"iocextract":  {"requests", "cortexutils"}, // the latter for peer_iocs.py
	"cortexutils": {"requests"},                // for the analyzers of Cortex-Analyzers
	"iocide":      {"setuptools"},              // for its pkg_resources
	rival:         {"feedparser"},              // for its feeds
	"text2ioc":    {"tldextract"},              // for the Public Suffix List
}

// installed is the file that says what an environment has.
const installed = "installed"

// environment is where peers are installed: each has its own below dir, as
// their needs exclude one another.
type environment struct {
	dir    string            // folder of the environments
	python string            // the Python that makes them
	pins   string            // the file of pinned versions
	pinned map[string]string // package → version
}

func newEnvironment(dir, python, pins string) (environment, error) {
	b, err := os.ReadFile(pins)
	if err != nil {
		return environment{}, err
	}
	e := environment{dir: dir, python: python, pins: pins, pinned: map[string]string{}}
	for s := bufio.NewScanner(bytes.NewReader(b)); s.Scan(); {
		line, _, _ := strings.Cut(s.Text(), "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		name, version, ok := strings.Cut(line, "==")
		if !ok {
			return environment{}, fmt.Errorf("%s: %q is no NAME==VERSION", pins, line)
		}
		e.pinned[name] = version
	}
	return e, nil
}

// install gives the interpreter that has the peer, after installing it where
// that was not done before.
func (e environment) install(ctx context.Context, peer string) (python string, err error) {
	dir := filepath.Join(e.dir, peer)
	python = filepath.Join(dir, "bin", "python")
	var packages []string
	for _, name := range append([]string{peer}, also[peer]...) {
		version, ok := e.pinned[name]
		if !ok {
			return "", fmt.Errorf("%s has no version in %s", name, e.pins)
		}
		packages = append(packages, name+"=="+version)
	}
	mark := filepath.Join(dir, installed)
	want := strings.Join(packages, " ")
	if got, err := os.ReadFile(mark); err == nil && string(got) == want {
		return python, nil
	}
	logf("installing %s", want)
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	pip := []string{"-m", "pip", "install", "--quiet", "--disable-pip-version-check"}
	for _, argv := range [][]string{{e.python, "-m", "venv", dir}, append(append([]string{python}, pip...), packages...)} {
		if out, err := exec.CommandContext(ctx, argv[0], argv[1:]...).CombinedOutput(); err != nil {
			return "", fmt.Errorf("not installed: %w: %s", err, lastLine(out))
		}
	}
	return python, os.WriteFile(mark, []byte(want), 0o600)
}

// lastLine is where a program says what went wrong.
func lastLine(out []byte) string {
	out = bytes.TrimSpace(out)
	return string(out[bytes.LastIndexByte(out, '\n')+1:])
}
