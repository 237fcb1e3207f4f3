package waggle

import (
	"slices"
	"time"

	"github.com/waggle-cti/waggle/shared/ioc"
)

// Level is what a taxonomy, or a verdict, says of a value: Cortex' word.
type Level string

// The levels, the worst first. Unknown is the verdict where no analyzer said
// anything; no taxonomy has it.
// https://docs.strangebee.com/cortex/api/how-to-create-an-analyzer/
const (
	Malicious  Level = "malicious"
	Suspicious Level = "suspicious"
	Info       Level = "info"
	Safe       Level = "safe"
	Unknown    Level = "unknown"
)

// Order sorts verdicts for a reader, the worst first, from 0. What counts among
// the taxonomies of one value is taxonomy.Level's Worse.
func (l Level) Order() int {
	return slices.Index([]Level{Malicious, Suspicious, Info, Safe, Unknown}, l)
}

// Taxonomy is one line of the summary of an analyzer's report, as the analyzer
// wrote it: what it shows on an observable's label.
type Taxonomy struct {
	Level     Level  `json:"level"`
	Namespace string `json:"namespace"` // who says it: "URLhaus"
	Predicate string `json:"predicate"` // of what: "Threat"
	Value     string `json:"value"`     // and what: "malware_download"
}

// AnalysisState is how far an analysis has come.
type AnalysisState string

// The states. An analysis leaves the first two for exactly one of the others.
const (
	AnalysisWaiting AnalysisState = "waiting" // to be run, or run again after a refusal
	AnalysisRunning AnalysisState = "running" // Cortex has taken it
	AnalysisDone    AnalysisState = "done"    // it gave a report, maybe an empty one
	AnalysisFailed  AnalysisState = "failed"  // it failed, or was given up; the note says why
	AnalysisSkipped AnalysisState = "skipped" // it was never run; the note says why
)

// Over tells whether nothing more will come of an analysis in this state.
func (s AnalysisState) Over() bool { return s != AnalysisWaiting && s != AnalysisRunning }

// Analysis is one analyzer's work on one value. It belongs to the value and not
// to a story: all stories that name the value share it.
type Analysis struct {
	Kind       ioc.Kind      `json:"kind"`
	Value      string        `json:"value"`
	Analyzer   string        `json:"analyzer"` // its name with version, as Cortex has it: "Waggle_URLhaus_1_0"
	State      AnalysisState `json:"state"`
	Taxonomies []Taxonomy    `json:"taxonomies,omitempty"`
	Artifacts  int           `json:"artifacts,omitempty"`  // how many values the report found
	Job        string        `json:"job,omitempty"`        // Cortex' id of the job; empty before it has one
	Note       string        `json:"note,omitempty"`       // in words, without secrets: why it failed, waits or was not run
	Observable string        `json:"observable,omitempty"` // TheHive's id of the observable that it was run on; empty = by Cortex itself
	Direct     string        `json:"direct,omitempty"`     // in words: why by Cortex itself, where TheHive might have the report
	At         time.Time     `json:"at,omitzero"`          // when it came into its state
	Due        time.Time     `json:"due,omitzero"`         // while it waits, put off: not before then
}

// HeldLong is from when on an analysis that is put off holds nothing up any
// more: what it says will count when it is there.
const HeldLong = 10 * time.Minute

// UnderWay tells whether something is to come of an analysis soon.
func (a Analysis) UnderWay(now time.Time) bool {
	return a.State == AnalysisRunning || a.State == AnalysisWaiting && a.Due.Before(now.Add(HeldLong))
}

// Verdict is what the analyzers' reports together say, of a value or of a
// story.
type Verdict struct {
	Level Level  `json:"level"`
	Why   string `json:"why"` // one sentence: who said what, and what was made of a contradiction
}

// Trouble is a service that takes nothing of what we have for it.
type Trouble struct {
	Service string    `json:"service"` // "Cortex"
	Since   time.Time `json:"since"`
	Error   string    `json:"error"` // of the last try, without secrets
}
