package cortex

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/ioc"
)

// survey is what came of asking every analyzer that fits about one observable,
// as `lookup --json` prints it. Values stand in it as they are, not disarmed.
type survey struct {
	Data     string  `json:"data"` // of a file, its path
	DataType string  `json:"dataType"`
	TLP      int     `json:"tlp"`
	PAP      int     `json:"pap"`
	Verdict  Level   `json:"verdict,omitempty"` // the worst that anybody says; none if nobody answered
	Why      string  `json:"why"`
	Workers  []voice `json:"workers"` // the worst first, then those that failed, then those that were not asked
}

// voice is one analyzer's part.
type voice struct {
	Worker  string          `json:"worker"`
	Name    string          `json:"name"`
	State   state           `json:"state"`
	Level   Level           `json:"level,omitempty"`
	Reason  string          `json:"reason,omitempty"` // why it failed or was not asked
	Seconds float64         `json:"seconds,omitempty"`
	Report  json.RawMessage `json:"report,omitempty"` // as Cortex would get it

	worker *Worker
	about  subject
	config map[string]json.RawMessage
}

// state is how far an analyzer came.
type state string

const (
	answered state = "answered"
	silent   state = "failed"
	unasked  state = "not asked"
)

// everyone asks all analyzers that fit and prints a table.
func (l lookup) everyone(c *cobra.Command, workers []*Worker, text string) error {
	usual, _ := l.subjects(text)
	s := survey{Data: usual[0].value, DataType: usual[0].dataType, TLP: l.tlp, PAP: l.pap, Workers: l.voices(workers, usual, os.Getenv)}
	switch {
	case l.tlp < 0 || l.tlp > MaxTLP || l.pap < 0 || l.pap > MaxPAP:
		return fmt.Errorf("--tlp must be 0 to %d, --pap 0 to %d", MaxTLP, MaxPAP)
	case len(s.Workers) == 0:
		return fmt.Errorf("no analyzer here takes data type %q; choose one by --type, or see `list`", s.DataType)
	}
	ctx, cancel := context.WithTimeoutCause(c.Context(), l.limit, stopped(fmt.Sprintf("no answer within the limit of %v (--limit)", l.limit)))
	defer cancel()
	l.askAll(ctx, s.Workers, c.ErrOrStderr())
	s.conclude()
	if l.json {
		if err := writeJSON(c.OutOrStdout(), s); err != nil {
			return err
		}
	} else {
		s.print(c.OutOrStdout(), screenOf(c.OutOrStdout(), os.Getenv))
	}
	if s.Verdict == "" {
		return failed{exitError, errors.New("")}
	}
	return nil
}

// voices lists the analyzers that take the observable, and why some of them are
// not asked.
func (l lookup) voices(workers []*Worker, subjects []subject, getenv func(string) string) []voice {
	var voices []voice
	for _, w := range workers {
		about, ok := w.accepted(subjects)
		if !ok || w.Kind != Analyzer {
			continue
		}
		v := voice{Worker: w.Command(), Name: w.Name, worker: w, about: about}
		var err error
		if v.config, err = w.environment(getenv); err != nil {
			v.State, v.Reason = silent, err.Error()
		} else if v.Reason = l.obstacle(w, v.config); v.Reason != "" {
			v.State = unasked
		}
		voices = append(voices, v)
	}
	return voices
}

// obstacle says why a worker is not asked, "" if it is.
func (l lookup) obstacle(w *Worker, config map[string]json.RawMessage) string {
	if missing := w.missing(config); len(missing) > 0 {
		return "set " + strings.Join(missing, " and ")
	}
	s, err := w.standardConfig(config)
	switch {
	case err != nil:
		return err.Error()
	case s.CheckTLP && l.tlp > s.MaxTLP:
		return fmt.Sprintf("not for %s: it takes up to %s", TLPName(l.tlp), TLPName(s.MaxTLP))
	case s.CheckPAP && l.pap > s.MaxPAP:
		return fmt.Sprintf("not for %s: it takes up to %s", PAPName(l.pap), PAPName(s.MaxPAP))
	}
	return ""
}

