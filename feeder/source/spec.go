package source

import (
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/waggle-cti/waggle/feeder/secret"
)

// ArticlePolicy says whether the page that a post links to is read.
type ArticlePolicy string

// The policies.
const (
	ArticleAuto   ArticlePolicy = "auto"   // when the post is only a summary
	ArticleAlways ArticlePolicy = "always" // whatever the post carries
	ArticleNever  ArticlePolicy = "never"  // the post is all there is
)

// The keys by which a source tells one post from another.
const (
	KeyGUID    = "guid"    // what the source calls the post's id, else its link
	KeyLink    = "link"    // the post's link, for sources whose ids change or repeat
	KeyContent = "content" // title, link and text together, for sources that re-use both
)

// Limits of a Spec.
const (
	MinEvery  = time.Minute
	MaxEvery  = 7 * 24 * time.Hour
	MaxWeight = 20
	MaxTLP    = 4 // TheHive 5.2 and later: RED is 4
	MaxPAP    = 3
	maxName   = 64
)

// Spec describes a source, as written under `sources:` in the configuration
// and in profiles.
type Spec struct {
	Name    string        `yaml:"name"` // unique; shown everywhere, and TheHive's alert source
	Kind    string        `yaml:"kind"` // default rss
	URL     string        `yaml:"url"`
	Every   time.Duration `yaml:"every"`   // the longest time between two polls, default 30m
	Article ArticlePolicy `yaml:"article"` // default auto
	Tags    []string      `yaml:"tags"`    // put on every alert
	TLP     int           `yaml:"tlp"`     // 0 clear … 3 amber+strict, 4 red; default 2, TheHive's own
	PAP     int           `yaml:"pap"`     // 0 clear, 1 green, 2 amber, 3 red; default 2
	Weight  int           `yaml:"weight"`  // -20…20: points every post of it gets for its source
	Key     string        `yaml:"key"`     // guid (default), link or content
	Group   string        `yaml:"group"`   // a heading to list it under

	// Files has the lists of indicators read that an article links to.
	Files bool `yaml:"files"`

	// What follows only some kinds take; Kind.Keys names them.

	Accounts  []string `yaml:"accounts"`  // who is followed, where one source follows several
	Query     string   `yaml:"query"`     // a search in the service's own language
	Path      string   `yaml:"path"`      // of the feed below the address of a bridge
	Reposts   bool     `yaml:"reposts"`   // what accounts repeat of others, too
	Replies   bool     `yaml:"replies"`   // what accounts answer to others, too
	Timelines bool     `yaml:"timelines"` // each account is asked for by itself
	Budget    int      `yaml:"budget"`    // posts a month, for services that charge for each
	Select    Selector `yaml:"select"`    // where on a page the posts stand

	User      string      `yaml:"user"` // whom the token belongs to
	Token     secret.Text `yaml:"token" json:"-"`
	TokenFile string      `yaml:"token_file" json:"-"` // a file that holds the token
}

// Selector says by CSS selectors where a page has its posts. Item is each
// post's element, the others are looked for within it; all may be empty.
// https://www.w3.org/TR/selectors-4/
type Selector struct {
	Item  string `yaml:"item"`
	Title string `yaml:"title"` // default: the link's text
	Link  string `yaml:"link"`  // default: the first link
	Date  string `yaml:"date"`  // default: the first <time>
	Text  string `yaml:"text"`  // default: none, the page behind the link is read
	Match string `yaml:"match"` // an RE2 pattern that a post's address has to match
}

// Fault is what is wrong with a description.
type Fault struct {
	Key string // the YAML key it stands under
	Say string // what is wrong, and what to do
}

// Error gives the sentence without the key.
func (f *Fault) Error() string { return f.Say }

// UnmarshalYAML fills what the description leaves out with the defaults. It
// takes the decoder's own function because only that keeps the decoder strict
// about unknown keys.
func (s *Spec) UnmarshalYAML(decode func(any) error) error {
	type plain Spec
	filled := plain(Spec{Kind: "rss", Every: 30 * time.Minute, Article: ArticleAuto, TLP: 2, PAP: 2, Key: KeyGUID})
	if err := decode(&filled); err != nil {
		return err
	}
	*s = Spec(filled)
	return nil
}

// Check gives the first thing wrong with what every kind has in common, as a
// *Fault; nil when all is well.
func (s Spec) Check() error {
	for _, rule := range []struct {
		key string
		ok  bool
		say string
	}{
		{"name", s.Name != "", "a source needs a name"},
		{"name", printable(s.Name) && len(s.Name) <= maxName, fmt.Sprintf("a source's name is at most %d bytes without control characters", maxName)},
		{"url", webAddress(s.URL), "a source needs an address that begins with http:// or https:// and holds no user and password"},
		{"every", s.Every >= MinEvery && s.Every <= MaxEvery, "every must be between 1m and 168h"},
		{"article", s.Article == ArticleAuto || s.Article == ArticleAlways || s.Article == ArticleNever, "article is auto, always or never"},
		{"tlp", s.TLP >= 0 && s.TLP <= MaxTLP, "tlp is 0 (clear), 1 (green), 2 (amber), 3 (amber+strict) or 4 (red)"},
		{"pap", s.PAP >= 0 && s.PAP <= MaxPAP, "pap is 0 (clear), 1 (green), 2 (amber) or 3 (red)"},
		{"weight", s.Weight >= -MaxWeight && s.Weight <= MaxWeight, "weight is between -20 and 20"},
		{"key", s.Key == KeyGUID || s.Key == KeyLink || s.Key == KeyContent, "key is guid, link or content"},
		{"budget", s.Budget >= 0, "budget is a number of posts a month"},
	} {
		if !rule.ok {
			return &Fault{Key: rule.key, Say: rule.say}
		}
	}
	return nil
}

// Given names the keys beside the common ones that the description fills.
func (s Spec) Given() []string {
	var keys []string
	for _, k := range []struct {
		key   string
		given bool
	}{
		{"accounts", len(s.Accounts) > 0},
		{"query", s.Query != ""},
		{"path", s.Path != ""},
		{"reposts", s.Reposts},
		{"replies", s.Replies},
		{"timelines", s.Timelines},
		{"budget", s.Budget != 0},
		{"select", s.Select != Selector{}},
		{"user", s.User != ""},
		{"token", s.Token.Set()},
	} {
		if k.given {
			keys = append(keys, k.key)
		}
	}
	return keys
}

// Shown is the address without what may be secret: user and password, and the
// values of every query parameter (feed tokens live there). Use it wherever a
// person or a log sees the source.
func (s Spec) Shown() string {
	u, err := url.Parse(s.URL)
	if err != nil {
		return ""
	}
	u.User = nil
	if u.RawQuery != "" {
		shown := url.Values{}
		for name := range u.Query() {
			shown.Set(name, "…")
		}
		u.RawQuery = strings.ReplaceAll(shown.Encode(), url.QueryEscape("…"), "…")
	}
	return u.String()
}

func printable(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0
}

func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil
}
