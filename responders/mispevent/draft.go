package mispevent

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/waggle-cti/waggle/shared/marking"
	"github.com/waggle-cti/waggle/shared/misp"
	"github.com/waggle-cti/waggle/shared/thehive"
)

// policy is what the admin set, in MISP's words.
func (c Config) policy() (misp.Policy, error) {
	sharing, err := misp.ParseSharing(c.Distribution)
	return misp.Policy{
		Sharing: sharing, Tags: c.Tags, RecordTags: c.CaseTags, ToIDS: c.ToIDS, Warninglists: c.Warninglists, Objects: c.Objects,
		Verdicts: c.Verdicts, Report: c.Report, Posts: c.Posts, Samples: c.Samples, Publish: c.Publish,
	}, err
}

// draft is the event of a record, without its observables.
func (c Config) draft(r thehive.Record, v thehive.Version) misp.Draft {
	d := misp.Draft{
		UUID:        misp.LinkedEvent(misp.EventUUID(c.TheHiveURL, r.Kind, r.ID), r.Tags),
		Title:       cmp.Or(strings.TrimSpace(r.Title), r.Kind+" "+r.ID),
		Description: r.Text,
		Date:        r.Date,
		Severity:    r.Severity,
		TLP:         r.TLPName(v),
		PAP:         marking.PAP(r.PAP),
		Tags:        r.Tags,
		Posts:       misp.PostsOf(r.Text),
		Page:        r.Page(c.TheHiveURL, v),
	}
	switch {
	case r.Closed:
		d.Analysis = misp.Completed
	case r.Kind == thehive.KindCase:
		d.Analysis = misp.Ongoing
	}
	return d
}

// observable is an observable in MISP's words.
func observable(hive *thehive.Client, o thehive.Observable) misp.Observable {
	out := misp.Observable{DataType: o.DataType, Data: o.Data, Message: o.Message, Tags: o.Tags, IOC: o.IOC, Seen: o.Start}
	for _, f := range o.Findings {
		out.Findings = append(out.Findings, misp.Finding{Level: f.Level, Text: fmt.Sprintf("%s:%s=%q", f.Namespace, f.Predicate, f.Value)})
	}
	if o.Attachment != nil {
		out.File = &misp.File{Name: o.Attachment.Name, Hashes: o.Attachment.Hashes,
			Read: func(ctx context.Context) ([]byte, error) { return hive.ReadFile(ctx, o) }}
	}
	return out
}
