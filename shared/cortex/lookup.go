package cortex

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"
	"go.yaml.in/yaml/v3"

	"github.com/waggle-cti/waggle/shared/ioc"
)

// lookupCommand asks a worker about one observable from a terminal.
func lookupCommand(workers []*Worker) *cobra.Command {
	var l lookup
	c := &cobra.Command{
		Use:   "lookup <worker> <observable>",
		Short: "ask a worker about one observable and print the report",
		Long: "lookup runs a worker on one observable, without Cortex. Configuration comes from the\n" +
			"environment: `<worker> --help` lists the names; a secret may also be read from the file\n" +
			"that the same name with _FILE at its end names. A responder takes TheHive's object as\n" +
			"JSON in the observable's place. The exit code is 1 if the lookup failed.",
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			w := find(workers, args[0])
			if w == nil {
				return fmt.Errorf("there is no worker %q; `list` shows them", args[0])
			}
			return l.run(c, w, args[1])
		},
	}
	c.Flags().BoolVar(&l.json, "json", false, "print the report as Cortex gets it")
	c.Flags().StringVar(&l.dataType, "type", "", "the observable's data type (default: what it looks like)")
	c.Flags().IntVar(&l.tlp, "tlp", DefaultMaxLevel, "TLP of the observable, 0 to 4")
	c.Flags().IntVar(&l.pap, "pap", DefaultMaxLevel, "PAP of the observable, 0 to 3")
	return c
}

// lookup holds the command's flags.
type lookup struct {
	json     bool
	dataType string
	tlp, pap int
}

func (l lookup) run(c *cobra.Command, w *Worker, observable string) error {
	config, err := w.environment(os.Getenv)
	if err != nil {
		return failed{exitError, err}
	}
	dataType, value, err := l.observable(w, observable)
	if err != nil {
		return failed{exitUsage, err}
	}
	job := map[string]any{"dataType": dataType, "data": value, "tlp": l.tlp, "pap": l.pap, "config": config}
	var prepare func(Folder) error
	switch {
	case w.Kind == Responder:
		job["data"] = json.RawMessage(value)
	case dataType == fileType:
		name := filepath.Base(value)
		job["file"], job["filename"] = "attachment", name
		prepare = func(f Folder) error { return copyFile(f.input("attachment"), value, w.MaxFile) }
	}
	raw, err := json.Marshal(job)
	if err != nil {
		return failed{exitUsage, fmt.Errorf("%q is not a job: %w", observable, err)}
	}
	in, err := readInput(strings.NewReader(string(raw)))
	out, err := w.inScratch(c.Context(), in, err, prepare, Surroundings{Stderr: c.ErrOrStderr()})
	if err != nil {
		return failed{exitError, err}
	}
	return l.print(c.OutOrStdout(), out)
}

// observable finds the data type of what was asked for, and its value as
// Cortex would have it: refanged.
func (l lookup) observable(w *Worker, text string) (dataType, value string, err error) {
	if l.dataType != "" || w.Kind == Responder {
		return orDefault(l.dataType, w.DataTypes[0]), text, nil
	}
	if info, err := os.Stat(text); err == nil && info.Mode().IsRegular() && w.Accepts(fileType) {
		return fileType, text, nil
	}
	if i, ok := ioc.Parse(text); ok {
		for _, t := range dataTypesOf(i) {
			if w.Accepts(t) {
				return t, i.Value, nil
			}
		}
	}
	if w.Accepts("other") {
		return "other", text, nil
	}
	return "", "", fmt.Errorf("%q looks like nothing that %s takes; choose one by --type: %s", clip(text, 64), w.Command(), strings.Join(w.DataTypes, ", "))
}

// dataTypesOf lists the data types an indicator may have in TheHive, the usual
// one first.
func dataTypesOf(i ioc.Indicator) []string {
	types := []string{i.Kind.TheHive(i.Value), string(i.Kind)}
	switch i.Kind {
	case ioc.Domain:
		types = append(types, "domain", "fqdn", "hostname")
	case ioc.CVE:
		types = append(types, "cve", "vulnerability")
	}
	return types
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
	for _, f := range slices.Concat(w.fields, standardFields()) {
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
