package misp

import (
	"context"
	"errors"
	"fmt"
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
	// and samples too; Refused are the others.
	Saved       int
	Refused     []Refusal
	RefusedTags []string // tags that MISP does not have, or not for this user, each once
	Listed      []Refusal
	Notes       []string // what else did not come about, in words
}

// Refusal is an attribute that MISP does not hold as it was meant, and why, in
// MISP's own words where it has any.
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
// carries our UUID and differs in category, comment or to_ids, or was seen
// earlier or later than it says, is changed; others that are there stay as
// analysts have left them. What was deleted in MISP stays deleted, and is among
// the refused.
//
// The event has one tag for its TLP and one for its PAP: those of before are
// taken off, but for a stricter one that somebody has put beside ours. Other
// tags are only added.
//
// An error may leave a part written; calling again completes it. An event whose
// UUID is there but not for this user to see or change is an error with
// upstream.Auth or upstream.NotFound.
func (c *Client) PutEvent(ctx context.Context, e Event) (Result, error) {
	lossy := 0
	each(&e, func(a *Attribute) {
		if !a.kept() {
			lossy++
		}
	})
	e, err := e.fit()
	if err != nil {
		return Result{}, err
	}
	unlock, err := c.order.Lock(ctx, e.UUID)
	if err != nil {
		return Result{}, err
	}
	defer unlock()
	p := put{client: c, want: e, result: Result{UUID: e.UUID}, reasons: map[string]string{}, tagged: map[string]bool{}}
	if lossy > 0 {
		p.note("%d values have characters that MISP cannot hold: it has ? in their place, and their comments say so.", lossy)
	}
	err = p.run(ctx)
	return p.result, err
}

// put is one PutEvent under way.
type put struct {
	client  *Client
	want    Event
	held    Event // as MISP holds it
	gone    map[string]bool
	added   []Attribute       // to the event itself, after it was read
	reasons map[string]string // why attributes of objects were refused, by UUID
	tagged  map[string]bool   // tags in lower case that MISP was asked to attach: whether it took them
	result  Result
}

func (p *put) run(ctx context.Context) error {
	if err := p.start(ctx); err != nil {
		return err
	}
	p.result.ID, p.gone = p.held.ID, p.held.gone
	for _, step := range []func(context.Context) error{
		p.merge, p.samples, p.attributes, p.tags, p.techniques, p.attributeTags, p.publish,
	} {
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
	room := maxFirst
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

// attributes adds those that the event does not hold, or learns why not.
func (p *put) attributes(ctx context.Context) error {
	held, missing := index(p.held.Attributes).divide(p.want.Attributes)
	p.result.Saved += len(held)
	missing = slices.DeleteFunc(missing, func(a Attribute) bool { return p.deleted(a.UUID, a) })
	for chunk := range slices.Chunk(missing, maxChunk) {
		refused, err := p.client.addAttributes(ctx, p.want.UUID, chunk)
		if err != nil {
			return err
		}
		for i, a := range chunk {
			if reason, ok := refused[i]; ok {
				p.refuse(a, reason)
				continue
			}
			p.result.Saved++
			p.result.Changed = true
			p.added = append(p.added, a)
		}
	}
	return nil
}

// deleted tells whether what has the UUID was deleted in MISP, and reports the
// attributes that are refused for it.
func (p *put) deleted(uuid string, attributes ...Attribute) bool {
	if !p.gone[uuid] {
		return false
	}
	for _, a := range attributes {
		p.refuse(a, "was deleted in MISP, and stays so")
	}
	return true
}

func (p *put) refuse(a Attribute, reason string) {
	p.result.Refused = append(p.result.Refused, Refusal{Attribute: a, Reason: reason})
}

// note keeps a sentence for the report, once.
func (p *put) note(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(p.result.Notes, text) {
		p.result.Notes = append(p.result.Notes, text)
	}
}

// publish publishes what changed, or was not published yet. It may be repeated;
// each time MISP tells those who subscribed.
func (p *put) publish(ctx context.Context) error {
	if !p.want.Published || p.held.Published && !p.result.Changed {
		return nil
	}
	_, err := p.client.post(ctx, "/events/publish/"+url.PathEscape(p.want.UUID), struct{}{})
	if errors.Is(err, Permission) {
		p.note("It is not published: the key's user may not publish.")
		return nil
	}
	return err
}

func equalFold(text string) func(string) bool {
	return func(other string) bool { return strings.EqualFold(text, other) }
}
