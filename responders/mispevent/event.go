package mispevent

import (
	"cmp"
	"strings"
	"time"

	"github.com/waggle-cti/waggle/shared/marking"
	"github.com/waggle-cti/waggle/shared/misp"
	"github.com/waggle-cti/waggle/shared/thehive"
)

// event makes the event of a record, without its observables.
func (c Config) event(r thehive.Record, v thehive.Version, sharing misp.Sharing) misp.Event {
	tlp := r.TLPName(v)
	to := sharing.For(tlp)
	e := misp.Event{
		UUID:         misp.LinkedEvent(misp.EventUUID(c.TheHiveURL, r.Kind, r.ID), r.Tags),
		Info:         cmp.Or(strings.TrimSpace(r.Title), r.Kind+" "+r.ID),
		Date:         r.Date.Truncate(24 * time.Hour), // MISP keeps the day
		ThreatLevel:  misp.ThreatOf(r.Severity),
		Distribution: to.Distribution,
		SharingGroup: to.SharingGroup,
		Tags:         append(misp.MarkingTags(tlp, marking.PAP(r.PAP)), c.Tags...),
		Published:    c.Publish,
	}
	switch {
	case r.Closed:
		e.Analysis = misp.Completed
	case r.Kind == thehive.KindCase:
		e.Analysis = misp.Ongoing
	}
	if page := r.Page(c.TheHiveURL, v); page != "" && e.Distribution == misp.OrganisationOnly {
		e.Attributes = []misp.Attribute{{Type: "link", Category: "Internal reference", Value: page, Comment: "the " + r.Kind + " in TheHive"}}
	}
	return e
}

// attributes gives an observable as MISP has it: a file as the hashes that
// TheHive knows of it, anything else as one attribute.
func (c Config) attributes(o thehive.Observable) []misp.Attribute {
	out := []misp.Attribute{misp.FromObservable(o.DataType, o.Data)}
	if o.Attachment != nil {
		out = misp.FromFile(o.Attachment.Name, o.Attachment.Hashes)
	}
	for i := range out {
		out[i].Comment = o.Message
		out[i].ToIDS = out[i].ToIDS && (c.ToIDS == "all" || c.ToIDS == "ioc" && o.IOC)
	}
	return out
}
