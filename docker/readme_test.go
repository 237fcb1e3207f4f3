package docker_test

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/dustin/go-humanize"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	return string(text)
}

func TestReadmeTellsTheLimits(t *testing.T) {
	text := readme(t)
	for profile, env := range map[string]map[string]string{"small": nil, "thehive5": exampleOf(t, "thehive5"), "feeder": nil} {
		sum := 0
		for name, s := range composeWith(t, env).of(profile) {
			mib, err := strconv.Atoi(strings.TrimSuffix(s.MemLimit, "m"))
			require.NoError(t, err)
			assert.Contains(t, text, humanize.Comma(int64(mib))+" MiB", "limit of %s", name)
			sum += mib
		}
		assert.Regexp(t, "(?m)^\\| `"+profile+"` \\|.*\\| "+humanize.Comma(int64(sum))+" MiB \\|$", text)
	}
}

func TestReadmeLinksLead(t *testing.T) {
	text := readme(t)
	headings := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(text, -1) {
		headings[strings.ReplaceAll(strings.ToLower(regexp.MustCompile(`[^\w\- ]`).ReplaceAllString(m[1], "")), " ", "-")] = true
	}
	for _, m := range regexp.MustCompile(`\]\(([^)]+)\)`).FindAllStringSubmatch(text, -1) {
		path, anchor, _ := strings.Cut(m[1], "#")
		switch {
		case strings.HasPrefix(path, "http"):
		case path == "":
			assert.True(t, headings[anchor], "#%s", anchor)
		default:
			_, err := os.Stat(path)
			assert.NoError(t, err)
		}
	}
}
