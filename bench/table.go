package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// table is one table of figures. The first column names the row.
type table struct {
	title string
	head  []string
	rows  [][]string
	notes []string // what a reader must know, one sentence or two each
}

// row adds a row; cells that it lacks are empty.
func (t *table) row(cells ...string) {
	for len(cells) < len(t.head) {
		cells = append(cells, "")
	}
	t.rows = append(t.rows, cells)
}

func (t *table) note(format string, args ...any) {
	t.notes = append(t.notes, fmt.Sprintf(format, args...))
}

// text writes the table for a terminal.
func (t *table) text(out io.Writer) error {
	fmt.Fprintf(out, "\n%s\n\n", t.title)
	if len(t.rows) > 0 {
		w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		for _, r := range append([][]string{t.head}, t.rows...) {
			fmt.Fprintln(w, strings.Join(r, "\t"))
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	for _, n := range t.notes {
		fmt.Fprintf(out, "  %s\n", n)
	}
	return nil
}

// markdown writes the table for a document. Numbers stand right.
func (t *table) markdown(out io.Writer) {
	fmt.Fprintf(out, "\n## %s\n", t.title)
	if len(t.rows) > 0 {
		fmt.Fprintln(out)
		line(out, t.head)
		fmt.Fprintf(out, "|---|%s\n", strings.Repeat("---:|", len(t.head)-1))
	}
	for _, r := range t.rows {
		line(out, r)
	}
	for _, n := range t.notes {
		fmt.Fprintf(out, "\n%s\n", cell.Replace(n))
	}
}

// cell keeps a cell's text from being read as Markdown.
var cell = strings.NewReplacer("|", `\|`, "*", `\*`, "_", `\_`, "<", "&lt;", "\n", " ")

func line(out io.Writer, cells []string) {
	for _, c := range cells {
		fmt.Fprintf(out, "| %s ", cell.Replace(c))
	}
	fmt.Fprintln(out, "|")
}
