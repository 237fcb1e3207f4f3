package report

import (
	"embed"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strconv"
	"strings"
	textTemplate "text/template"
	"time"

	"github.com/waggle-cti/waggle/shared/harmless"
)

//go:embed template
var files embed.FS

// Style is the style sheet of the list, to stand beside the fragment.
//
//go:embed threats.css
var Style []byte

// Formats are the names of the formats that [Report.Write] knows.
func Formats() []string { return []string{"html", "md", "text", "csv", "json"} }

// Write writes the report in a format. page is the address of the feeder's
// page, ending in a slash, that stories are linked to; empty = they are not.
func (r Report) Write(w io.Writer, format, page string) error {
	switch format {
	case "html":
		return html.ExecuteTemplate(w, "document", shown{r, page})
	case "md":
		return markdown.Execute(w, shown{r, page})
	case "text":
		return plain.Execute(w, shown{r, page})
	case "csv":
		return r.csv(w)
	case "json":
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(r)
	}
	return fmt.Errorf("the format %q is not known: use %s", format, strings.Join(Formats(), ", "))
}

// Fragment is the list as HTML to stand in a page that has [Style].
func (r Report) Fragment(page string) (template.HTML, error) {
	var out strings.Builder
	err := html.ExecuteTemplate(&out, "fragment", shown{r, page})
	return template.HTML(out.String()), err // written by html/template, so all in it is escaped
}

// shown is what the templates get.
type shown struct {
	Report
	Page string
}

// CSS is Style for a template.
func (shown) CSS() template.CSS { return template.CSS(Style) }

// Address is where a story is shown; empty without a page.
func (s shown) Address(story string) string {
	if s.Page == "" {
		return ""
	}
	return s.Page + "story/" + story
}

// By is the last day for a step, in words.
func (s shown) By(step Step) string { return until(step.By, s.Until) }

// The templates. All text in a report is already harmless; each writing only
// adds its own escapes.
var (
	html = template.Must(template.New("").Funcs(template.FuncMap{"day": day}).ParseFS(files, "template/*.html"))

	markdown = writing(harmless.Escape, func(title, address string) string {
		if address == "" {
			return harmless.Escape(title)
		}
		return "[" + harmless.Escape(title) + "](<" + harmless.Target(address) + ">)"
	}, func(level int, text string) string { return strings.Repeat("#", level) + " " + text })

	plain = writing(func(text string) string { return text }, func(title, address string) string {
		if address == "" {
			return title
		}
		return title + "\n  " + address
	}, func(level int, text string) string {
		if level > 2 {
			return text
		}
		return strings.ToUpper(text)
	})
)

// writing is the text template with a way to escape, to link and to head.
func writing(escape func(string) string, link func(title, address string) string, head func(int, string) string) *textTemplate.Template {
	return textTemplate.Must(textTemplate.New("threats.txt").Funcs(textTemplate.FuncMap{
		"line": escape, "link": link, "head": head, "day": day,
	}).ParseFS(files, "template/threats.txt"))
}

// csv writes one line a threat.
func (r Report) csv(w io.Writer) error {
	out := csv.NewWriter(w)
	rows := [][]string{{"urgency", "severity", "score", "title", "touches", "touch", "why", "do", "by", "last", "sources", "indicators", "story"}}
	for _, t := range r.Threats {
		var do, sources []string
		var by string
		for _, s := range t.Do {
			do = append(do, s.Text)
			if by == "" && !s.By.IsZero() {
				by = s.By.Format(time.DateOnly)
			}
		}
		for _, s := range t.Sources {
			sources = append(sources, s.Name)
		}
		rows = append(rows, []string{string(t.Urgency), t.Severity, strconv.Itoa(t.Score), t.Title, string(t.Touches), t.Touch,
			strings.Join(t.Why, " "), strings.Join(do, " "), by, t.Last.UTC().Format(time.RFC3339),
			strings.Join(slices.Compact(sources), " "), strings.Join(t.Values, " "), t.Story})
	}
	for _, row := range rows {
		for i := range row {
			row[i] = harmless.Cell(row[i])
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
