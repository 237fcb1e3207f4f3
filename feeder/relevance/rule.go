package relevance

import (
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/waggle-cti/waggle/feeder/strictyaml"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/harmless"
)

// rules decide before any score does: block first, then keep, and in each list
// the first that matches.
type rules struct {
	Block []*rule `yaml:"block"`
	Keep  []*rule `yaml:"keep"`
	// What to do about the stories is package respond's to read.
	Respond yaml.Node `yaml:"respond"`
}

// rule matches posts by words or by a regular expression (RE2 syntax,
// https://github.com/google/re2/wiki/Syntax).
type rule struct {
	Name    string   `yaml:"name"`
	On      []string `yaml:"on"` // title, text, source, author, category; default title and text
	Words   []string `yaml:"words"`
	Pattern string   `yaml:"pattern"`

	words   *lexicon[*rule]
	pattern *regexp.Regexp
}

func (r *rules) compile(doc *strictyaml.Document) error {
	for _, list := range []struct {
		key   string
		rules []*rule
	}{{"block", r.Block}, {"keep", r.Keep}} {
		for i, one := range list.rules {
			if err := one.compile(doc, "rules", list.key, i); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *rule) compile(doc *strictyaml.Document, path ...any) error {
	at := func(more ...any) []any { return append(append([]any{}, path...), more...) }
	if r.Name == "" {
		return doc.Errorf(path, "a rule needs a name: it is what posts blocked or kept by it say")
	}
	if len(r.Words) == 0 && r.Pattern == "" {
		return doc.Errorf(path, "rule %q needs words or a pattern", r.Name)
	}
	if len(r.On) == 0 {
		r.On = []string{"title", "text"}
	}
	for i, field := range r.On {
		if _, ok := fieldOf(field, waggle.Post{}, ""); !ok {
			return doc.Errorf(at("on", i), "a rule looks at title, text, source, author or category, not at %q", field)
		}
	}
	r.words = newLexicon[*rule]()
	for i, w := range r.Words {
		if err := phrase(doc, w, at("words", i)...); err != nil {
			return err
		}
		r.words.add(w, r)
	}
	if r.Pattern == "" {
		return nil
	}
	pattern, err := regexp.Compile(r.Pattern)
	if err != nil {
		return doc.Errorf(at("pattern"), "rule %q: %w", r.Name, err)
	}
	if pattern.MatchString("") {
		return doc.Errorf(at("pattern"), "rule %q: the pattern matches an empty text, so it would match every post", r.Name)
	}
	r.pattern = pattern
	return nil
}

// first gives the first rule of the list that matches, and what it matched in
// words.
func first(list []*rule, f *fields) (string, bool) {
	for _, r := range list {
		for _, name := range r.On {
			if what, ok := r.match(f, name); ok {
				return fmt.Sprintf("rule %q: the %s has %q", r.Name, name, harmless.Line(what, 60)), true
			}
		}
	}
	return "", false
}

// fields are what rules look at, each split in words at most once.
type fields struct {
	post  waggle.Post
	text  string
	words map[string][]token
}

func (f *fields) split(name, value string) []token {
	words, done := f.words[name]
	if !done {
		words = tokens(value)
		f.words[name] = words
	}
	return words
}

func (r *rule) match(f *fields, name string) (what string, ok bool) {
	value, _ := fieldOf(name, f.post, f.text)
	if len(r.Words) > 0 {
		if hits := r.words.find(value, f.split(name, value)); len(hits) > 0 {
			return hits[0].text, true
		}
	}
	if r.pattern == nil {
		return "", false
	}
	at := r.pattern.FindStringIndex(value)
	if at == nil {
		return "", false
	}
	return value[at[0]:at[1]], true
}

func fieldOf(name string, post waggle.Post, text string) (value string, ok bool) {
	switch name {
	case "title":
		return post.Title, true
	case "text":
		return text, true
	case "source":
		return post.Source, true
	case "author":
		return post.Author, true
	case "category":
		return strings.Join(post.Categories, "\n"), true
	}
	return "", false
}
