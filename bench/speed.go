package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"
)

// turns is how often every tool reads the texts for the speed table.
const turns = 3

// patience is how much processor time a tool may take over all texts before it
// gets a sample of them: one of every sampled documents.
const (
	patience = 2 * time.Second
	sampled  = 16
)

// speed measures how fast every tool reads the same texts on one core, warm and
// in turns, so that a busy moment hits all.
func (b *bench) speed() (*table, error) {
	docs, err := corpusDocuments(b.corpus, sets["reports"])
	if err != nil {
		return nil, err
	}
	what := "the labelled reports"
	if docs == nil {
		docs, what = reports(400), "generated reports, in place of labelled ones"
	}
	var sample []document
	for i := 0; i < len(docs); i += sampled {
		sample = append(sample, docs[i])
	}
	run := speedRun{whole: filepath.Join(b.dir, "reports.jsonl"), sample: filepath.Join(b.dir, "sample.jsonl")}
	if err := errors.Join(writeDocuments(run.whole, docs), writeDocuments(run.sample, sample)); err != nil {
		return nil, err
	}
	racers := run.warm(b.tools, size(docs), size(sample))
	for range turns {
		for i := range racers {
			racers[i].turn()
		}
	}
	t := speedTable(racers)
	t.title = fmt.Sprintf("Speed on one core: %s", what)
	t.note("%d documents, %.1f MB, one by one in each tool's own process after a warm-up; the fastest of %d turns.", len(docs), mega(size(docs)), turns)
	t.note("* on every %dth document, as all take more than %v of processor time.", sampled, patience)
	return t, nil
}

type speedRun struct{ whole, sample string }

// racer is a tool with the documents it reads and the times it took.
type racer struct {
	tool  tool
	bytes int
	few   bool // a sample only
	costs []cost
	err   error
}

// warm lets every tool read the texts once, uncounted, and gives those that
// are slow a sample.
func (s speedRun) warm(tools []tool, whole, sample int) []racer {
	var racers []racer
	for _, t := range tools {
		r := racer{tool: t, bytes: sample, few: true}
		c, err := readThen(t, s.sample, limit)
		if err == nil && c.cpu*time.Duration(whole)/time.Duration(sample) < patience {
			r.bytes, r.few = whole, false
			_, err = readThen(t, s.whole, limit)
		}
		r.err = err
		racers = append(racers, r)
	}
	return racers
}

// limit bounds a tool's time with texts of some megabytes.
const limit = time.Minute

func readThen(t tool, file string, limit time.Duration) (cost, error) {
	if err := t.read(file); err != nil {
		return cost{}, err
	}
	return t.pass(limit)
}

func (r *racer) turn() {
	if r.err != nil {
		return
	}
	c, err := r.tool.pass(limit)
	if err != nil {
		r.err = err
		return
	}
	r.costs = append(r.costs, c)
}

// rate is the bytes a second of the fastest turn, by wall and by processor
// time: what slows a turn down is the machine's other work.
func (r *racer) rate() (wall, cpu float64) {
	best := r.costs[0]
	for _, c := range r.costs {
		best.wall, best.cpu = min(best.wall, c.wall), min(best.cpu, c.cpu)
	}
	return float64(r.bytes) / best.wall.Seconds(), float64(r.bytes) / best.cpu.Seconds()
}

// speedTable has the first racer's speed as a multiple of each other's, by
// processor time: it is the wall time of a machine that does nothing else.
func speedTable(racers []racer) *table {
	t := &table{head: []string{"", "MB/s", "MB/s by processor time", "Waggle by processor time"}}
	var ours, fastest float64
	var rival string
	for i := range racers {
		r := &racers[i]
		if r.err != nil {
			t.row(r.tool.name(), "failed")
			t.note("%s: %v", r.tool.name(), r.err)
			continue
		}
		wall, cpu := r.rate()
		name, times := r.tool.name(), fmt.Sprintf("%.0f×", ours/cpu)
		switch {
		case i == 0:
			ours, times = cpu, ""
		case cpu > fastest:
			fastest, rival = cpu, name
		}
		if r.few {
			name += " *"
		}
		t.row(name, megaRate(wall), megaRate(cpu), times)
	}
	if rival != "" && ours > 0 {
		t.note("Waggle reads %.0f times as fast as the fastest peer, %s.", ours/fastest, rival)
	}
	return t
}

// megaRate writes bytes a second as MB/s, with two digits that count.
func megaRate(perSecond float64) string {
	mb := perSecond / 1e6
	switch {
	case mb >= 10:
		return fmt.Sprintf("%.0f", mb)
	case mb >= 1:
		return fmt.Sprintf("%.1f", mb)
	}
	return fmt.Sprintf("%.2g", mb)
}
