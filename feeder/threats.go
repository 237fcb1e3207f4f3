package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/waggle-cti/waggle/feeder/config"
	"github.com/waggle-cti/waggle/feeder/threatdata"
	"github.com/waggle-cti/waggle/shared/fetch"
)

// fromWeb is the place that means the publishers' own addresses.
const fromWeb = "web"

// threatsPath is where the threat data are: beside the feeder's data.
func threatsPath(c *config.Config) string {
	return filepath.Join(c.Folder(), threatdata.File)
}

// updateThreats makes the threat data anew, from a folder or from the web. A
// part that could not be had is told, and errIncomplete is the error then.
func updateThreats(ctx context.Context, out io.Writer, c *config.Config, from string) error {
	o := threatdata.Options{Folder: from, Now: time.Now()}
	if from == fromWeb {
		o.Folder = ""
	}
	web, err := newReader(c, fetch.Options{MaxBody: threatdata.MaxFetch, Timeout: 10 * time.Minute})
	if err != nil {
		return err
	}
	o.Getter = web
	data, left, err := threatdata.Update(ctx, threatsPath(c), o)
	if err != nil {
		return err
	}
	for _, l := range left {
		fmt.Fprintf(out, "%s: %s\n", l.Part, plain(l.Why.Error()))
	}
	for _, name := range threatdata.AllParts() {
		part, ok := data.Parts()[name]
		if !ok {
			fmt.Fprintf(out, "%s: none yet; nothing is counted against a post for that\n", name)
			continue
		}
		fmt.Fprintf(out, "%s: %d entries, taken %s\n", name, part.Entries, clock(part.Fetched))
	}
	if len(left) > 0 {
		return errIncomplete
	}
	return nil
}

// threatsAge is how old threat data may be before that is said.
const threatsAge = 7 * 24 * time.Hour

// checkThreats says what is known of vulnerabilities and names, and how old it is.
func checkThreats(c *config.Config, now time.Time) check {
	const how = "feeder lists update fetches them"
	data, err := threatdata.Open(threatsPath(c))
	switch parts := data.Parts(); {
	case err != nil:
		return check{name: "threat data", err: err}
	case len(parts) == 0:
		return check{name: "threat data", said: "only the built-in names; no list of exploited vulnerabilities, no EPSS, no CVSS: " + how}
	default:
		var said []string
		for _, name := range threatdata.AllParts() {
			part, ok := parts[name]
			if !ok {
				said = append(said, "no "+name)
				continue
			}
			text := fmt.Sprintf("%s %d entries, %d days old", name, part.Entries, int(now.Sub(part.Fetched)/(24*time.Hour)))
			said = append(said, text)
		}
		c := check{name: "threat data", said: strings.Join(said, "; ")}
		if age, part := data.Age(now); age > threatsAge {
			c.err = fmt.Errorf("%s: %s is old, so what is new in it goes unseen; %s", c.said, part, how)
		}
		return c
	}
}
