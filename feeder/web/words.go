package web

import (
	"fmt"
	"html/template"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"github.com/waggle-cti/waggle/feeder/verdict"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/feeder/wording"
	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/marking"
)

// words are the functions of the templates: they turn data into what people
// read.
func words(now func() time.Time) template.FuncMap {
	return template.FuncMap{
		"moment": func(t time.Time) moment { return momentOf(t, now()) },
		"every":  every,
		"count":  count,
		"number": func(n int) string { return humanize.Comma(int64(n)) },
		"points": points,
		"defang": ioc.Defang,
		"fates":  func() []fateName { return fates },
		"fate":   fateOf,
		"levels": func() []waggle.Severity {
			return []waggle.Severity{waggle.Critical, waggle.High, waggle.Medium, waggle.Low}
		},
		"analyzer": verdict.Name,
		"taxonomy": verdict.Label,
		"deed":     deed,
		"tlp":      tlp,
		"pap":      pap,
		"short":    wording.Short,
	}
}

// moment is a time as a page shows it: relative, with the exact one behind.
type moment struct{ Machine, Exact, Relative string }

func momentOf(t, now time.Time) moment {
	if t.IsZero() {
		return moment{}
	}
	t = t.UTC()
	relative := humanize.RelTime(t, now, "ago", "")
	if t.After(now) && relative != "now" {
		relative = "in " + strings.TrimSpace(humanize.RelTime(t, now, "", ""))
	}
	return moment{t.Format(time.RFC3339), t.Format("Mon 2 January 2006, 15:04 UTC"), relative}
}

// every is an interval without the zero units that time.Duration prints.
func every(d time.Duration) string {
	s := d.Round(time.Second).String()
	if strings.HasSuffix(s, "m0s") {
		s = s[:len(s)-2]
	}
	if strings.HasSuffix(s, "h0m") {
		s = s[:len(s)-2]
	}
	return s
}

// count is a number with its noun: "no posts", "1 post", "1,024 posts".
func count(n int, one, many string) string {
	if n == 0 {
		return "no " + many
	}
	return wording.Number(n, one, many)
}

// points signs a step of a score, with a real minus.
func points(n int) string {
	return strings.Replace(fmt.Sprintf("%+d", n), "-", "−", 1)
}

// deed is an action in a reader's words.
func deed(name waggle.ActionName) string {
	switch name {
	case waggle.ToMISP:
		return "MISP event"
	case waggle.ToCase:
		return "Case"
	case waggle.ToNotify:
		return "Notification"
	}
	return string(name)
}

// fateName is a fate in a reader's words.
type fateName struct {
	Fate        waggle.Fate
	Name, About string
}

var fates = []fateName{
	{waggle.Told, "In a story", "Part of a story."},
	{waggle.Dropped, "Dropped", "Read and judged not to matter here."},
	{waggle.Quiet, "Quiet", "Already old when its source was first asked: kept, not alerted."},
	{waggle.Failed, "Failed", "Could not be read or judged."},
	{waggle.Pending, "Pending", "Still on its way."},
}

func fateOf(f waggle.Fate) fateName {
	for _, n := range fates {
		if n.Fate == f {
			return n
		}
	}
	return fateName{f, string(f), ""}
}

func fateNames() []string {
	var all []string
	for _, n := range fates {
		all = append(all, string(n.Fate))
	}
	return all
}

// tlp names a Traffic Light Protocol level as it is written for readers.
func tlp(level int) string { return "TLP:" + strings.ToUpper(marking.TLP(level)) }

// pap names a Permissible Actions Protocol level.
func pap(level int) string { return "PAP:" + strings.ToUpper(marking.PAP(level)) }
