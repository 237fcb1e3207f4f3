package misp

import (
	"context"
	"net/url"
)

// merge edits what the event has differently: its own fields, attributes of
// ours that changed, reports, objects and their attributes that are missing.
func (p *put) merge(ctx context.Context) error {
	objects, err := p.missingObjects(ctx)
	if err != nil {
		return err
	}
	changed, reports := p.changedAttributes(), p.changedReports()
	for first := true; first && p.headDiffers() || len(objects)+len(changed)+len(reports) > 0; first = false {
		part := Event{UUID: p.want.UUID, Reports: reports}
		room := maxChunk
		part.Objects, room = takeObjects(objects, room)
		part.Attributes = changed[:min(room, len(changed))]
		objects, changed, reports = objects[len(part.Objects):], changed[len(part.Attributes):], nil
		if err := p.edit(ctx, part); err != nil {
			return err
		}
	}
	p.countObjects()
	p.countReports()
	return nil
}

// edit writes the event's own fields with what is in the part. The event's tags
// are attached one by one, to learn which are refused.
func (p *put) edit(ctx context.Context, part Event) error {
	body, in := p.want.head(), part.body()
	body.Tags = nil
	body.Attributes, body.Objects, body.Reports = in.Attributes, in.Objects, in.Reports
	held, err := p.client.writeEvent(ctx, "/events/edit/"+url.PathEscape(p.want.UUID), body)
	if err != nil {
		return err
	}
	p.held = held
	p.result.Changed = true
	return nil
}

// headDiffers tells whether the event's own fields are to be written.
func (p *put) headDiffers() bool {
	want, held := p.want, p.held
	return want.Info != held.Info || !want.Date.IsZero() && !want.Date.Equal(held.Date) ||
		want.ThreatLevel != held.ThreatLevel || want.Analysis != held.Analysis || want.Distribution != held.Distribution ||
		want.Distribution == SharingGroup && want.SharingGroup != held.SharingGroup ||
		want.Extends != "" && want.Extends != held.Extends
}

// changedAttributes are those of ours that the event holds otherwise.
func (p *put) changedAttributes() []Attribute {
	held := byUUID(p.held.Attributes)
	var out []Attribute
	for _, a := range p.want.Attributes {
		if h, ok := held[a.UUID]; ok && a.differs(h) {
			out = append(out, a)
		}
	}
	return out
}

func (a Attribute) differs(held Attribute) bool {
	return a.Category != "" && a.Category != held.Category || a.ToIDS != held.ToIDS || a.Comment != held.Comment ||
		a.Private && !held.Private ||
		!a.FirstSeen.IsZero() && (held.FirstSeen.IsZero() || a.FirstSeen.Before(held.FirstSeen)) ||
		a.LastSeen.After(held.LastSeen)
}

// changedReports are the reports that the event holds otherwise, or not at all.
func (p *put) changedReports() []Report {
	var out []Report
	for _, r := range p.want.Reports {
		if held, ok := p.report(r.UUID); !p.gone[r.UUID] && (!ok || held != r) {
			out = append(out, r)
		}
	}
	return out
}

// report gives the report with a UUID as MISP holds it.
func (p *put) report(uuid string) (Report, bool) {
	for _, r := range p.held.Reports {
		if r.UUID == uuid {
			return r, true
		}
	}
	return Report{}, false
}

// countReports notes the reports that MISP does not hold.
func (p *put) countReports() {
	for _, r := range p.want.Reports {
		switch _, held := p.report(r.UUID); {
		case p.gone[r.UUID]:
			p.note("The event report %q was deleted in MISP, and stays so.", r.Name)
		case !held:
			p.note("MISP did not keep the event report %q, and tells no reason.", r.Name)
		}
	}
}
