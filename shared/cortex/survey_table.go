package cortex

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/ioc"
)

// line is a row of the table, as it is printed.
type line struct {
	colour  string
	verdict string
	worker  string
	took    string
	text    string
}

// print shows a survey for people: the verdict first, values disarmed.
func (s survey) print(to io.Writer, on screen) {
	fmt.Fprintf(to, "%s  %s  %s  %s\n\n", on.paint(bold, printable(ioc.Defang(s.Data))), s.DataType, TLPName(s.TLP), PAPName(s.PAP))
	for _, l := range wrap(strings.ToUpper(orDefault(string(s.Verdict), "no verdict"))+": "+s.Why+".", on.width) {
		fmt.Fprintln(to, on.paint(colourOf(s.Verdict), l))
	}
	fmt.Fprintln(to)
	printLines(to, on, s.lines())
}

// colourOf is how a level is shown; what is only information has no colour.
func colourOf(l Level) string {
	return map[Level]string{Malicious: red, Suspicious: yellow, Safe: green}[l]
}

// lines are the rows; those who lack the same share one.
func (s survey) lines() []line {
	lines := []line{{bold, "VERDICT", "ANALYZER", "TIME", "WHAT IT SAYS"}}
	shared := map[string]int{}
	for _, v := range s.Workers {
		if v.State == unasked {
			if n, ok := shared[v.Reason]; ok {
				lines[n].worker += ", " + v.Worker
				continue
			}
			shared[v.Reason] = len(lines)
		}
		lines = append(lines, v.line(s.Data))
	}
	return lines
}

func (v voice) line(data string) line {
	l := line{verdict: string(v.State), worker: v.Worker, text: strings.ReplaceAll(v.Reason, data, ioc.Defang(data))}
	if v.State != unasked {
		l.took = fmt.Sprintf("%.1f s", v.Seconds)
	}
	switch v.State {
	case answered:
		l.verdict, l.colour = string(v.Level), colourOf(v.Level)
		l.text = v.disarm(v.saying())
	case unasked:
		l.colour = faint
	}
	return l
}

// saying is an analyzer's taxonomies as one text.
func (v voice) saying() string {
	var parts []string
	for _, t := range gjson.GetBytes(v.Report, "summary.taxonomies").Array() {
		part := t.Get("predicate").String() + ": " + t.Get("value").String()
		if namespace := t.Get("namespace").String(); namespace != v.worker.Namespace() {
			part = namespace + " " + part
		}
		parts = append(parts, part)
	}
	return orDefault(strings.Join(parts, " · "), "no more than its report: `lookup "+v.Worker+"` shows it")
}

// The widest a column may be before its cells are wrapped, and the least that
// the last one must have to be wrapped beside the others.
const (
	widestWorkers = 24
	leastText     = 24
)

// printLines prints the rows in columns. On a terminal the last one is wrapped
// within what is left of the width.
func printLines(to io.Writer, on screen, lines []line) {
	verdict, worker, took := 0, 0, 0
	for _, l := range lines {
		verdict = max(verdict, utf8.RuneCountInString(l.verdict))
		took = max(took, utf8.RuneCountInString(l.took))
		for _, part := range wrap(l.worker, widestWorkers) {
			worker = max(worker, utf8.RuneCountInString(part))
		}
	}
	indent := verdict + worker + took + 6
	width := 0
	if on.width > 0 {
		width = max(on.width-indent, leastText)
	}
	for _, l := range lines {
		workers, texts := wrap(l.worker, widestWorkers), wrap(printable(l.text), width)
		for n := range max(len(workers), len(texts)) {
			cells := [4]string{}
			if n == 0 {
				cells[0], cells[2] = l.verdict, l.took
			}
			if n < len(workers) {
				cells[1] = workers[n]
			}
			if n < len(texts) {
				cells[3] = texts[n]
			}
			left := fmt.Sprintf("%-*s  %-*s  ", verdict, cells[0], worker, cells[1])
			right := fmt.Sprintf("%*s  %s", took, cells[2], cells[3])
			fmt.Fprintln(to, strings.TrimRight(on.paint(l.colour, left)+right, " "))
		}
	}
}
