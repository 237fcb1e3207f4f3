// Package warninglists is the analyzer that says which lists of known-benign
// values an observable is on: those built into Waggle, and those of a compiled
// file of MISP warninglists where the worker is given one. It asks nobody:
// nothing leaves the machine, at any TLP and PAP.
//
// The level is safe if a list makes the observable harmless, else info: most
// lists only say that a value is often met, and being on none says nothing.
package warninglists

import (
	"context"
	_ "embed"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/knownbenign"
	"github.com/waggle-cti/waggle/shared/upstream"
)

//go:embed long.html
var long string

// Analyzer is the worker.
var Analyzer = cortex.NewAnalyzer(cortex.Definition{
	Name:         "Waggle_Warninglists",
	Version:      "1.0",
	Description:  "Says which lists of known-benign or often met values an observable is on",
	DataTypes:    []string{"ip", "domain", "fqdn", "url", "hash", "mail"},
	MaxTLP:       new(cortex.MaxTLP),
	MaxPAP:       new(cortex.MaxPAP),
	LongTemplate: long,
}, run)

// Config is what the admin sets.
type Config struct {
	Lists string `cortex:"lists" description:"path of a lists.bin that 'feeder lists update' compiled, as the worker sees it: in a container it must be part of the image; unset: the built-in list alone"`
}

// full is the report.
type full struct {
	Level    cortex.Level `json:"level"`
	Kind     string       `json:"kind"`
	Value    string       `json:"value"` // normalised
	Hits     []hit        `json:"hits"`
	Compiled int          `json:"compiled"` // lists asked beside the built-in one
	Built    string       `json:"built,omitempty"`
}

// hit is a list that holds the observable, or its host.
type hit struct {
	knownbenign.Hit
	Host string `json:"host,omitempty"` // of a URL or mail address, where the list holds that
}

func run(_ context.Context, job *cortex.Job, cfg Config) (cortex.Report, error) {
	kind, value, err := observable(job.DataType, job.Data)
	if err != nil {
		return cortex.Report{}, err
	}
	lists, err := knownbenign.Configured(cfg.Lists)
	if err != nil {
		return cortex.Report{}, err
	}
	f := full{Level: cortex.Info, Kind: kind, Value: value, Hits: []hit{}, Compiled: len(lists.Loaded())}
	if when, _ := lists.Built(); !when.IsZero() {
		f.Built = when.Format("2006-01-02 15:04 UTC")
	}
	f.ask(lists)
	if err := lists.Close(); err != nil {
		return cortex.Report{}, fmt.Errorf("closing the compiled lists: %w", err)
	}
	return cortex.Report{Full: f, Taxonomies: f.labels()}, nil
}

// observable gives the kind and the normalised value of what was asked. Names
// that are not of the internet are asked for as they are: a list may hold them.
func observable(dataType, data string) (kind, value string, err error) {
	in, ok := ioc.Parse(strings.TrimSpace(data))
	if ok && slices.Contains(kinds(dataType), in.Kind) {
		return string(in.Kind), in.Value, nil
	}
	switch dataType {
	case "domain", "fqdn":
		return string(ioc.Domain), strings.ToLower(strings.Trim(data, " .")), nil
	case "mail":
		return string(ioc.Email), strings.ToLower(strings.TrimSpace(data)), nil
	}
	return "", "", &upstream.Error{Reason: upstream.BadInput, Message: fmt.Sprintf("%.80q cannot be read as what its type says, %s", data, dataType),
		Next: "check the observable's type"}
}

// kinds are what an observable of the data type may be.
func kinds(dataType string) []ioc.Kind {
	switch dataType {
	case "ip":
		return []ioc.Kind{ioc.IP, ioc.CIDR}
	case "domain", "fqdn":
		return []ioc.Kind{ioc.Domain}
	case "url":
		return []ioc.Kind{ioc.URL}
	case "mail":
		return []ioc.Kind{ioc.Email}
	}
	return slices.DeleteFunc(ioc.Kinds(), func(k ioc.Kind) bool { return !k.Hash() })
}

// ask asks for the value and for the host in it. What the host is on says
// something of the value, and never that it is harmless.
func (f *full) ask(lists *knownbenign.Lists) {
	for _, h := range lists.Lookup(f.Kind, f.Value) {
		f.Hits = append(f.Hits, hit{Hit: h})
		if h.Effect == knownbenign.Benign {
			f.Level = cortex.Safe
		}
	}
	host := hostOf(f.Kind, f.Value)
	in, ok := ioc.Parse(host)
	if !ok {
		return
	}
	for _, h := range lists.Lookup(string(in.Kind), in.Value) {
		if !slices.ContainsFunc(f.Hits, func(got hit) bool { return got.List == h.List }) {
			h.Effect = knownbenign.Flags
			f.Hits = append(f.Hits, hit{Hit: h, Host: in.Value})
		}
	}
}

// hostOf gives the host of a URL or a mail address, nothing of other kinds.
func hostOf(kind, value string) string {
	switch ioc.Kind(kind) {
	case ioc.URL:
		if u, err := url.Parse(value); err == nil {
			return u.Hostname()
		}
	case ioc.Email:
		return value[strings.LastIndexByte(value, '@')+1:]
	}
	return ""
}

// labels name the list that makes the value harmless, or count those that hold
// it: Warninglists:benign="public DNS resolvers", Warninglists:lists=3.
func (f *full) labels() []cortex.Taxonomy {
	for _, h := range f.Hits {
		if h.Host == "" && h.Effect == knownbenign.Benign {
			return []cortex.Taxonomy{{Level: cortex.Safe, Predicate: "benign", Value: h.List}}
		}
	}
	return []cortex.Taxonomy{{Level: cortex.Info, Predicate: "lists", Value: len(f.Hits)}}
}
