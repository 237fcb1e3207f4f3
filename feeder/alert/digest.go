package alert

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/harmless"
	"github.com/waggle-cti/waggle/shared/thehive"
)

// maxDigested is how many values of one story become observables of a digest.
const maxDigested = 10

// day counts the alerts of a day. It is safe for concurrent use.
type day struct {
	mu    sync.Mutex
	of    string // the day
	count int
}

// full tells whether the day has as many alerts as there may be. TheHive is
// asked once a day, so that neither a restart nor another feeder on the same
// data changes the count.
func (d *day) full(ctx context.Context, t TheHive, now time.Time, most int) (bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if today := now.Format(time.DateOnly); d.of != today {
		year, month, date := now.Date()
		count, err := t.CountAlerts(ctx, Type, time.Date(year, month, date, 0, 0, 0, 0, now.Location()), most)
		if err != nil {
			return false, err
		}
		d.of, d.count = today, count
	}
	return d.count >= most, nil
}

func (d *day) add() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.count++
}

// overflows tells whether a story goes into the day's digest instead of an
// alert of its own. What is critical never does, nor a story whose alert is
// there although we did not learn so.
func (r *Raiser) overflows(ctx context.Context, s waggle.Story) (bool, error) {
	if r.daily <= 0 || s.Severity >= waggle.Critical {
		return false, nil
	}
	if full, err := r.today.full(ctx, r.theHive, r.now(), r.daily); err != nil || !full {
		return false, err
	}
	_, raised, err := r.theHive.FindAlert(ctx, Type, s.Source, s.ID)
	return !raised, err
}

// digest puts a story into the day's digest: one alert that lists the stories
// beyond the day's limit. Repeated, it changes nothing.
func (r *Raiser) digest(ctx context.Context, s waggle.Story) (thehive.CreatedAlert, error) {
	date := r.now().Format(time.DateOnly)
	observed := observables(s, 0)
	observed = observed[:min(len(observed), maxDigested)]
	created, err := r.theHive.CreateAlert(ctx, thehive.Alert{
		Type: Type, Source: Type, SourceRef: "digest-" + date,
		Title:       "Digest of " + date + ": stories beyond the day's limit",
		Description: fmt.Sprintf("The profile allows %d alerts a day. What else came that day is listed here; the feeder's page has all of each story.\n\n%s", r.daily, digested(s)),
		Severity:    int(s.Severity), TLP: s.TLP, PAP: s.PAP, Date: r.now(),
		Tags:        []string{Type, Type + ":digest", tlpTagOf(s)},
		Observables: observed,
	})
	if err != nil || !created.Existed {
		return created, err
	}
	return created, r.extend(ctx, created.ID, s)
}

// extend adds a story's line to a digest that is there, unless it has it.
func (r *Raiser) extend(ctx context.Context, id string, s waggle.Story) error {
	held, err := r.theHive.Alert(ctx, id)
	if err != nil {
		return err
	}
	var patch thehive.AlertPatch
	line, mark := digested(s), s.ID
	if len(held.Description)+len(line) > maxDescription {
		line, mark = moreDigested, moreDigested
	}
	if !strings.Contains(held.Description, mark) {
		text := strings.TrimRight(held.Description, "\n") + "\n" + line
		patch.Description = &text
	}
	if severity := int(s.Severity); severity > held.Severity {
		patch.Severity = &severity
	}
	if s.TLP > held.TLP {
		patch.TLP = &s.TLP
		patch.Tags = union(nil, append(withoutMarks(held.Tags), tlpTagOf(s)))
	}
	if s.PAP > held.PAP {
		patch.PAP = &s.PAP
	}
	return r.theHive.UpdateAlert(ctx, id, patch)
}

// moreDigested ends a digest that has no room for further stories.
const moreDigested = "- and more, which the feeder's page shows"

// digested is a story's line in a digest.
func digested(s waggle.Story) string {
	title := harmless.Markdown(s.Title, 300)
	if link := harmless.Link(s.URL); link != "" && len(link) <= maxLink {
		title = "[" + title + "](<" + harmless.Target(link) + ">)"
	}
	why := ""
	if len(s.Reasons) > 0 {
		why = ": " + harmless.Markdown(s.Reasons[0].Text, 200)
	}
	return fmt.Sprintf("- %d of 100, %s, %s (%s)%s; story %s", s.Score, s.Severity, title, harmless.Markdown(s.Source, 64), why, s.ID)
}
