package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// document is one text to read.
type document struct {
	Doc  string `json:"doc"`
	Text string `json:"text"`
}

// sets are the labelled documents, by what they are.
var sets = map[string][]string{
	"reports": {"b_annoctr", "b_avast", "b_eset", "b_unit42_long"},
	"posts":   {"a_tweetfeed_synth", "a_unit42_short"},
	"benign":  {"d_changelog", "d_code", "d_docs", "d_lines", "d_mail"},
}

// labelled gives the files of some sets, comma-separated as the scorer wants
// them, with what is labelled or the documents themselves.
func labelled(corpus, part string, names []string) string {
	var files []string
	for _, n := range names {
		files = append(files, filepath.Join(corpus, n+"."+part+".jsonl"))
	}
	return strings.Join(files, ",")
}

// corpusDocuments reads the documents of some sets; none and no error where
// there is no corpus.
func corpusDocuments(corpus string, names []string) ([]document, error) {
	var all []document
	for _, n := range names {
		docs, err := readDocuments(labelled(corpus, "docs", []string{n}))
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		all = append(all, docs...)
	}
	return all, nil
}

// maxDocument bounds a line of a file of documents, in bytes.
const maxDocument = 64 << 20

func readDocuments(file string) ([]document, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var docs []document
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, maxDocument)
	for lines.Scan() {
		var d document
		if err := json.Unmarshal(lines.Bytes(), &d); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		docs = append(docs, d)
	}
	return docs, lines.Err()
}

func writeDocuments(file string, docs []document) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer f.Close()
	out := bufio.NewWriter(f)
	enc := json.NewEncoder(out)
	for _, d := range docs {
		if err := enc.Encode(d); err != nil {
			return err
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return f.Close()
}

func size(docs []document) (bytes int) {
	for _, d := range docs {
		bytes += len(d.Text)
	}
	return bytes
}

// reports writes n texts as vendors write them, of about 8 KB each: prose, then
// disarmed values and hashes. They stand in where there is no corpus.
func reports(n int) []document {
	words := strings.Fields("the malware then contacts its command and control server over HTTPS and downloads a second stage " +
		"which we have observed in several campaigns since March against organisations in the energy sector; " +
		"persistence is by a scheduled task, e.g. version 2.4.1 of the loader writes update.dat to disk")
	r := rand.New(rand.NewPCG(1, 2)) // the same texts in every run
	var docs []document
	for i := range n {
		var b strings.Builder
		for range 900 {
			b.WriteString(words[r.IntN(len(words))])
			b.WriteByte(" \n"[r.IntN(12)/11])
		}
		b.WriteString("\n\nIndicators of compromise\n\n")
		for range 10 {
			fmt.Fprintf(&b, "c%d.bad-host[.]net\nhxxps://c%d.bad-host[.]net/gate/%x.php\n%d.%d.%d[.]%d\n%016x%016x\n%016x%016x%016x%016x\n",
				r.IntN(1e6), r.IntN(1e6), r.Uint64(), 11+r.IntN(80), r.IntN(256), r.IntN(256), r.IntN(256),
				r.Uint64(), r.Uint64(), r.Uint64(), r.Uint64(), r.Uint64(), r.Uint64())
		}
		docs = append(docs, document{Doc: fmt.Sprintf("report %d", i), Text: b.String()})
	}
	return docs
}

// units are what a hostile text repeats: each makes some reader look at the
// same bytes again and again.
var units = []string{"a", ".", "http://", "[.]", "0123456789abcdef", "QUJD+/", "a.", "a@"}

// hostile is a unit repeated to n bytes.
func hostile(unit string, n int) string { return strings.Repeat(unit, n/len(unit)+1)[:n] }
