// Package relevance judges how much a post matters to one business: a profile
// in YAML says what the business uses and cares for, and every point of a
// score comes with its reason in words.
package relevance

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/waggle-cti/waggle/feeder/profiles"
	"github.com/waggle-cti/waggle/feeder/strictyaml"
	"github.com/waggle-cti/waggle/feeder/threatdata"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/harmless"
)

// Profile is what a business needs to know. It is made by Load and Parse, never changes
// afterwards, and is safe for concurrent use.
type Profile struct {
	Name    string // of the profile
	About   string // one sentence: whom it is for
	Minimum int    // score from which a post is kept

	// MaxAlerts is how many alerts a day there may be; what comes beyond goes
	// into one digest a day. 0 = no limit.
	MaxAlerts int

	// Own are the business' own domains, addresses and networks, as written:
	// what is never to be blocked.
	Own []string

	severity severity
	rules    rules
	ours     *lexicon[need]     // products, vendors, sectors, countries, own words
	common   *lexicon[*subject] // what security news is about

	languages []string // ISO 639-1 codes; none: all are read

	threats *threatdata.Data
	names   *lexicon[naming]
	learnt  Learnt
}

// Learnt says by how many points what was learnt from triage moves a post's
// score, and why in words.
type Learnt func(text string) (points int, why string)

// With is the profile with what is known of threats, and with what was learnt
// from triage; nil is the built-in knowledge and nothing.
func (p *Profile) With(threats *threatdata.Data, learnt Learnt) *Profile {
	with := *p
	with.threats, with.learnt = threats, learnt
	if threats != nil {
		with.names = namesOf(threats.Names())
	}
	return &with
}

// builtinNames are the names that are known without any list.
var builtinNames = sync.OnceValue(func() *lexicon[naming] {
	var none *threatdata.Data
	return namesOf(none.Names())
})

// file is a profile as written.
type file struct {
	Name      string    `yaml:"name"`
	Extends   string    `yaml:"extends"` // another profile, read before this
	Replace   []string  `yaml:"replace"` // the lists of which nothing is taken over from it
	About     string    `yaml:"about"`
	Minimum   int       `yaml:"minimum"`
	MaxAlerts int       `yaml:"max_alerts"`
	Severity  severity  `yaml:"severity"`
	Products  []Product `yaml:"products"`
	Sectors   []string  `yaml:"sectors"`
	Countries []string  `yaml:"countries"`
	Languages []string  `yaml:"languages"`
	Own       []string  `yaml:"own"`
	Words     []points  `yaml:"words"`
	Rules     rules     `yaml:"rules"`
	// These are read by the packages config, verdict and respond; here they only
	// have to be allowed.
	Sources      yaml.Node `yaml:"sources"`
	Verdicts     yaml.Node `yaml:"verdicts"`
	CaseTemplate yaml.Node `yaml:"case_template"`
}

// severity holds the scores from which a post is more than low.
type severity struct {
	Medium   int `yaml:"medium"`
	High     int `yaml:"high"`
	Critical int `yaml:"critical"`
}

// Product is something the business uses.
type Product struct {
	Name    string   `yaml:"name,omitempty"`
	Vendor  string   `yaml:"vendor,omitempty"`
	Aliases []string `yaml:"aliases,omitempty,flow"`
}

// Title is what a reader calls the product: "Microsoft Exchange".
func (p Product) Title() string { return strings.TrimSpace(p.Vendor + " " + p.Name) }

// Products gives the products that a profile names, those of the profiles that
// it builds on included.
func Products(nameOrPath string) ([]Product, error) {
	name, data, err := profiles.Read(nameOrPath)
	if err != nil {
		return nil, err
	}
	layers, err := readLayers(name, data)
	if err != nil {
		return nil, err
	}
	var out []Product
	for _, l := range layers {
		out = append(out, l.file.Products...)
	}
	return out, nil
}

// points is a word or phrase with what it is worth.
type points struct {
	Word   string `yaml:"word"`
	Points int    `yaml:"points"`
}

// maxAlerts bounds max_alerts: TheHive is asked for so many to count them.
const maxAlerts = 1000

// maxPoints bounds what a single word of a profile is worth.
const maxPoints = 50

//go:embed vocabulary.yaml
var vocabulary []byte

// Load reads the profile of a name that Waggle ships, or of a file. Errors say
// file and line.
func Load(nameOrPath string) (*Profile, error) {
	name, data, err := profiles.Read(nameOrPath)
	if err != nil {
		return nil, err
	}
	return Parse(name, data)
}

// Parse reads a profile from its text; file is the name to use in errors. A
// profile that extends another has that one's settings where it says nothing
// of its own, and its own lists beside that one's.
func Parse(fileName string, data []byte) (*Profile, error) {
	layers, err := readLayers(fileName, data)
	if err != nil {
		return nil, err
	}
	top := layers[len(layers)-1]
	p := &Profile{Name: top.Name, About: top.About, Minimum: top.Minimum, MaxAlerts: top.MaxAlerts, severity: top.Severity, ours: newLexicon[need](), names: builtinNames()}
	for _, l := range layers {
		if len(l.Languages) > 0 {
			p.languages = l.Languages
		}
		p.Own = append(p.Own, l.Own...)
		// What the profile itself decides goes before what it builds on.
		p.rules.Block = append(slices.Clone(l.Rules.Block), p.rules.Block...)
		p.rules.Keep = append(slices.Clone(l.Rules.Keep), p.rules.Keep...)
		if err := l.needs(l.doc, p.ours); err != nil {
			return nil, err
		}
	}
	if p.common, err = vocabularyOnce(); err != nil {
		return nil, err
	}
	return p, nil
}

