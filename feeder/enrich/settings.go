package enrich

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/waggle-cti/waggle/shared/cortexapi"
	"github.com/waggle-cti/waggle/shared/marking"
)

// Settings say what is sent to Cortex by itself. Analyzers are named as Cortex
// names them, with or without the version, and '*' stands for any letters.
type Settings struct {
	Analyzers      []string        `yaml:"analyzers"`       // which may run: "Waggle_*", "AbuseIPDB"
	DataTypes      []string        `yaml:"data_types"`      // which are sent; none = all but file and other
	Cost           Cost            `yaml:"cost"`            // the dearest that runs
	Costs          map[string]Cost `yaml:"costs"`           // of analyzers; those of Waggle say it themselves
	Budgets        map[string]int  `yaml:"budgets"`         // jobs a day (UTC) of an analyzer; the longest name that fits counts
	MaxTLP         int             `yaml:"max_tlp"`         // 0–3; what is marked above is not sent
	MaxPAP         int             `yaml:"max_pap"`         // 0–3
	MaxJobs        int             `yaml:"max_jobs"`        // that Cortex has at a time, 1–100
	MaxObservables int             `yaml:"max_observables"` // of a story that are sent, 1–200
	Cache          time.Duration   `yaml:"cache"`           // how long a report counts, up to 30 days
	GiveUp         time.Duration   `yaml:"give_up"`         // how long a job may take, 1 minute to a day
	ThroughTheHive bool            `yaml:"through_thehive"` // where TheHive can have its observables analysed
	AgainInCases   bool            `yaml:"again_in_cases"`  // what Cortex was asked itself is asked again through TheHive once the alert is a case
}

// Defaults are careful: analyzers of Waggle that need no account, for what is
// marked AMBER at most.
func Defaults() Settings {
	return Settings{
		Analyzers: []string{"Waggle_*"}, Cost: Free, MaxTLP: 2, MaxPAP: 2,
		MaxJobs: 4, MaxObservables: 50, Cache: 24 * time.Hour, GiveUp: 10 * time.Minute, ThroughTheHive: true,
	}
}

// Invalid is what is wrong with a setting.
type Invalid struct {
	Key     string // as in the configuration: "max_tlp"
	Message string
}

// Error implements error.
func (e *Invalid) Error() string { return e.Key + " " + e.Message }

// Check tells what is wrong, as an *Invalid.
func (s Settings) Check() error {
	for _, n := range []struct {
		key                string
		given, least, most int
	}{
		{"max_tlp", s.MaxTLP, 0, marking.MaxTLP - 1}, {"max_pap", s.MaxPAP, 0, marking.MaxPAP},
		{"max_jobs", s.MaxJobs, 1, 100}, {"max_observables", s.MaxObservables, 1, 200},
	} {
		if n.given < n.least || n.given > n.most {
			return &Invalid{n.key, fmt.Sprintf("is a number from %d to %d, not %d", n.least, n.most, n.given)}
		}
	}
	for _, d := range []struct {
		key                string
		given, least, most time.Duration
	}{{"cache", s.Cache, 0, 30 * 24 * time.Hour}, {"give_up", s.GiveUp, time.Minute, 24 * time.Hour}} {
		if d.given < d.least || d.given > d.most {
			return &Invalid{d.key, fmt.Sprintf("is a time from %s to %s, not %s", d.least, d.most, d.given)}
		}
	}
	return s.checkNames()
}

func (s Settings) checkNames() error {
	if !s.Cost.valid() {
		return &Invalid{"cost", fmt.Sprintf("is free, quota or paid, not %q", s.Cost)}
	}
	for _, name := range s.Analyzers {
		if err := checkPattern("analyzers", name); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Costs)) {
		if err := checkPattern("costs", name); err != nil {
			return err
		}
		if !s.Costs[name].valid() {
			return &Invalid{"costs", fmt.Sprintf("says %q of %s: it is free, quota or paid", s.Costs[name], name)}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Budgets)) {
		if err := checkPattern("budgets", name); err != nil {
			return err
		}
		if s.Budgets[name] < 0 {
			return &Invalid{"budgets", fmt.Sprintf("gives %s %d jobs a day: a number from 0 on", name, s.Budgets[name])}
		}
	}
	return nil
}

func checkPattern(key, name string) error {
	if _, err := path.Match(name, ""); err != nil || strings.TrimSpace(name) == "" {
		return &Invalid{key, fmt.Sprintf("names %q, which is no name of analyzers such as Waggle_* or AbuseIPDB_1_0", name)}
	}
	return nil
}

// sends tells whether values of a data type are sent. Files never are: the
// feeder holds none.
func (s Settings) sends(dataType string) bool {
	if len(s.DataTypes) == 0 {
		return dataType != "file" && dataType != "other"
	}
	return dataType != "file" && slices.Contains(s.DataTypes, dataType)
}

// Budget is how many jobs a day an analyzer may begin; limited is false where
// no budget names it.
func (s Settings) Budget(analyzer string) (jobs int, limited bool) {
	pattern, limited := longest(maps.Keys(s.Budgets), cortexapi.Worker{Name: analyzer})
	return s.Budgets[pattern], limited
}

// longest gives the longest of the patterns that fit an analyzer.
func longest(patterns func(func(string) bool), w cortexapi.Worker) (pattern string, ok bool) {
	for p := range patterns {
		if matches([]string{p}, w) && (len(p) > len(pattern) || len(p) == len(pattern) && p < pattern) {
			pattern, ok = p, true
		}
	}
	return pattern, ok
}

// matches tells whether one of the patterns fits an analyzer, as its
// administrator named it or as its definition does.
func matches(patterns []string, w cortexapi.Worker) bool {
	for _, p := range patterns {
		for _, name := range []string{w.Name, w.Definition, unversioned(w.Name), unversioned(w.Definition)} {
			if fits, err := path.Match(p, name); err == nil && fits {
				return true
			}
		}
	}
	return false
}

// version ends the name of a definition: "_1_0".
var version = regexp.MustCompile(`(_\d+)+$`)

func unversioned(name string) string { return version.ReplaceAllString(name, "") }
