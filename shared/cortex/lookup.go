package cortex

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"
	"go.yaml.in/yaml/v3"

	"github.com/waggle-cti/waggle/shared/ioc"
)

// lookupCommand asks one worker about one observable from a terminal, or every
// analyzer that fits.
func lookupCommand(workers []*Worker) *cobra.Command {
	var l lookup
	c := &cobra.Command{
		Use:   "lookup [worker] <observable>",
		Short: "ask one worker about an observable, or every analyzer that fits",
		Long: "lookup runs analyzers on one observable, without Cortex.\n\n" +
			"With an observable alone it asks every analyzer that takes its type and has all it\n" +
			"needs, at once, and prints a table: who says what, who failed and why, and who was\n" +
			"not asked and what it lacks. With a worker's name before it, it prints the report of\n" +
			"that one. The services asked learn the observable: --tlp and --pap say how it is\n" +
			"marked, and who must not be told is not asked.\n\n" +
			"The data type is guessed; a file's name stands for the file. Disarmed spellings\n" +
			"(hxxp://bad[.]example) are understood, and values are printed disarmed; --json gives\n" +
			"them as they are.\n\n" +
			"Configuration comes from the environment: `<worker> --help` lists the names; a secret\n" +
			"may also be read from the file that the same name with _FILE at its end names. A\n" +
			"responder takes TheHive's object as JSON in the observable's place.\n\n" +
			"Exit codes: 0 an analyzer answered, whatever it says; 1 none did; 2 the command line\n" +
			"is wrong.",
		Args: cobra.RangeArgs(1, 2),
		RunE: func(c *cobra.Command, args []string) error {
			w := find(workers, args[0])
			l.noteNoFile(c.ErrOrStderr(), args[len(args)-1])
			switch {
			case len(args) == 1 && w != nil:
				return fmt.Errorf("name the observable that %s shall look up", w.Command())
			case len(args) == 1:
				return l.everyone(c, workers, args[0])
			case w == nil:
				return fmt.Errorf("there is no worker %q; `list` shows them", args[0])
			}
			return l.one(c, w, args[1])
		},
	}
	c.Flags().BoolVar(&l.json, "json", false, "print JSON: of one worker the report as Cortex gets it, of all a list of them")
	c.Flags().StringVar(&l.dataType, "type", "", "the observable's data type (default: what it looks like)")
	c.Flags().IntVar(&l.tlp, "tlp", DefaultMaxLevel, "TLP of the observable, 0 to 4")
	c.Flags().IntVar(&l.pap, "pap", DefaultMaxLevel, "PAP of the observable, 0 to 3")
	c.Flags().DurationVar(&l.limit, "limit", time.Minute, "how long all analyzers may take together")
	return c
}

// lookup holds the command's flags.
type lookup struct {
	json     bool
	dataType string
	tlp, pap int
	limit    time.Duration
}

// subject is what is looked up, as one data type has it.
type subject struct {
	dataType string
	value    string // refanged; of a file, its path
}

// one asks one worker and prints its report.
func (l lookup) one(c *cobra.Command, w *Worker, text string) error {
	config, err := w.environment(os.Getenv)
	if err != nil {
		return failed{exitError, err}
	}
	about := subject{orDefault(l.dataType, w.DataTypes[0]), text}
	if w.Kind != Responder {
		if about, err = l.about(w, text); err != nil {
			return err
		}
	}
	out, err := l.ask(c.Context(), w, about, config, Surroundings{Stderr: c.ErrOrStderr()})
	if err != nil {
		return failed{exitError, err}
	}
	return l.print(c.OutOrStdout(), out)
}

// ask has a worker do the job, and gives output.json.
func (l lookup) ask(ctx context.Context, w *Worker, about subject, config map[string]json.RawMessage, s Surroundings) ([]byte, error) {
	job := map[string]any{"dataType": about.dataType, "data": about.value, "tlp": l.tlp, "pap": l.pap, "config": config}
	var prepare func(Folder) error
	switch {
	case w.Kind == Responder:
		job["data"] = json.RawMessage(about.value)
	case about.dataType == fileType:
		job["file"], job["filename"] = "attachment", filepath.Base(about.value)
		prepare = func(f Folder) error { return copyFile(f.input("attachment"), about.value, w.MaxFile) }
	}
	raw, err := json.Marshal(job)
	if err != nil {
		return nil, failed{exitUsage, fmt.Errorf("%q is not a job: %w", clip(about.value, 64), err)}
	}
	in, err := readInput(strings.NewReader(string(raw)))
	return w.inScratch(ctx, in, err, prepare, s)
}

// about gives what a text stands for to one worker.
func (l lookup) about(w *Worker, text string) (subject, error) {
	usual, also := l.subjects(text)
	if about, ok := w.accepted(append(usual, also...)); ok {
		return about, nil
	}
	if l.dataType != "" {
		return usual[0], nil // the worker says what it takes
	}
	return subject{}, fmt.Errorf("%q looks like nothing that %s takes; choose one by --type: %s", clip(text, 64), w.Command(), strings.Join(w.DataTypes, ", "))
}

