package cortex

import "github.com/waggle-cti/waggle/shared/taxonomy"

// Report is what a worker found or did.
type Report struct {
	// Full is the report itself. It must marshal to a JSON object: Cortex
	// never ends a job whose full is a list or a text.
	Full any

	// Taxonomies are the short view, shown beside the observable. TheHive
	// replaces the worker's earlier ones by these.
	Taxonomies []Taxonomy

	// Artifacts are observables worth adding to the case. Each is written once,
	// however often it is listed. One of type ip, domain, fqdn, hash or url that
	// is none is left out.
	Artifacts []Artifact

	// Operations are what TheHive shall do with the object. TheHive runs those
	// of analyzers too.
	Operations []Operation
}

// Level is how a taxonomy is coloured.
type Level = taxonomy.Level

// The levels that TheHive knows.
const (
	Info       = taxonomy.Info
	Safe       = taxonomy.Safe
	Suspicious = taxonomy.Suspicious
	Malicious  = taxonomy.Malicious
)

// Taxonomy is one label of the short view, shown as
// Namespace:Predicate="Value".
type Taxonomy struct {
	Level     Level  `json:"level"`
	Namespace string `json:"namespace"` // default the worker's name: URLhaus for Waggle_URLhaus
	Predicate string `json:"predicate"`
	Value     any    `json:"value"` // a string or a number
}

// Artifact is an observable that a worker found: a value, or a file that it
// made by Job.OutputFile.
type Artifact struct {
	DataType string   // ip, domain, url…; "file" for a file
	Data     string   // the value; empty for a file
	Message  string   // where it comes from; may be empty
	Tags     []string // besides the worker's, which comes first; "autoImport:true" asks TheHive 5.1 and later to add it to the case
	TLP      *int     // 0–3; nil is the job's, and 3 for a job of TLP 4, which Cortex takes no artifact of

	File        string // name in the output folder, as OutputFile gave it
	Filename    string // the name to show; default File
	ContentType string // default application/octet-stream
}
