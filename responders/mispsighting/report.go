package mispsighting

import (
	"fmt"
	"strings"

	"github.com/waggle-cti/waggle/shared/misp"
	"github.com/waggle-cti/waggle/shared/thehive"
)

// mostRows bounds the attributes that the report lists; it counts them all.
const mostRows = 500

// full is the report.
type full struct {
	Message    string    `json:"message"` // what TheHive shows first
	Type       string    `json:"type"`
	Source     string    `json:"source"`
	Changed    bool      `json:"changed"`  // false: MISP had all of it
	New        int       `json:"new"`      // sightings recorded now
	Standing   int       `json:"standing"` // that MISP had already
	Attributes []row     `json:"attributes"`
	Untold     []refusal `json:"untold"`            // observables that MISP was not told of
	LeftOut    int       `json:"left_out"`          // of the case, for their flags
	Limited    bool      `json:"limited,omitempty"` // MISP holds more attributes than were looked at
	Note       string    `json:"note,omitempty"`

	misp string          // its address
	done map[string]bool // attributes that were told of, by their number
}

// row is an attribute that has the sighting.
type row struct {
	Type  string `json:"type"`
	Value string `json:"value"`
	Event string `json:"event"` // its number
	Info  string `json:"info"`
	Link  string `json:"link"`
	New   bool   `json:"new"`
}

// refusal is an observable that MISP was not told of, and why.
type refusal struct {
	Type   string `json:"type"`
	Value  string `json:"value"`
	Reason string `json:"reason"`
}

func newFull(c Config) *full {
	f := &full{Type: c.Type, Source: c.Source, Attributes: []row{}, Untold: []refusal{}, misp: c.MISPURL, done: map[string]bool{}}
	if !c.VerifyTLS {
		f.Note = "The certificates of MISP and TheHive were not checked (verify_tls)."
	}
	return f
}

// spellings are the values that an observable has in MISP: a file's are its
// hashes. What MISP cannot search for is none.
func spellings(o thehive.Observable) []string {
	var all, out []string
	if o.Attachment != nil {
		all = o.Attachment.Hashes
	} else {
		all = misp.Spellings(o.Data)
	}
	for _, v := range all {
		if misp.Searchable(v) {
			out = append(out, v)
		}
	}
	return out
}

// searchable gives the values to search for, and notes the observables that have none.
func (f *full) searchable(observables []thehive.Observable) []string {
	var values []string
	for _, o := range observables {
		own := spellings(o)
		if len(own) == 0 {
			f.leave(o, "MISP cannot search for such a value")
		}
		values = append(values, own...)
	}
	return values
}

// byValue sorts attributes by their values, and composites ("filename|sha256")
// by each half too, as MISP compares: whatever their case.
func byValue(found []misp.Attribute) map[string][]misp.Attribute {
	held := map[string][]misp.Attribute{}
	for _, a := range found {
		if a.ID == "" {
			continue
		}
		parts := []string{a.Value}
		if first, second, ok := strings.Cut(a.Value, "|"); ok {
			parts = append(parts, first, second)
		}
		for _, v := range parts {
			held[strings.ToLower(v)] = append(held[strings.ToLower(v)], a)
		}
	}
	return held
}

// attributesOf gives the attributes that hold an observable.
func attributesOf(o thehive.Observable, held map[string][]misp.Attribute) []misp.Attribute {
	var out []misp.Attribute
	for _, v := range spellings(o) {
		out = append(out, held[strings.ToLower(v)]...)
	}
	return out
}

// leave notes an observable that MISP is not told of.
func (f *full) leave(o thehive.Observable, reason string) {
	value := o.Data
	if o.Attachment != nil {
		value = o.Attachment.Name
	}
	f.Untold = append(f.Untold, refusal{o.DataType, value, reason})
}

// count notes an attribute that has the sighting.
func (f *full) count(a misp.Attribute, added bool) {
	if added {
		f.New++
		f.Changed = true
	} else {
		f.Standing++
	}
	if len(f.Attributes) < mostRows {
		f.Attributes = append(f.Attributes, row{a.Type, a.Value, a.EventID, a.EventInfo, misp.EventPage(f.misp, a.EventUUID), added})
	}
}

func (f *full) sentence() string {
	name := strings.ReplaceAll(f.Type, "-", " ")
	text := fmt.Sprintf("MISP recorded %d of type %s", f.New, name)
	if f.New == 0 {
		text = "Nothing new for MISP, of type " + name
	}
	add := func(count int, what string) {
		if count > 0 {
			text += fmt.Sprintf("; %d %s", count, what)
		}
	}
	add(f.Standing, "stood there already")
	add(len(f.Untold), "could not be told")
	add(f.LeftOut, "of the case left out for their flags (of_case)")
	if f.Limited {
		text += "; MISP holds more attributes with these values than were looked at: run it on single observables"
	}
	return text + "."
}
