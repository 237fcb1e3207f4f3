package alert

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/waggle-cti/waggle/feeder/address"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/harmless"
	"github.com/waggle-cti/waggle/shared/ioc"
)

// Limits of a description, in bytes and rows. TheHive 4.1 takes a request of
// 256 kB, in which the observables must find room as well.
const (
	maxDescription = 60_000
	maxTold        = 30_000 // of these, for what stands above the indicators
	reserve        = 500    // for the lines that end a section
	maxTable       = 200    // indicators with all their columns; more are listed by value alone
	maxPosts       = 100
	maxValue       = 500 // characters of one value
	maxLink        = 500 // characters of an address that is made a link
)

// Describe is a story in Markdown, as TheHive shows it: what it is, why it
// matters here, what to do, the posts and the indicators (defanged). Everything that
// comes from a post is escaped and without live links, except the links to
// the posts themselves.
//
// The last line seals what stands above it, so that a text which an analyst
// has edited is known by itself.
func Describe(s waggle.Story) string {
	d := &description{known: map[string]bool{}, limit: maxTold}
	for _, i := range s.Indicators {
		d.known[i.Value] = true
	}
	d.block("**%s**", harmless.Markdown(s.Title, 500))
	if s.Summary != "" {
		d.block("**TL;DR** %s", harmless.Markdown(s.Summary, 2000))
	}
	d.reasons(s)
	d.actions(s)
	d.verdicts(s)
	d.posts(s.Posts)
	d.limit = maxDescription
	d.indicators(s)
	return seal(d.text.String(), s)
}

// description is a text that grows up to its limit.
type description struct {
	text  strings.Builder
	limit int
	known map[string]bool // the story's values
}

// line adds a line, and tells whether it had room.
func (d *description) line(format string, args ...any) bool {
	text := fmt.Sprintf(format, args...) + "\n"
	if d.text.Len()+len(text) > d.limit {
		return false
	}
	d.text.WriteString(text)
	return true
}

func (d *description) block(format string, args ...any) {
	d.line(format+"\n", args...)
}

// scoreLine is where a description tells the score, the severity and the kind of threat.
var scoreLine = regexp.MustCompile(`(?m)^Score (\d{1,3}) of 100, severity ([a-z]+)\.(?: Kind of threat: ([a-z ]+)\.)?`)

// scoreIn gives the score that a description tells, which is the one that the
// custom field was given along with it; nil if it tells none.
func scoreIn(text string) any {
	m := scoreLine.FindStringSubmatch(text)
	if m == nil {
		return nil
	}
	score, _ := strconv.Atoi(m[1]) // of three digits at most
	return score
}

// threatIn gives the kind of threat that a description tells, as the custom field
// has it; one that tells a score and no kind is of the other threats.
func threatIn(text string) any {
	m := scoreLine.FindStringSubmatch(text)
	if m == nil {
		return nil
	}
	return cmp.Or(m[3], string(waggle.OtherKind))
}

func (d *description) reasons(s waggle.Story) {
	d.block("### Why it matters")
	kind := ""
	if threat := s.ThreatKind(); threat != waggle.OtherKind {
		kind = " Kind of threat: " + string(threat) + "."
	}
	d.block("Score %d of 100, severity %s.%s", s.Score, s.Severity, kind)
	for _, r := range s.Reasons {
		if r.Points != 0 {
			d.line("- %+d: %s", r.Points, harmless.Markdown(r.Text, 300))
		}
	}
	d.line("")
}

// actions says what to do: what the reasons say, and to search for the
// indicators where there are any.
func (d *description) actions(s waggle.Story) {
	var lines []string
	for _, r := range s.Reasons {
		if r.Do == "" {
			continue
		}
		text := harmless.Markdown(r.Do, 500)
		if link := harmless.Link(r.Link); link != "" && len(link) <= maxLink && !d.known[link] && !d.known[address.Host(link)] {
			text += " [The maker's advisory](<" + harmless.Target(link) + ">)"
		}
		lines = append(lines, text)
	}
	if n := searchable(s.Indicators); n == 1 {
		lines = append(lines, "Search logs and mail for the indicator below, and block it.")
	} else if n > 1 {
		lines = append(lines, fmt.Sprintf("Search logs and mail for the %d indicators below, and block those that nothing here needs.", n))
	}
	if len(lines) == 0 {
		return
	}
	d.block("### What to do")
	for _, text := range lines {
		d.line("- %s", text)
	}
	d.line("")
}

// searchable counts the indicators that logs and mail can hold.
func searchable(all []waggle.Indicator) (n int) {
	for _, i := range all {
		if waggle.Searchable(i.Kind) {
			n++
		}
	}
	return n
}

func (d *description) posts(posts []waggle.Member) {
	d.block("### Posts (%d)", len(posts))
	for n, p := range posts {
		text := fmt.Sprintf("%s, %s: %s", p.Published.UTC().Format(time.DateOnly+" 15:04 MST"), harmless.Markdown(p.Source, 64), d.link(p))
		if p.Joined != "" {
			text += " (" + harmless.Markdown(p.Joined, 300) + ")"
		}
		if n == maxPosts || !d.line("- %s", text) {
			d.limit += reserve
			d.line("- and %d more", len(posts)-n)
			break
		}
	}
	d.line("")
}

// link is a post's title, leading to the post unless its address is itself
// one of the story's indicators.
func (d *description) link(p waggle.Member) string {
	title := harmless.Markdown(p.Title, 300)
	if title == "" {
		title = "(no title)"
	}
	link := harmless.Link(p.URL)
	if link == "" || len(link) > maxLink || d.known[link] || d.known[p.URL] || d.known[address.Host(link)] {
		return title
	}
	return "[" + title + "](<" + harmless.Target(link) + ">)"
}

func (d *description) indicators(s waggle.Story) {
	all := s.Indicators
	if len(all) == 0 {
		return
	}
	d.block("### Indicators (%d)", len(all))
	d.line("| Type | Value | Confidence | Posts |")
	d.line("|:---|:---|---:|---:|") // aligned, or TheHive centres what stands in the table
	shown := 0
	for _, i := range all[:min(len(all), maxTable)] {
		if !d.line("| %s | %s | %d | %d |", i.Kind, value(i), i.Confidence, len(i.Posts)) {
			break
		}
		shown++
	}
	d.line("")
	d.rest(all[shown:])
	if beyond := len(all) - MaxObservables; beyond > 0 {
		d.block("The first %d are observables of this alert; %d more are in the attached file %s.", MaxObservables, beyond, restName(s))
	}
}

// rest lists indicators by value alone, as many as there is room for.
func (d *description) rest(all []waggle.Indicator) {
	for n, i := range all {
		text := fmt.Sprintf("- %s %s", i.Kind, value(i))
		if d.text.Len()+len(text) > maxDescription-reserve {
			d.block("- and %d more, which the feeder's page shows", len(all)-n)
			return
		}
		d.line("%s", text)
	}
	d.line("")
}

func value(i waggle.Indicator) string {
	return harmless.Escape(harmless.Line(ioc.Defang(i.Value), maxValue))
}