// missing names what a worker can't do without and the configuration lacks, as
// the environment has it.
func (w *Worker) missing(config map[string]json.RawMessage) []string {
	var names []string
	for _, f := range w.itsFields() {
		if f.Required && f.def == nil && unset(config[f.Name]) {
			names = append(names, fmt.Sprintf("%s%s (%s)", w.envPrefix(), strings.ToUpper(f.Name), f.Description))
		}
	}
	return names
}

// askAll asks all at once. One that fails holds up no other, and the context
// ends what takes too long.
func (l lookup) askAll(ctx context.Context, voices []voice, stderr io.Writer) {
	var waiting []string
	for _, v := range voices {
		if v.State == "" {
			waiting = append(waiting, v.Worker)
		}
	}
	progress := newProgress(stderr, waiting)
	defer progress.stop()
	Together(len(voices), func(i int) {
		v := &voices[i]
		if v.State != "" {
			return
		}
		begin := time.Now()
		var why error
		out, err := l.ask(ctx, v.worker, v.about, v.config, Surroundings{Stderr: stderr, failed: func(err error) { why = err }})
		v.Seconds = time.Since(begin).Round(time.Millisecond).Seconds()
		v.hear(out, err)
		if errors.Is(why, errMarking) { // found only in the midst of the job: a limit of the worker's own
			v.State, v.Report, v.Seconds = unasked, nil, 0
		}
		progress.done(v.Worker)
	})
}

// hear reads a report.
func (v *voice) hear(report []byte, err error) {
	if err != nil {
		v.State, v.Reason = silent, err.Error()
		return
	}
	v.Report = report
	r := gjson.ParseBytes(report)
	if !r.Get("success").Bool() {
		v.State, v.Reason = silent, r.Get("errorMessage").String()
		return
	}
	v.State, v.Level = answered, Info
	for _, t := range r.Get("summary.taxonomies").Array() {
		if level := Level(t.Get("level").String()); level.Worse(v.Level) {
			v.Level = level
		}
	}
}

// conclude sorts the voices and says what they mean together: the worst that
// anybody says, and who says otherwise.
func (s *survey) conclude() {
	order := map[state]int{answered: 0, silent: 1, unasked: 2}
	slices.SortStableFunc(s.Workers, func(a, b voice) int {
		return cmp.Or(cmp.Compare(order[a.State], order[b.State]), byLevel(a, b))
	})
	says := map[Level][]string{}
	count := map[state]int{}
	for _, v := range s.Workers {
		count[v.State]++
		if v.State == answered {
			says[v.Level] = append(says[v.Level], v.Worker)
		}
	}
	counts := fmt.Sprintf("answered %d, failed %d, not asked %d", count[answered], count[silent], count[unasked])
	if count[answered] == 0 {
		s.Why = "nobody answered (" + counts + ")"
		return
	}
	s.Verdict = s.Workers[0].Level
	var parts []string
	for _, l := range []Level{Malicious, Suspicious, Safe} {
		if len(says[l]) > 0 {
			parts = append(parts, fmt.Sprintf("%s by %s", l, strings.Join(says[l], ", ")))
		}
	}
	if len(parts) == 0 {
		parts = []string{"nobody who answered has anything against it, or knows it as safe"}
	}
	s.Why = strings.Join(parts, "; ") + " (" + counts + ")"
	if s.Verdict == Info && count[silent] > 0 {
		s.Why += ": while some are missing, this is no all-clear"
	}
}

// byLevel orders voices, the worst first.
func byLevel(a, b voice) int {
	switch {
	case a.Level.Worse(b.Level):
		return -1
	case b.Level.Worse(a.Level):
		return 1
	}
	return 0
}

// disarm makes the values in what an analyzer says harmless, but for its own
// service's.
func (v voice) disarm(text string) string {
	found := ioc.Find(text, ioc.Options{})
	slices.SortFunc(found, func(a, b ioc.Indicator) int { return cmp.Compare(len(b.Raw), len(a.Raw)) })
	for _, i := range found {
		if harmless := ioc.Defang(i.Raw); harmless != i.Value && !v.worker.owns(i) {
			text = strings.ReplaceAll(text, i.Raw, harmless)
		}
	}
	return text
}
