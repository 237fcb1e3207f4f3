package misp

import (
	"html"
	"net/url"
	"strings"

	"github.com/waggle-cti/waggle/shared/pattern"
)

// PostsOf reads the posts out of the description of an alert that the feeder
// wrote, or of a case made of one: the links in the list under a heading
// "Posts". Links elsewhere are nobody's publication, and may be what an analyst
// warns of.
func PostsOf(description string) []Post {
	var out []Post
	within := false
	for line := range strings.Lines(description) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "#") {
			within = strings.HasPrefix(strings.TrimLeft(line, "# "), "Posts")
			continue
		}
		if !within {
			continue
		}
		if post, ok := postOf(line); ok {
			out = append(out, post)
		}
	}
	return out
}

// postLine is a line "- time, source: [title](<address>)", and postEscape a sign of
// its title that stands for itself.
var (
	postLine   = pattern.New(`^- .*?: \[((?:[^\[\]\\]|\\.)*)\]\(<(https?://[^\s<>]+)>\)`)
	postEscape = pattern.New(`\\([!-/:-@\[-` + "`" + `{-~])`)
)

// postOf reads a line of the list.
func postOf(line string) (Post, bool) {
	link := postLine().FindStringSubmatch(line)
	if link == nil {
		return Post{}, false
	}
	if u, err := url.Parse(link[2]); err != nil || u.Host == "" {
		return Post{}, false
	}
	return Post{Title: html.UnescapeString(postEscape().ReplaceAllString(link[1], "$1")), URL: link[2]}, true
}
