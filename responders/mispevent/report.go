package mispevent

import (
	"fmt"

	"github.com/waggle-cti/waggle/shared/misp"
	"github.com/waggle-cti/waggle/shared/thehive"
)

// full is the report.
type full struct {
	Message     string    `json:"message"` // what TheHive shows first
	Event       event     `json:"event"`
	Changed     bool      `json:"changed"` // false: MISP held all of it
	Sent        int       `json:"sent"`    // attributes
	Saved       int       `json:"saved"`   // of these, in MISP now
	Refused     []refusal `json:"refused"` // by MISP
	RefusedTags []string  `json:"refused_tags,omitempty"`
	Withheld    []refusal `json:"withheld"`         // by us, for their TLP
	Listed      []refusal `json:"listed,omitempty"` // in MISP, but for their warninglists not for detection
	NotIOC      int       `json:"not_ioc,omitempty"`
	Notes       []string  `json:"notes,omitempty"`
}

type event struct {
	UUID    string `json:"uuid"`
	ID      string `json:"id"`
	Link    string `json:"link"`
	Created bool   `json:"created"`
}

// refusal is a value that MISP does not have, and why.
type refusal struct {
	Type   string `json:"type"`
	Value  string `json:"value"`
	Reason string `json:"reason"`
}

func newFull(c Config) *full {
	f := &full{Refused: []refusal{}, Withheld: []refusal{}}
	if !c.VerifyTLS {
		f.note("The certificates of MISP and TheHive were not checked (verify_tls).")
	}
	return f
}

func (f *full) note(text string) { f.Notes = append(f.Notes, text) }

// withhold notes an observable that is marked higher than its record.
func (f *full) withhold(o thehive.Observable, kind string) {
	value := o.Data
	if o.Attachment != nil {
		value = o.Attachment.Name
	}
	f.Withheld = append(f.Withheld, refusal{o.DataType, value, "its TLP is above that of the " + kind + ": raise the one or lower the other"})
}

// tell notes what MISP made of the event.
func (f *full) tell(r misp.Result, link string) {
	f.Event = event{UUID: r.UUID, ID: r.ID, Link: link, Created: r.Created}
	f.Changed, f.Sent, f.Saved, f.RefusedTags = r.Changed, r.Saved+len(r.Refused), r.Saved, r.RefusedTags
	f.Refused = append(f.Refused, refusals(r.Refused)...)
	f.Listed = refusals(r.Listed)
	f.Notes = append(f.Notes, r.Notes...)
	f.Message = f.sentence()
}

func refusals(in []misp.Refusal) []refusal {
	var out []refusal
	for _, one := range in {
		out = append(out, refusal{one.Attribute.Type, one.Attribute.Value, one.Reason})
	}
	return out
}

func (f *full) sentence() string {
	done := "Nothing new for"
	switch {
	case f.Event.Created:
		done = "Made"
	case f.Changed:
		done = "Updated"
	}
	text := fmt.Sprintf("%s MISP event %s: it holds %d of %d attributes", done, f.Event.ID, f.Saved, f.Sent)
	add := func(count int, what string) {
		if count > 0 {
			text += fmt.Sprintf("; %d %s", count, what)
		}
	}
	add(len(f.Refused), "refused by MISP")
	add(len(f.RefusedTags), "tags refused by MISP")
	add(len(f.Listed), "not for detection, as they are on a warninglist")
	add(len(f.Withheld), "withheld for their TLP")
	add(f.NotIOC, "not flagged as IoC and left out")
	return text + "."
}
