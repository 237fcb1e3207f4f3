// Package demo brings the feeder a small world of its own: thirteen invented
// posts of five invented sources, told as the real ones tell theirs, so that
// everything can be tried without network, keys or other services.
//
// Nothing in the posts exists: CVE ids, hashes, domains, firms and cases are
// made up. Only the products are real, since the shipped profile knows them.
package demo

import (
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/waggle-cti/waggle/feeder/source"
)

//go:embed posts/*.yaml
var files embed.FS

// post is one file of posts.
type post struct {
	Source     string        `yaml:"source"`
	Author     string        `yaml:"author"`
	Ago        time.Duration `yaml:"ago"` // how old it is when the demonstration starts
	Title      string        `yaml:"title"`
	Categories []string      `yaml:"categories"`
	Summary    string        `yaml:"summary"` // what the feed carries, where it is not all of the text
	Content    string        `yaml:"content"` // HTML

	slug      string
	published time.Time
}

// channel is one invented source.
type channel struct {
	slug, name, about string
	form              form
	weight            int
}

// channels are the sources, one in each form that feeds come in.
var channels = []channel{
	{"northcert", "Northcert (demo)", "Advisories of an invented CERT", atom, 8},
	{"harbourlab", "Harbour Lab (demo)", "Research of an invented security firm", rss, 6},
	{"packetpress", "Packet Press (demo)", "Invented news", jsonFeed, 2},
	{"shopwatch", "Shopwatch (demo)", "An invented letter for small firms, summaries only", rss, 2},
	{"fieldnotes", "Field Notes (demo)", "Short posts of an invented analyst", atom, 4},
}

// Sources describes the sources that Handler serves at base, for example
// "http://127.0.0.1:40123".
func Sources(base string) []source.Spec {
	var all []source.Spec
	for _, c := range channels {
		all = append(all, source.Spec{
			Name: c.name, Kind: "rss", URL: strings.TrimSuffix(base, "/") + c.address(), Every: time.Hour,
			Article: source.ArticleAuto, TLP: 0, PAP: 0, Weight: c.weight, Key: source.KeyGUID, Group: "Demonstration",
		})
	}
	return all
}

// address is the path of the channel's feed.
func (c channel) address() string { return "/" + c.slug + "/feed" }

// load reads the posts as they look to someone who starts at now, newest first.
func load(now time.Time) ([]post, error) {
	names, err := fs.Glob(files, "posts/*.yaml")
	if err != nil {
		return nil, err
	}
	var all []post
	for _, name := range names {
		body, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var p post
		decoder := yaml.NewDecoder(strings.NewReader(string(body)))
		decoder.KnownFields(true)
		if err := decoder.Decode(&p); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		p.slug = strings.TrimSuffix(strings.TrimPrefix(name, "posts/"), ".yaml")
		p.published = now.Add(-p.Ago).UTC().Truncate(time.Second)
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b post) int { return cmp.Compare(a.Ago, b.Ago) })
	return all, nil
}
