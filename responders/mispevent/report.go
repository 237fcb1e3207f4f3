package mispevent

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/misp"
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
	Withheld    []refusal `json:"withheld"` // by us, for their TLP
	NotIOC      int       `json:"not_ioc,omitempty"`
	Note        string    `json:"note,omitempty"`
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

func (c Config) report(job *cortex.Job, r misp.Result, l left) cortex.Report {
	f := full{
		Event:   event{UUID: r.UUID, ID: r.ID, Link: strings.TrimRight(c.MISPURL, "/") + "/events/view/" + r.UUID, Created: r.Created},
		Changed: r.Changed, Sent: r.Saved + len(r.Refused), Saved: r.Saved, Refused: []refusal{}, RefusedTags: r.RefusedTags,
		Withheld: append([]refusal{}, l.withheld...), NotIOC: l.notIOC,
	}
	for _, one := range r.Refused {
		f.Refused = append(f.Refused, refusal{one.Attribute.Type, one.Attribute.Value, one.Reason})
	}
	if !c.VerifyTLS {
		f.Note = "The certificates of MISP and TheHive were not checked (verify_tls)."
	}
	f.Message = f.sentence()
	return cortex.Report{Full: f, Operations: c.operations(job, r.UUID, f.Event.Link)}
}

func (f full) sentence() string {
	done := "nothing new for"
	switch {
	case f.Event.Created:
		done = "made"
	case f.Changed:
		done = "updated"
	}
	text := fmt.Sprintf("%s MISP event %s: it holds %d of %d attributes", done, f.Event.ID, f.Saved, f.Sent)
	text = strings.ToUpper(text[:1]) + text[1:]
	for _, part := range []struct {
		count int
		what  string
	}{
		{len(f.Refused), "refused by MISP"},
		{len(f.RefusedTags), "tags refused by MISP"},
		{len(f.Withheld), "withheld for their TLP"},
		{f.NotIOC, "not flagged as IoC and left out"},
	} {
		if part.count > 0 {
			text += fmt.Sprintf("; %d %s", part.count, part.what)
		}
	}
	return text + "."
}

// operations leave the link to the event on the object and on its case, where
// it is not there yet.
func (c Config) operations(job *cortex.Job, uuid, link string) []cortex.Operation {
	tag := linkTag + uuid
	var out []cortex.Operation
	add := func(tags string, o cortex.Operation) {
		if !slices.ContainsFunc(job.Object.Get(tags).Array(), func(t gjson.Result) bool { return t.String() == tag }) {
			out = append(out, o)
		}
	}
	switch job.DataType {
	case "thehive:alert":
		add("tags", cortex.AddTagToAlert(tag))
		return out
	case "thehive:case_artifact":
		add("tags", cortex.AddTagToArtifact(tag))
		add("case.tags", cortex.AddTagToCase(tag))
	default:
		add("tags", cortex.AddTagToCase(tag))
	}
	if c.CustomField != "" {
		out = append(out, cortex.AddCustomField(c.CustomField, "string", link))
	}
	return out
}
