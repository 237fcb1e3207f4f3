package mail

import (
	"context"
	"fmt"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/harmless"
	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/marking"
)

// maxTold bounds the values that a mail about one story lists.
const maxTold = 20

// Tell sends a mail about one story. The story names the mail, so that a mail
// program tells one that came twice. Values are defanged; the error holds no
// password.
func Tell(ctx context.Context, o Options, s waggle.Story) error {
	title := harmless.Plain(s.Title, 150)
	m, err := o.server().Message("waggle-story-"+s.ID, "["+s.Severity.String()+"] "+title, time.Now())
	if err != nil {
		return err
	}
	m.SetBodyString(gomail.TypeTextPlain, storyText(s, title, o.Page))
	return o.server().Send(ctx, m)
}

// storyText is a story in plain words.
func storyText(s waggle.Story, title, page string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\nSeverity %s, score %d of 100, TLP:%s.\n", title, s.Severity, s.Score, strings.ToUpper(marking.TLP(s.TLP)))
	if s.Verdict != nil {
		fmt.Fprintf(&b, "The analyzers' verdict: %s. %s\n", s.Verdict.Level, harmless.Plain(s.Verdict.Why, 500))
	}
	if s.Summary != "" {
		fmt.Fprintf(&b, "\n%s\n", harmless.Plain(s.Summary, 1000))
	}
	var do []string
	for _, r := range s.Reasons {
		if r.Do != "" {
			do = append(do, "- "+harmless.Plain(r.Do, 300))
		}
	}
	if len(do) > 0 {
		fmt.Fprintf(&b, "\nWhat to do:\n%s\n", strings.Join(do, "\n"))
	}
	b.WriteString(toldValues(s))
	if page != "" {
		fmt.Fprintf(&b, "\n%sstory/%s\n", page, s.ID)
	}
	return b.String()
}

// toldValues lists the values to search for, with the verdict where there is
// one.
func toldValues(s waggle.Story) string {
	var b strings.Builder
	shown, more := 0, 0
	for _, i := range s.Indicators {
		if !waggle.Searchable(i.Kind) {
			continue
		}
		if shown == maxTold {
			more++
			continue
		}
		if shown++; shown == 1 {
			b.WriteString("\nIndicators, defanged:\n")
		}
		fmt.Fprintf(&b, "- %s", harmless.Line(ioc.Defang(i.Value), 300))
		if i.Verdict != nil {
			fmt.Fprintf(&b, " (%s)", i.Verdict.Level)
		}
		b.WriteString("\n")
	}
	if more > 0 {
		fmt.Fprintf(&b, "- and %d more\n", more)
	}
	return b.String()
}
