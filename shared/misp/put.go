package misp

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// Result is what a PutEvent came to.
type Result struct {
	UUID    string
	ID      string // number
	Created bool   // there was no event with this UUID before
	Changed bool   // something was written; false = MISP held it all

	// Saved counts the attributes sent that MISP holds now, those of objects
	// too; Refused are the others.
	Saved       int
	Refused     []Refusal
	RefusedTags []string // tags that the user may not make or attach
}

// Refusal is an attribute that MISP does not hold, and why, in its own words
// where it has any.
type Refusal struct {
	Attribute Attribute
	Reason    string
}

// PutEvent makes an event, or brings a standing one with the same UUID up to
// date, and reports what MISP does not accept.
//
// What MISP holds already is not sent again, so a repetition changes nothing:
// it neither unpublishes the event nor touches a time stamp. Attributes are the
// same if they have one UUID, or type and normalised value. An attribute that
// carries our UUID and differs in category, comment, to_ids, first or last seen
// is changed; others that are there stay as analysts have left them. What was
// deleted in MISP stays deleted, and is among the refused.
//
// An error may leave a part written; calling again completes it. An event whose
// UUID is there but not for this user to see or change is an error with
// upstream.Auth or upstream.NotFound.
func (c *Client) PutEvent(ctx context.Context, e Event) (Result, error) {
	e, err := e.fit()
	if err != nil {
		return Result{}, err
	}
	unlock, err := c.order.Lock(ctx, e.UUID)
	if err != nil {
		return Result{}, err
	}
	defer unlock()
	p := put{client: c, want: e, result: Result{UUID: e.UUID}}
	err = p.run(ctx)
	return p.result, err
}

// put is one PutEvent under way.
type put struct {
	client *Client
	want   Event
	held   Event // as MISP holds it
	result Result
}

func (p *put) run(ctx context.Context) error {
	if err := p.start(ctx); err != nil {
		return err
	}
	p.result.ID = p.held.ID
	for _, step := range []func(context.Context) error{p.merge, p.tags, p.attributes, p.publish} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// start adds the event with what fits in one request, or reads the standing
// one.
func (p *put) start(ctx context.Context) error {
	first := p.want
	room := maxChunk
	first.Objects, room = takeObjects(first.Objects, room)
	first.Attributes = first.Attributes[:min(room, len(first.Attributes))]
	held, err := p.client.writeEvent(ctx, "/events/add", first.body())
	if errors.Is(err, Exists) {
		p.held, err = p.client.event(ctx, p.want.UUID)
		return hidden(err)
	}
	if err != nil {
		return err
	}
	p.held = held
	p.result.Created, p.result.Changed = true, true
	return nil
}

// hidden says what it means that an event exists and is not found.
func hidden(err error) error {
	var e *upstream.Error
	if !errors.As(err, &e) || e.Reason != upstream.NotFound {
		return err
	}
	told := *e
	told.Message = "an event with this UUID exists, but this user does not see it"
	told.Next = "ask the organisation that made it, or an administrator of MISP"
	return &told
}

// merge edits what the event has differently: its own fields, attributes of
// ours that changed, objects and their attributes that are missing.
func (p *put) merge(ctx context.Context) error {
	objects := p.missingObjects()
	changed := p.changedAttributes()
	for first := true; first && p.headDiffers() || len(objects)+len(changed) > 0; first = false {
		part := Event{UUID: p.want.UUID}
		room := maxChunk
		part.Objects, room = takeObjects(objects, room)
		part.Attributes = changed[:min(room, len(changed))]
		objects, changed = objects[len(part.Objects):], changed[len(part.Attributes):]
		body := part.body()
		head := p.want.head()
		head.Tags = nil // one by one, to learn which are refused
		head.Attributes, head.Objects = body.Attributes, body.Objects
		held, err := p.client.writeEvent(ctx, "/events/edit/"+url.PathEscape(p.want.UUID), head)
		if err != nil {
			return err
		}
		p.held = held
		p.result.Changed = true
	}
	p.countObjects()
	return nil
}

// headDiffers tells whether the event's own fields are to be written.
func (p *put) headDiffers() bool {
	want, held := p.want, p.held
	return want.Info != held.Info || !want.Date.IsZero() && !want.Date.Equal(held.Date) ||
		want.ThreatLevel != held.ThreatLevel || want.Analysis != held.Analysis || want.Distribution != held.Distribution ||
		want.Distribution == SharingGroup && want.SharingGroup != held.SharingGroup
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
		!a.FirstSeen.IsZero() && !a.FirstSeen.Equal(held.FirstSeen) || !a.LastSeen.IsZero() && !a.LastSeen.Equal(held.LastSeen)
}

// tags attaches the event's tags that are missing. One that is new, and not for
// this user to make, is refused with reason Permission.
func (p *put) tags(ctx context.Context) error {
	for _, name := range p.want.Tags {
		if slices.ContainsFunc(p.held.Tags, func(held string) bool { return strings.EqualFold(held, name) }) {
			continue
		}
		_, err := p.client.post(ctx, "/tags/attachTagToObject", map[string]any{"uuid": p.want.UUID, "tag": name, "local": false})
		switch {
		case errors.Is(err, Permission), errors.Is(err, Validation):
			p.result.RefusedTags = append(p.result.RefusedTags, name)
		case err != nil:
			return err
		default:
			p.result.Changed = true
		}
	}
	return nil
}

// attributes adds those that the event does not hold, or learns why not.
func (p *put) attributes(ctx context.Context) error {
	held, missing := index(p.held.Attributes).divide(p.want.Attributes)
	p.result.Saved += len(held)
	for chunk := range slices.Chunk(missing, maxChunk) {
		refused, err := p.client.addAttributes(ctx, p.want.UUID, chunk)
		if err != nil {
			return err
		}
		for i, a := range chunk {
			if reason, ok := refused[i]; ok {
				p.refuse(a, reason)
			} else {
				p.result.Saved++
				p.result.Changed = true
			}
		}
	}
	return nil
}

func (p *put) refuse(a Attribute, reason string) {
	p.result.Refused = append(p.result.Refused, Refusal{Attribute: a, Reason: reason})
}

// publish publishes what changed, or was not published yet. It may be repeated;
// each time MISP tells those who subscribed.
func (p *put) publish(ctx context.Context) error {
	if !p.want.Published || p.held.Published && !p.result.Changed {
		return nil
	}
	_, err := p.client.post(ctx, "/events/publish/"+url.PathEscape(p.want.UUID), struct{}{})
	return err
}
