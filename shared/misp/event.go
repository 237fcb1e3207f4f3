package misp

import (
	"time"
)

// Event is an event, to be written or as MISP holds it.
type Event struct {
	UUID         string // see EventUUID
	Info         string // its title
	Date         time.Time
	ThreatLevel  ThreatLevel  // 0 = Undefined
	Analysis     Analysis     // how far it is
	Distribution Distribution // zero value: your organisation only
	SharingGroup int          // id, with Distribution SharingGroup
	Tags         []string
	Attributes   []Attribute
	Objects      []Object
	Published    bool // PutEvent publishes it at the end, if something changed

	// What MISP adds.
	ID        string    // number
	Timestamp time.Time // of its last change
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

// inherit is the distribution of attributes and objects: the event's.
const inherit = "5"

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

	// What MISP adds.
	ID        string
	Timestamp time.Time
	EventID   string
	EventUUID string
	EventInfo string
	EventDate string      // 2006-01-02
	EventOrg  string      // name of the organisation that made the event
	EventTags []string    // the event's, which hold for its attributes
	Hits      []Hit       // warninglists that the value is on
	Published bool        // the event is
	Threat    ThreatLevel // the event's
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
