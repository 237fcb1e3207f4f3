package cortex

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// docsCommand prints the table of workers for the documentation.
func docsCommand(workers []*Worker) *cobra.Command {
	return &cobra.Command{
		Use: "docs", Short: "print the workers as a Markdown table", Args: cobra.NoArgs,
		Run: func(c *cobra.Command, _ []string) { fmt.Fprint(c.OutOrStdout(), Table(workers)) },
	}
}

// Table gives the workers as a Markdown table: what each does, takes and needs,
// and where it sends what it was given.
func Table(workers []*Worker) string {
	var b strings.Builder
	b.WriteString("| worker | version | what it does | data types | key | talks to | TLP, PAP up to |\n|---|---|---|---|---|---|---|\n")
	for _, w := range workers {
		b.WriteString(w.docsRow() + "\n")
	}
	return b.String()
}

func (w *Worker) docsRow() string {
	name := "`" + w.Command() + "`"
	if w.Service.Homepage != "" {
		name = "[" + name + "](" + w.Service.Homepage + ")"
	}
	key := "none"
	switch {
	case w.NeedsKey():
		key = "needed"
	case w.hasSecret():
		key = "optional"
	}
	hosts := "nothing outside"
	if len(w.Service.Hosts) > 0 {
		hosts = strings.Join(w.Service.Hosts, ", ")
	}
	cells := []string{name, w.Version, w.Description, strings.Join(w.DataTypes, ", "), key, hosts, fmt.Sprintf("%d, %d", *w.MaxTLP, *w.MaxPAP)}
	for i, cell := range cells {
		cells[i] = strings.ReplaceAll(strings.ReplaceAll(cell, "|", `\|`), "\n", " ")
	}
	return "| " + strings.Join(cells, " | ") + " |"
}

func (w *Worker) hasSecret() bool {
	for _, f := range w.itsFields() {
		if f.Secret {
			return true
		}
	}
	return false
}

// help is the long text of the worker's command.
func (w *Worker) help() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n\n%s\n\n", w.Name, w.Version, w.Description)
	fmt.Fprintf(&b, "Data types: %s\n\n", strings.Join(w.DataTypes, ", "))
	b.WriteString("The job is read from the folder given, from $CORTEX_JOB_FOLDER or /job, or as JSON\nfrom the standard input; the report goes to output/output.json of the folder, or to\nthe standard output.\n")
	if len(w.itsFields()) > 0 {
		b.WriteString("\nConfiguration items, and what they are called in the environment for lookup:\n")
	}
	for _, f := range w.itsFields() {
		fmt.Fprintf(&b, "  %-18s %-32s %s", f.Name, w.envPrefix()+strings.ToUpper(f.Name), f.Description)
		switch {
		case f.Required:
			b.WriteString(" (required)")
		case f.DefaultValue != nil:
			fmt.Fprintf(&b, " (default %v)", f.DefaultValue)
		}
		b.WriteByte('\n')
	}
	return b.String()
}