// layer is a profile as written, or one that it builds on.
type layer struct {
	file
	doc *strictyaml.Document
}

// readLayers reads a profile behind those it builds on, each checked, and each
// without the lists that a later one replaces.
func readLayers(fileName string, data []byte) ([]*layer, error) {
	texts, err := profiles.Layers(fileName, data)
	if err != nil {
		return nil, err
	}
	var layers []*layer
	below := file{Minimum: 25, Severity: severity{Medium: 45, High: 68, Critical: 88}}
	for _, text := range texts {
		l := &layer{file: file{About: below.About, Minimum: below.Minimum, MaxAlerts: below.MaxAlerts, Severity: below.Severity}}
		if l.doc, err = strictyaml.Decode(text.File, text.Data, &l.file); err != nil {
			return nil, err
		}
		if err := l.check(l.doc); err != nil {
			return nil, err
		}
		for i, list := range l.Replace {
			for _, base := range layers {
				if !base.drop(list) {
					return nil, l.doc.Errorf([]any{"replace", i}, "%q is no list that can be replaced: use products, sectors, countries, words, rules or sources", list)
				}
			}
		}
		below = l.file
		layers = append(layers, l)
	}
	return layers, nil
}

// drop empties a list, and tells whether there is one of that name.
func (f *file) drop(list string) bool {
	switch list {
	case "products":
		f.Products = nil
	case "sectors":
		f.Sectors = nil
	case "countries":
		f.Countries = nil
	case "words":
		f.Words = nil
	case "rules":
		f.Rules = rules{}
	case "sources": // package config reads those
	default:
		return false
	}
	return true
}

// check finds what the shape alone does not tell, and compiles the rules.
func (f *file) check(doc *strictyaml.Document) error {
	if strings.TrimSpace(f.Name) == "" {
		return doc.Errorf(nil, "a profile needs a name")
	}
	if f.Minimum < 0 || f.Minimum > 100 {
		return doc.Errorf([]any{"minimum"}, "minimum is a score between 0 and 100, got %d", f.Minimum)
	}
	if f.MaxAlerts < 0 || f.MaxAlerts > maxAlerts {
		return doc.Errorf([]any{"max_alerts"}, "max_alerts is a number of alerts a day between 0 (no limit) and %d, got %d", maxAlerts, f.MaxAlerts)
	}
	s := f.Severity
	if s.Medium < 0 || s.Medium > s.High || s.High > s.Critical || s.Critical > 101 {
		return doc.Errorf([]any{"severity"}, "severity needs 0 ≤ medium ≤ high ≤ critical ≤ 101 (101 means never), got %d, %d, %d", s.Medium, s.High, s.Critical)
	}
	if err := f.Rules.compile(doc); err != nil {
		return err
	}
	for i, code := range f.Languages {
		if _, ok := languages[code]; !ok {
			return doc.Errorf([]any{"languages", i}, "%q is no language that is told apart: use one of %s", code, strings.Join(codes(), ", "))
		}
	}
	for i, w := range f.Words {
		if w.Points == 0 || w.Points < -maxPoints || w.Points > maxPoints {
			return doc.Errorf([]any{"words", i}, "points of %q are between -%d and %d and not 0, got %d", w.Word, maxPoints, maxPoints, w.Points)
		}
	}
	return nil
}

var blank = regexp.MustCompile(`^\s*$`)

// phrase checks a word that somebody wrote into a profile.
func phrase(doc *strictyaml.Document, text string, path ...any) error {
	switch n := len(tokens(text)); {
	case blank.MatchString(text):
		return doc.Errorf(path, "an empty word matches nothing")
	case n == 0:
		return doc.Errorf(path, "%q holds no letter and no digit: it can never be found", text)
	case n > maxPhrase:
		return doc.Errorf(path, "%q has %d words; a phrase has at most %d", harmless.Line(text, 40), n, maxPhrase)
	}
	return nil
}

// vocabularyOnce reads the built-in vocabulary, which never changes, once.
var vocabularyOnce = sync.OnceValues(subjects)

func subjects() (*lexicon[*subject], error) {
	var written struct {
		Subjects []*subject `yaml:"subjects"`
	}
	doc, err := strictyaml.Decode("vocabulary.yaml", vocabulary, &written)
	if err != nil {
		return nil, err
	}
	found := newLexicon[*subject]()
	for i, s := range written.Subjects {
		if s.Threat != "" && !slices.Contains(waggle.ThreatKinds(), s.Threat) {
			return nil, doc.Errorf([]any{"subjects", i, "threat"}, "%q is no kind of threat", s.Threat)
		}
		for j, text := range s.Phrases {
			if err := phrase(doc, text, "subjects", i, "phrases", j); err != nil {
				return nil, err
			}
			found.add(text, s)
		}
	}
	if len(written.Subjects) == 0 {
		return nil, fmt.Errorf("vocabulary.yaml: no subjects")
	}
	return found, nil
}
