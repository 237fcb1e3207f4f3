package misp

import (
	"time"
)

// Event is an event, to be written or as MISP holds it.
type Event struct {
	UUID         string       // see EventUUID
	Info         string       // its title
	Date         time.Time    // its day, in UTC
	ThreatLevel  ThreatLevel  // 0 = Undefined
	Analysis     Analysis     // how far it is
	Distribution Distribution // zero value: your organisation only
	SharingGroup int          // id, with Distribution SharingGroup
	Extends      string       // UUID of the event that this one adds to; need not be there
	Tags         []string
	Techniques   []string // ids of ATT&CK (T1059.001); PutEvent tags the event with their clusters
	Attributes   []Attribute
	Objects      []Object
	Reports      []Report
	Samples      []Sample // only written
	Published    bool     // PutEvent publishes it at the end, if something changed

	// What MISP adds.
	ID        string    // number
	Timestamp time.Time // of its last change

	localTags []string        // of Tags, those that stay on this MISP
	gone      map[string]bool // UUIDs of what was deleted in it
}

// Report is a text about an event, which MISP shows beside it. Only the
// organisation that made the event sees it.
type Report struct {
	UUID    string // empty = made by PutEvent of the event and the name
	Name    string // its title, at most 255 characters
	Content string // Markdown
}

// ThreatLevel of an event.
type ThreatLevel int

// MISP's threat levels.
const (
	High ThreatLevel = 1 + iota
	Medium
	Low
	Undefined
)

// Analysis of an event.
type Analysis int

// MISP's states of analysis.
const (
	Initial Analysis = iota
	Ongoing
	Completed
)

// Distribution says whom MISP shows an event to.
type Distribution int

// MISP's distributions.
const (
	OrganisationOnly Distribution = iota
	CommunityOnly
	ConnectedCommunities
	AllCommunities
	SharingGroup
)

// The distributions of what is in an event: the event's, or the organisation
// that made it.
const (
	inherit = "5"
	private = "0"
)

// Attribute is an attribute of an event or an object, to be written or as MISP
// holds it.
type Attribute struct {
	UUID      string // empty = made by PutEvent of the event, the type and the value
	Type      string // "ip-dst", "sha256", …
	Category  string // "Network activity", …; empty = the type's default
	Value     string // composites as "a|b"; normalised before it is sent
	ToIDS     bool   // fit for detection
	Comment   string
	FirstSeen time.Time
	LastSeen  time.Time
	Tags      []string
	Relation  string // in an object: the role in it ("sha256", "filename")
	Private   bool   // only the organisation that made the event sees it, whoever sees the event

	// What MISP adds.
	ID        string
	Timestamp time.Time
	EventID   string
	EventUUID string
	EventInfo string
	EventDate string      // 2006-01-02
	EventOrg  string      // name of the organisation that made the event
	ObjectID  string      // the number of the object it is in; empty outside one
	EventTags []string    // the event's, which hold for its attributes
	Hits      []Hit       // warninglists that the value is on
	Published bool        // the event is
	Threat    ThreatLevel // the event's

	localTags []string // of Tags, those that stay on this MISP
}

// key tells attributes of one event apart as MISP does for duplicates, but for
// the category, which it may have chosen itself.
func (a Attribute) key() string { return a.Type + "\x00" + Normalise(a.Type, a.Value) }

// Object is an object of an event, after a template of
// https://github.com/MISP/misp-objects.
type Object struct {
	UUID            string // see ObjectUUID
	Name            string // the template's: "file", "url", …
	MetaCategory    string // the template's: "file", "network", …
	Description     string // the template's
	TemplateUUID    string
	TemplateVersion string
	Comment         string
	Attributes      []Attribute // each with a Relation
}
