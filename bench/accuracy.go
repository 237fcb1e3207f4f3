package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// score is the scorer's answer over all kinds. A ratio is nil where there is
// nothing to divide by.
type score struct {
	F1, P, R, PA *float64
	Wrong        int `json:"wrong"` // values that are none of the text's
	Ref          int `json:"ref"`   // genuine values that are no indicators
}

// scored asks the scorer, which holds the rules; see its docstring.
func (b *bench) scored(kind, predictions string, flags ...string) (score, error) {
	args := []string{b.scorer, "--json", "--pred", predictions,
		"--labels", labelled(b.corpus, "labels", sets[kind]), "--docs", labelled(b.corpus, "docs", sets[kind])}
	out, err := exec.CommandContext(b.ctx, b.python, append(args, flags...)...).Output()
	if err != nil {
		return score{}, fmt.Errorf("%s: %w: %s", b.scorer, err, stderrOf(err))
	}
	return parseScore(out)
}

func parseScore(out []byte) (score, error) {
	var all struct {
		ALL *score
	}
	if err := json.Unmarshal(out, &all); err != nil {
		return score{}, fmt.Errorf("the scorer's answer: %w", err)
	}
	if all.ALL == nil {
		return score{}, fmt.Errorf("the scorer's answer has no ALL: %.200s", out)
	}
	return *all.ALL, nil
}

// accuracy compares what every tool reads in the labelled documents with the
// labels.
func (b *bench) accuracy() (*table, error) {
	t := &table{title: "Accuracy on labelled texts", head: []string{"", "reports F1", "P", "R", "PA", "F1, https kept",
		"posts F1", "PA", "benign texts: wrong values", "benign values called indicators"}}
	docs, err := corpusDocuments(b.corpus, slices.Concat(sets["reports"], sets["posts"], sets["benign"]))
	if err != nil {
		return nil, err
	}
	if docs == nil {
		t.note("Not measured: there are no labelled texts in %s. They are other people's, and not part of this repository.", b.corpus)
		return t, nil
	}
	file := filepath.Join(b.dir, "labelled.jsonl")
	if err := writeDocuments(file, docs); err != nil {
		return nil, err
	}
	read := make([]reading, len(b.tools))
	b.each(func(i int, t tool) { read[i] = b.reading(t, file) })
	for i, tool := range b.tools {
		read[i].addTo(t, tool.name())
	}
	t.note("%d documents, %.1f MB. P and R: precision and recall; in PA, cited links and other genuine values that are no indicators count as wrong.",
		len(docs), mega(size(docs)))
	t.note("Each tool's default output. A value without its scheme, or left disarmed, counts as right but in the column that keeps https.")
	return t, nil
}

// predictions is the file of what the tool reads in the labelled documents.
func (b *bench) predictions(t tool) string {
	return filepath.Join(b.dir, strings.ToLower(t.name())+".predictions.jsonl")
}

// predict lets the tool read the documents of the file. What a peer gave for
// the same documents in the same version stands: some take minutes.
func (b *bench) predict(t tool, file string) (cost, error) {
	w, isPeer := t.(*worker)
	if !isPeer {
		return readAndWrite(t, file, b.predictions(t))
	}
	key, err := hashOf(file, filepath.Join("bench", "peers.py"), filepath.Join(b.dir, "peers", w.peer, installed))
	if err != nil {
		return cost{}, err
	}
	mark := b.predictions(t) + ".done"
	var done struct {
		Key    string
		Failed int
		Cause  string
	}
	if got, err := os.ReadFile(mark); err == nil && json.Unmarshal(got, &done) == nil && done.Key == key {
		return cost{failed: done.Failed, cause: done.Cause}, nil
	}
	c, err := readAndWrite(t, file, b.predictions(t))
	if err != nil {
		return cost{}, err
	}
	done.Key, done.Failed, done.Cause = key, c.failed, c.cause
	line, err := json.Marshal(done)
	if err != nil {
		return cost{}, err
	}
	return c, os.WriteFile(mark, line, 0o600)
}

func readAndWrite(t tool, from, to string) (cost, error) {
	if err := t.read(from); err != nil {
		return cost{}, err
	}
	return t.write(to)
}

// hashOf names the content of some files.
func hashOf(files ...string) (string, error) {
	sum := sha256.New()
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(sum, "%d\n%s", len(b), b)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// reading is how well a tool read the labelled documents.
type reading struct {
	cost
	reports, strict, posts, benign score // strict: https and http are two things
	err                            error
}

func (b *bench) reading(t tool, file string) (r reading) {
	if r.cost, r.err = b.predict(t, file); r.err != nil {
		return r
	}
	for _, ask := range []struct {
		kind  string
		flags []string
		into  *score
	}{{"reports", nil, &r.reports}, {"reports", []string{"--strict-scheme"}, &r.strict}, {"posts", nil, &r.posts}, {"benign", nil, &r.benign}} {
		if *ask.into, r.err = b.scored(ask.kind, b.predictions(t), ask.flags...); r.err != nil {
			return r
		}
	}
	return r
}

func (r reading) addTo(t *table, name string) {
	if r.err != nil {
		t.row(name, "failed")
		t.note("%s: %v", name, r.err)
		return
	}
	t.row(name, ratio(r.reports.F1), ratio(r.reports.P), ratio(r.reports.R), ratio(r.reports.PA), ratio(r.strict.F1),
		ratio(r.posts.F1), ratio(r.posts.PA), fmt.Sprint(r.benign.Wrong), fmt.Sprint(r.benign.Ref))
	if r.failed > 0 {
		t.note("%s fails on %d documents, the first with %q; what it read before counts.", name, r.failed, r.cause)
	}
}

func ratio(f *float64) string {
	if f == nil {
		return "–"
	}
	return strings.TrimPrefix(fmt.Sprintf("%.3f", *f), "0")
}