// subjects lists what a text stands for as TheHive has it, the likeliest first:
// a file by its name, an indicator under its types, else any text; and what else
// it may be taken for.
func (l lookup) subjects(text string) (usual, also []subject) {
	i, isValue := ioc.Parse(text)
	anything := subject{otherType, text}
	var types []subject
	if isValue {
		anything.value = i.Value
		for _, t := range dataTypesOf(i) {
			types = append(types, subject{t, i.Value})
		}
	}
	if l.dataType != "" {
		if about, ok := pick(types, l.dataType); ok {
			return []subject{about}, nil
		}
		return []subject{{l.dataType, text}}, nil
	}
	if info, err := os.Stat(text); err == nil && info.Mode().IsRegular() {
		return []subject{{fileType, text}}, append(types, anything)
	}
	if isValue && i.Kind.TheHive(i.Value) != otherType {
		return types, []subject{anything}
	}
	return append(types, anything), nil
}

// noteNoFile says that a text which looks like the path of a file names none: it
// is looked up itself, which may not be what was meant.
func (l lookup) noteNoFile(to io.Writer, text string) {
	if l.dataType != "" || !strings.HasPrefix(strings.TrimLeft(text, "."), "/") {
		return
	}
	if _, err := os.Stat(text); errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintf(to, "there is no file %q: the text itself is looked up\n", clip(text, 64))
	}
}

// pick finds the subject of a data type.
func pick(subjects []subject, dataType string) (subject, bool) {
	n := slices.IndexFunc(subjects, func(s subject) bool { return s.dataType == dataType })
	if n < 0 {
		return subject{}, false
	}
	return subjects[n], true
}

// accepted gives the first of some subjects that the worker takes.
func (w *Worker) accepted(subjects []subject) (subject, bool) {
	n := slices.IndexFunc(subjects, func(s subject) bool { return w.Accepts(s.dataType) })
	if n < 0 {
		return subject{}, false
	}
	return subjects[n], true
}

// otherType is the data type of what has no type of its own.
const otherType = "other"

// dataTypesOf lists the data types of its own that an indicator may have in
// TheHive, the usual one first.
func dataTypesOf(i ioc.Indicator) []string {
	types := append(i.Kind.TheHiveTypes(i.Value), string(i.Kind))
	if i.Kind == ioc.Domain {
		types = append(types, "domain", "fqdn", "hostname")
	}
	return slices.DeleteFunc(types, func(t string) bool { return t == otherType })
}

// copyFile puts a file into the job's folder. One that is too large is copied
// only so far that the worker sees it is.
func copyFile(to, from string, limit int64) error {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(dst, io.LimitReader(src, limit+1))
	return errors.Join(err, dst.Close())
}

// environment reads the configuration from the environment: WAGGLE_ABUSECH_KEY
// for the item key of a worker with base configuration abusech. The items
// every worker has are read the same way.
func (w *Worker) environment(getenv func(string) string) (map[string]json.RawMessage, error) {
	config := map[string]json.RawMessage{}
	for _, f := range slices.Concat(w.itsFields(), standardFields()) {
		name := w.envPrefix() + strings.ToUpper(f.Name)
		text := getenv(name)
		if path := getenv(name + "_FILE"); text == "" && path != "" && f.Secret {
			content, err := os.ReadFile(path)
			if err != nil {
				return nil, fmt.Errorf("%s_FILE: %w", name, err)
			}
			text = strings.TrimSpace(string(content))
		}
		if text == "" {
			continue
		}
		raw, err := fromEnvironment(f.Item, text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		config[f.Name] = raw
	}
	return config, nil
}

// print shows a report, and gives an error without text when it is of failure.
func (l lookup) print(to io.Writer, report []byte) error {
	r := gjson.ParseBytes(report)
	if !r.Get("success").Bool() {
		if l.json {
			if _, err := to.Write(report); err != nil {
				return err
			}
			return failed{exitError, errors.New("")}
		}
		return failed{exitError, errors.New(r.Get("errorMessage").String())}
	}
	if l.json {
		_, err := to.Write(report)
		return err
	}
	for _, t := range r.Get("summary.taxonomies").Array() {
		fmt.Fprintf(to, "%-10s  %s:%s=%q\n", t.Get("level"), t.Get("namespace"), t.Get("predicate"), t.Get("value").String())
	}
	fmt.Fprintln(to)
	if err := writeYAML(to, r.Get("full").Raw); err != nil {
		return err
	}
	if artifacts := r.Get("artifacts").Array(); len(artifacts) > 0 {
		fmt.Fprintln(to, "\nartifacts:")
		for _, a := range artifacts {
			fmt.Fprintf(to, "  %-12s %q\n", a.Get("dataType"), orDefault(a.Get("data").String(), a.Get("filename").String()))
		}
	}
	return nil
}

// writeYAML prints JSON, which is YAML, the way people read it. Control
// characters come out escaped.
func writeYAML(to io.Writer, text string) error {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		return fmt.Errorf("the report can't be shown: %w; try --json", err)
	}
	plain(&doc)
	enc := yaml.NewEncoder(to)
	enc.SetIndent(2)
	return enc.Encode(&doc)
}

func plain(n *yaml.Node) {
	n.Style = 0
	for _, c := range n.Content {
		plain(c)
	}
}
