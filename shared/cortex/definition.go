package cortex

import (
	"errors"
	"fmt"
	"strings"
)

// What a definition says when it does not say otherwise.
const (
	DefaultAuthor  = "Waggle"
	DefaultURL     = "https://github.com/waggle-cti/waggle"
	DefaultLicense = "Apache-2.0"

	// DefaultMaxLevel is the highest TLP and PAP a worker accepts while the
	// admin has not set max_tlp and max_pap: AMBER on both scales.
	DefaultMaxLevel = 2

	// DefaultMaxFile is the largest file, in bytes, that a worker is given
	// when its definition names no limit.
	DefaultMaxFile = 25 << 20

	// NamePrefix begins every worker's name. Cortex keeps one id map for all
	// catalogs it reads, so a name another bundle uses would hide one of the two.
	NamePrefix = "Waggle_"
)

// Definition is all there is to know of a worker before it runs. The catalog
// entry, the command line's help, the documentation row, the template's folder
// and the environment names are made from it.
type Definition struct {
	Name        string // "Waggle_" and letters or digits: Waggle_URLhaus
	Version     string // "1.0"; another version is another worker, which the admin must enable
	Description string // one sentence
	Author      string // default DefaultAuthor
	URL         string // default DefaultURL
	License     string // default DefaultLicense

	// DataTypes are the data types the worker takes: ip, domain, url, file…
	// for an analyzer, thehive:case, thehive:alert… for a responder. Cortex
	// does not enforce them, so the worker does.
	DataTypes []string

	// BaseConfig names a configuration that several workers share, so that the
	// admin types a key once: "abusech". Empty: the worker's own.
	BaseConfig string

	// Service is what the worker asks.
	Service Service

	// ByHand is what the worker is asked by people alone.
	ByHand ByHand

	// MaxTLP and MaxPAP are the highest levels the worker accepts while the
	// admin has not set them; nil is DefaultMaxLevel. A worker that sends
	// nothing anywhere takes all: new(4) and new(3).
	MaxTLP, MaxPAP *int

	// MaxFile is the largest file in bytes; 0 is DefaultMaxFile.
	MaxFile int64

	// LongTemplate is the text of long.html, TheHive's view of an analyzer's
	// report. For those of responders TheHive has none.
	LongTemplate string
}

// Service is the service behind a worker, as documentation and catalog show it.
type Service struct {
	Name         string
	Homepage     string
	Hosts        []string // every host name that the worker talks to beyond the user's own network; in words where the observable decides
	Registration bool     // an account is needed
	Subscription bool     // money is needed
}

// ByHand says of which data types an analyzer is asked by people alone: what
// asks by itself, as the feeder does, leaves it out. Cortex and TheHive know
// nothing of it.
type ByHand struct {
	DataTypes []string // some of those that the analyzer takes, or all; none = it may be asked by whoever likes
	Why       string   // the end of a sentence: "it visits the page, which tells its owner"
}

// validate tells what of it fits no worker that takes the data types.
func (b ByHand) validate(d Definition) error {
	if (len(b.DataTypes) > 0) != (b.Why != "") {
		return errors.New("ByHand: name data types and the reason, or neither")
	}
	for _, t := range b.DataTypes {
		if !d.Accepts(t) {
			return fmt.Errorf("ByHand: the worker takes no data type %q", t)
		}
	}
	return nil
}

// withDefaults fills in what the definition left to the project.
func (d Definition) withDefaults() Definition {
	d.Author = orDefault(d.Author, DefaultAuthor)
	d.URL = orDefault(d.URL, DefaultURL)
	d.License = orDefault(d.License, DefaultLicense)
	if d.MaxTLP == nil {
		d.MaxTLP = new(DefaultMaxLevel)
	}
	if d.MaxPAP == nil {
		d.MaxPAP = new(DefaultMaxLevel)
	}
	if d.MaxFile == 0 {
		d.MaxFile = DefaultMaxFile
	}
	return d
}

func orDefault(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// ID is how Cortex names the worker, and how TheHive names its template's
// folder: name and version, dots replaced.
func (d Definition) ID() string {
	return strings.ReplaceAll(d.Name+"_"+d.Version, ".", "_")
}

// Namespace is the worker's name in taxonomies: "URLhaus" for Waggle_URLhaus.
func (d Definition) Namespace() string { return strings.TrimPrefix(d.Name, NamePrefix) }

// Command is the worker's name on the command line, of its folder and of its
// image, and the tag of its artifacts: "urlhaus" for Waggle_URLhaus.
func (d Definition) Command() string { return strings.ToLower(d.Namespace()) }

// Accepts tells whether the worker takes the data type.
func (d Definition) Accepts(dataType string) bool {
	for _, t := range d.DataTypes {
		if t == dataType {
			return true
		}
	}
	return false
}

// validate lists what would make Cortex or TheHive refuse the definition, or
// take it for something else.
func (d Definition) validate(kind Kind) error {
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }

	if rest, ok := strings.CutPrefix(d.Name, NamePrefix); !ok || rest == "" || !only(rest, alphanumeric) {
		wrong("name %q: must be %q followed by letters and digits", d.Name, NamePrefix)
	}
	if !validVersion(d.Version) {
		wrong("version %q: must be numbers with dots, like 1.0", d.Version)
	}
	if strings.TrimSpace(d.Description) == "" {
		wrong("description is missing; Cortex skips a catalog entry without one")
	}
	if len(d.DataTypes) == 0 {
		wrong("no data type")
	}
	for _, t := range d.DataTypes {
		if t == "" || strings.TrimSpace(t) != t || strings.HasPrefix(t, "thehive:") != (kind == Responder) {
			wrong("data type %q: a responder's begin with thehive:, an analyzer's do not", t)
		}
	}
	if *d.MaxTLP < 0 || *d.MaxTLP > MaxTLP {
		wrong("MaxTLP %d: must be 0 to %d", *d.MaxTLP, MaxTLP)
	}
	if *d.MaxPAP < 0 || *d.MaxPAP > MaxPAP {
		wrong("MaxPAP %d: must be 0 to %d", *d.MaxPAP, MaxPAP)
	}
	if d.MaxFile < 0 {
		wrong("MaxFile %d: must not be negative", d.MaxFile)
	}
	if kind == Responder && d.LongTemplate != "" {
		wrong("a template: TheHive shows none for responders")
	}
	return errors.Join(append(errs, d.ByHand.validate(d))...)
}

func alphanumeric(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}

func only(s string, allowed func(rune) bool) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !allowed(r) }) < 0
}

func validVersion(v string) bool {
	parts := strings.Split(v, ".")
	for _, p := range parts {
		if p == "" || !only(p, func(r rune) bool { return r >= '0' && r <= '9' }) {
			return false
		}
	}
	return len(parts) >= 2
}
