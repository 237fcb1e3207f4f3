package story_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"

	"github.com/waggle-cti/waggle/feeder/story"
)

func TestSummary(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"headings and bylines are passed over": {
			"A new loader\n\nBy Jane Doe\n20 November 2026\nShare\n\nA loader called Moth spreads by mail to small firms. It takes passwords from browsers.\n\nIndicators\nmoth[.]top",
			"A loader called Moth spreads by mail to small firms. It takes passwords from browsers.",
		},
		"versions and abbreviations stay whole": {
			"ExampleCMS 3.5.1 by Example Inc. Vienna has a flaw, e.g. in login.php. Update to 3.5.2 at once.",
			"ExampleCMS 3.5.1 by Example Inc. Vienna has a flaw, e.g. in login.php. Update to 3.5.2 at once.",
		},
		"marked headings":    {"## What this heading asks, is it prose?\nA loader called Moth spreads by mail.", "A loader called Moth spreads by mail."},
		"only a heading":     {"# Moth\n", "Moth"},
		"no sentence":        {"\n\n#AsyncRAT C2\nhxxp://a[.]top\n", "#AsyncRAT C2"},
		"nothing":            {" \n\t\n", ""},
		"the title again":    {"# The  title\n#AsyncRAT C2\n", "#AsyncRAT C2"},
		"the title alone":    {"The title\n", ""},
		"whole sentences":    {strings.Repeat("This sentence has exactly fifty characters, yes it. ", 20), strings.TrimSpace(strings.Repeat("This sentence has exactly fifty characters, yes it. ", 7))},
		"a monster sentence": {"This is " + strings.Repeat("very ", 200) + "long.", "This is " + strings.Repeat("very ", 77) + "very…"},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, story.Summary("The title", c.text)) })
	}
}

func FuzzSummary(f *testing.F) {
	f.Add("One sentence here, with enough words. And another one.")
	f.Add(". . ! ? …")
	f.Fuzz(func(t *testing.T, text string) {
		if n := utf8.RuneCountInString(story.Summary("", text)); n > 401 {
			t.Fatalf("%d characters", n)
		}
	})
}
