package misp

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// maxSample is the largest file that is sent, in bytes: in Base64 it stays
// below the 50 MB that MISP's web server takes.
const maxSample = 30 << 20

// Sample is a file that is kept in MISP itself, as an attribute of type
// malware-sample in the file's object. MISP packs it into a ZIP archive with the
// password "infected", as it does with all samples.
// https://www.misp-project.org/datamodels/#types
type Sample struct {
	Object Object // the file's, among the event's
	Name   string // of the file
	MD5    string // of its content

	// Read gives the content. It is asked only if MISP does not hold the sample.
	Read func(context.Context) ([]byte, error)
}

func (s Sample) attribute() Attribute {
	a := Attribute{Type: "malware-sample", Category: "Payload delivery", Value: s.Name + "|" + s.MD5, ToIDS: true, Relation: "malware-sample"}
	a.UUID = objectAttributeUUID(s.Object.UUID, a.Relation, a.Type, a.Value)
	return a
}

// samples sends the samples that MISP does not hold, one in a request.
func (p *put) samples(ctx context.Context) error {
	for _, s := range p.want.Samples {
		a := s.attribute()
		held, _ := p.object(s.Object.UUID)
		switch _, there := byUUID(held.Attributes)[a.UUID]; {
		case there:
			p.result.Saved++
		case p.deleted(s.Object.UUID, a), p.deleted(a.UUID, a):
		default:
			if err := p.sample(ctx, s, a); err != nil {
				return err
			}
		}
	}
	return nil
}

// sample sends one, and looks whether MISP took it. A file that cannot be had
// is refused; one that cannot be had now is an error.
func (p *put) sample(ctx context.Context, s Sample, a Attribute) error {
	content, err := s.Read(ctx)
	switch {
	case upstream.Temporary(err) || ctx.Err() != nil:
		return err
	case err != nil:
		p.refuse(a, "the file cannot be read: "+err.Error())
		return nil
	case len(content) > maxSample:
		p.refuse(a, fmt.Sprintf("the file has %d bytes, and %d are the most that are sent", len(content), maxSample))
		return nil
	}
	body := a.body()
	body.Data, body.Encrypt = base64.StdEncoding.EncodeToString(content), true
	object := s.Object.body()
	object.Attributes = []attributeBody{body}
	head := p.want.head()
	head.Tags, head.Objects = nil, []objectBody{object}
	if _, err := p.client.post(ctx, "/events/edit/"+url.PathEscape(p.want.UUID)+"/metadata:1", head); err != nil {
		return err
	}
	p.result.Changed = true
	switch kept, err := p.client.holdsAttribute(ctx, a.UUID); {
	case err != nil:
		return err
	case kept:
		p.result.Saved++
	default:
		p.refuse(a, "MISP did not keep the file, and tells no reason")
	}
	return nil
}

// holdsAttribute tells whether MISP has an attribute with the UUID.
func (c *Client) holdsAttribute(ctx context.Context, uuid string) (bool, error) {
	answer, err := c.do(ctx, upstream.Request{Path: "/attributes/view/" + url.PathEscape(uuid)})
	if upstream.ReasonOf(err) == upstream.NotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return strings.EqualFold(answer.JSON().Get("Attribute.uuid").String(), uuid), nil
}
