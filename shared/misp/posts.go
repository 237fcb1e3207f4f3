package misp

import (
	"html"
	"net/url"
	"regexp"
	"strings"
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
		if post, ok := postOf(line); ok && within {
			out = append(out, post)
		}
	}
	return out
}

// postOf reads a line "- time, source: [title](<address>)".
func postOf(line string) (Post, bool) {
	link := regexp.MustCompile(`^- .*?: \[((?:[^\[\]\\]|\\.)*)\]\(<(https?://[^\s<>]+)>\)`).FindStringSubmatch(line)
	if link == nil {
		return Post{}, false
	}
	if u, err := url.Parse(link[2]); err != nil || u.Host == "" {
		return Post{}, false
	}
	title := regexp.MustCompile(`\\([!-/:-@\[-`+"`"+`{-~])`).ReplaceAllString(link[1], "$1")
	return Post{Title: html.UnescapeString(title), URL: link[2]}, true
}
