package misp

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// tags gives the event its tags: those that are missing are attached, and of
// TLP and PAP those of before taken off.
func (p *put) tags(ctx context.Context) error {
	for _, name := range p.want.Tags {
		if err := p.tag(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// tag gives the event one tag, and takes off those that have no place beside
// it. If MISP refuses it they stay: the marking of before is better than none.
func (p *put) tag(ctx context.Context, name string) error {
	stale := outdated(name, p.held.Tags, p.held.localTags)
	if slices.ContainsFunc(p.held.Tags, equalFold(name)) {
		return p.detachAll(ctx, p.want.UUID, stale)
	}
	if slices.ContainsFunc(stale, func(s string) bool { return strictness(s) > strictness(name) }) {
		return p.lower(ctx, name, stale)
	}
	if taken, err := p.attach(ctx, p.want.UUID, name); err != nil || !taken {
		return err
	}
	return p.detachAll(ctx, p.want.UUID, stale)
}

// lower puts a milder tag in the place of others. Those go first, or they would
// look like what somebody put beside ours, should we be cut off between. But
// before that MISP must have the tag, to be sure that it takes it.
func (p *put) lower(ctx context.Context, name string, stale []string) error {
	there, err := p.client.makeTag(ctx, name)
	if err != nil {
		return err
	}
	if !there {
		p.refuseTag(name)
		return nil
	}
	if err := p.detachAll(ctx, p.want.UUID, stale); err != nil {
		return err
	}
	_, err = p.attach(ctx, p.want.UUID, name)
	return err
}

// makeTag makes a tag unless MISP has it, in whatever letters; false means that
// it has none, and that this user may not make it.
// https://github.com/MISP/MISP/blob/2.5/app/Controller/TagsController.php (search, add)
func (c *Client) makeTag(ctx context.Context, name string) (bool, error) {
	answer, err := c.do(ctx, upstream.Request{Method: http.MethodPost, Path: "/tags/search", JSON: map[string]any{"tag": name}, Repeatable: true})
	if err != nil {
		return false, err
	}
	for _, held := range answer.JSON().Get("#.Tag.name").Array() {
		if strings.EqualFold(held.String(), name) {
			return true, nil
		}
	}
	_, err = c.post(ctx, "/tags/add", map[string]string{"name": name})
	if errors.Is(err, Permission) {
		return false, nil
	}
	return err == nil, err
}

// attributeTags gives attributes that MISP holds the tags they lack. The user
// may not make every tag, and MISP then drops it without a word: so each is
// attached once by itself, which tells.
func (p *put) attributeTags(ctx context.Context) error {
	held := p.heldAttributes()
	for _, h := range held {
		for _, name := range h.Tags {
			p.tagged[strings.ToLower(name)] = true
		}
	}
	inObject := map[string]bool{}
	for _, o := range p.want.Objects {
		for _, a := range o.Attributes {
			inObject[a.UUID] = true
		}
	}
	var lacking []Attribute
	for _, a := range p.taggedAttributes() {
		h, ok := held[a.UUID]
		if !ok {
			continue
		}
		late, err := p.attributeTag(ctx, a, h, inObject[a.UUID])
		if err != nil {
			return err
		}
		if late {
			lacking = append(lacking, a)
		}
	}
	for chunk := range slices.Chunk(lacking, maxChunk) {
		if err := p.edit(ctx, Event{UUID: p.want.UUID, Attributes: chunk}); err != nil {
			return err
		}
	}
	return nil
}

// taggedAttributes are those that shall have tags, objects' too.
func (p *put) taggedAttributes() []Attribute {
	var out []Attribute
	add := func(attributes []Attribute) {
		for _, a := range attributes {
			if len(a.Tags) > 0 {
				out = append(out, a)
			}
		}
	}
	add(p.want.Attributes)
	for _, o := range p.want.Objects {
		add(o.Attributes)
	}
	return out
}

// heldAttributes are all that MISP holds, by UUID. Those that were just added
// have the tags that MISP is known to have taken.
func (p *put) heldAttributes() map[string]Attribute {
	held := byUUID(p.held.Attributes)
	for _, o := range p.held.Objects {
		for _, a := range o.Attributes {
			held[strings.ToLower(a.UUID)] = a
		}
	}
	known := map[string]bool{}
	for _, h := range held {
		for _, name := range h.Tags {
			known[strings.ToLower(name)] = true
		}
	}
	for _, a := range p.added {
		a.Tags = slices.DeleteFunc(slices.Clone(a.Tags), func(name string) bool { return !known[strings.ToLower(name)] })
		held[a.UUID] = a
	}
	return held
}

// attributeTag attaches the tags of one attribute that MISP was not asked for
// yet, and takes off those that have no place beside them. It tells whether tags
// that MISP takes are still lacking.
func (p *put) attributeTag(ctx context.Context, want, held Attribute, single bool) (lacking bool, err error) {
	for _, name := range want.Tags {
		if err := p.detachAll(ctx, want.UUID, outdated(name, held.Tags, held.localTags)); err != nil {
			return false, err
		}
		if slices.ContainsFunc(held.Tags, equalFold(name)) {
			continue
		}
		taken, asked := p.tagged[strings.ToLower(name)]
		switch {
		case asked && !taken:
		case asked && !single:
			lacking = true
		default:
			if _, err := p.attach(ctx, want.UUID, name); err != nil {
				return false, err
			}
		}
	}
	return lacking, nil
}

// attach attaches a tag, and tells whether MISP took it. One that is new, and
// not for this user to make, is refused with reason Permission.
func (p *put) attach(ctx context.Context, uuid, name string) (bool, error) {
	_, err := p.client.post(ctx, "/tags/attachTagToObject", map[string]any{"uuid": uuid, "tag": name, "local": false})
	taken := err == nil
	switch {
	case errors.Is(err, Permission), errors.Is(err, Validation):
		p.refuseTag(name)
	case err != nil:
		return false, err
	default:
		p.result.Changed = true
	}
	p.tagged[strings.ToLower(name)] = taken
	return taken, nil
}

func (p *put) refuseTag(name string) {
	if !slices.ContainsFunc(p.result.RefusedTags, equalFold(name)) {
		p.result.RefusedTags = append(p.result.RefusedTags, name)
	}
}

// detachAll takes tags off. One that is off already is a success.
func (p *put) detachAll(ctx context.Context, uuid string, names []string) error {
	for _, name := range names {
		_, err := p.client.post(ctx, "/tags/removeTagFromObject", map[string]any{"uuid": uuid, "tag": name})
		switch {
		case errors.Is(err, Permission):
			p.note("The tag %s is not taken off: the key's user may not.", name)
		case upstream.ReasonOf(err) == upstream.NotFound:
		case err != nil:
			return err
		default:
			p.result.Changed = true
		}
	}
	return nil
}

// verdictTag begins the tags that tell a verdict, in TheHive and in MISP.
const verdictTag = "waggle:verdict="

// outdated are the held tags that have no place beside a wanted one: of the
// verdict all others; of TLP and PAP the milder ones and, where the wanted one
// is missing, the one that was ours before, which is the mildest there is. A
// stricter one beside ours is somebody's will. Local tags are never ours.
func outdated(want string, held, local []string) []string {
	family, there := familyOf(want), false
	var others []string
	for _, name := range held {
		switch {
		case strings.EqualFold(name, want):
			there = true
		case family != "" && familyOf(name) == family && !slices.Contains(local, name):
			others = append(others, name)
		}
	}
	if family == verdictTag {
		return others
	}
	mildest := len(strict())
	for _, name := range others {
		mildest = min(mildest, strictness(name))
	}
	return slices.DeleteFunc(others, func(name string) bool {
		ours := !there && strictness(name) == mildest
		return strictness(name) >= strictness(want) && !ours
	})
}

// familyOf is the beginning of tags of which an event or attribute has one; ""
// for others.
func familyOf(name string) string {
	name = strings.ToLower(name)
	switch {
	case strings.HasPrefix(name, verdictTag):
		return verdictTag
	case strictness(name) >= 0:
		return name[:len("tlp:")]
	}
	return ""
}

// strictness ranks tags of TLP and PAP; -1 is none of them.
func strictness(name string) int {
	family, level, _ := strings.Cut(strings.ToLower(name), ":")
	if family != "tlp" && family != "pap" {
		return -1
	}
	if level == "clear" { // white, before TLP 2.0
		level = "white"
	}
	return slices.Index(strict(), level)
}

func strict() []string { return []string{"white", "green", "amber", "amber+strict", "red"} }
