package report

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/gorilla/feeds"
)

// RSS is the report as a feed (https://www.rssboard.org/rss-specification).
// page is as for [Report.Write], and absolute.
func (r Report) RSS(page string) (string, error) { return r.feed(page).ToRss() }

// JSONFeed is the report as a JSON Feed (https://www.jsonfeed.org/version/1.1/).
func (r Report) JSONFeed(page string) (string, error) { return r.feed(page).ToJSON() }

func (r Report) feed(page string) *feeds.Feed {
	s := shown{r, page}
	out := &feeds.Feed{
		Title: "Waggle: threats", Description: "What is current for the profile " + r.Profile + ", the most urgent first.",
		Link: &feeds.Link{Href: page + "threats"}, Updated: r.Until,
	}
	for _, t := range r.Threats {
		text := said(s, t)
		out.Add(&feeds.Item{
			Id: t.Story, IsPermaLink: "false", Title: t.Urgency.Name() + ": " + t.Title, Link: &feeds.Link{Href: s.Address(t.Story)},
			Description: text, Content: "<p>" + strings.ReplaceAll(template.HTMLEscapeString(text), "\n", "</p><p>") + "</p>",
			Created: t.First, Updated: t.Last,
		})
	}
	return out
}

// said is a threat as a few lines of plain text.
func said(s shown, t Threat) string {
	var lines []string
	if t.Summary != "" {
		lines = append(lines, t.Summary)
	}
	lines = append(lines, "Does it touch us? "+t.Touch)
	for _, step := range t.Do {
		text := "What to do: " + step.Text
		if by := s.By(step); by != "" {
			text += fmt.Sprintf(" (%s)", by)
		}
		lines = append(lines, text)
	}
	return strings.Join(lines, "\n")
}
