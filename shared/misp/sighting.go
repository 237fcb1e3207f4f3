package misp

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// SightingType says what a sighting tells.
type SightingType int

// MISP's types of sightings.
const (
	Seen          SightingType = iota // it was seen
	FalsePositive                     // it was seen and is harmless
	Expiration                        // it is no indicator any more
)

// Sighting tells that a value was seen.
type Sighting struct {
	Attribute string // UUID or number of the attribute; or
	Value     string // a value: of every attribute that has it
	Type      SightingType
	Source    string    // who saw it
	At        time.Time // zero = now

	// What MISP adds.
	UUID         string
	Organisation string
}

// AddSighting records a sighting. MISP counts each: asking twice records two.
// Its failures come with status 200; a value that no visible attribute has is
// an error with reason upstream.NotFound, others with upstream.BadInput.
func (c *Client) AddSighting(ctx context.Context, s Sighting) error {
	body := map[string]any{"type": s.Type, "source": plain(s.Source, maxSource)}
	path := "/sightings/add"
	switch {
	case s.Attribute != "":
		path += "/" + url.PathEscape(s.Attribute)
	case strings.TrimSpace(s.Value) != "":
		body["values"] = []string{strings.TrimSpace(s.Value)}
	default:
		return invalid("the sighting is of nothing", "name a value or an attribute")
	}
	if !s.At.IsZero() {
		body["timestamp"] = s.At.Unix()
	}
	answer, err := c.post(ctx, path, body)
	if err != nil {
		return err
	}
	if answer.JSON().Get("Sighting").IsObject() {
		return nil
	}
	reason, message := upstream.BadInput, answer.JSON().Get("message").String()
	if message == "" {
		return answer.Strange("the answer tells of no sighting")
	}
	if strings.Contains(message, "No valid attributes found") {
		reason = upstream.NotFound
	}
	return &upstream.Error{Service: service, Reason: reason, Status: answer.Status, Message: c.quote(message),
		Next: "check the value; add it to an event first"}
}

// PutSighting records a sighting of an attribute, named by its number, unless
// the attribute has one of that type, from that source and of that second. So
// it may be repeated. At must be set. Its errors are those of AddSighting.
func (c *Client) PutSighting(ctx context.Context, s Sighting) (added bool, err error) {
	if s.At.IsZero() {
		return false, invalid("the sighting has no time", "say when it was, or it would be another with each repetition")
	}
	unlock, err := c.order.Lock(ctx, "sightings of "+s.Attribute)
	if err != nil {
		return false, err
	}
	defer unlock()
	held, err := c.Sightings(ctx, s.Attribute)
	if err != nil {
		return false, err
	}
	for _, h := range held {
		if h.Type == s.Type && h.Source == plain(s.Source, maxSource) && h.At.Unix() == s.At.Unix() {
			return false, nil
		}
	}
	return true, c.AddSighting(ctx, s)
}

// Sightings gives what was seen of an attribute, by its number, newest first
// as MISP has it.
func (c *Client) Sightings(ctx context.Context, attribute string) ([]Sighting, error) {
	answer, err := c.post(ctx, "/sightings/listSightings", map[string]any{"context": "attribute", "id": attribute})
	if err != nil {
		return nil, err
	}
	var out []Sighting
	answer.JSON().ForEach(func(_, r gjson.Result) bool {
		s := r.Get("Sighting")
		out = append(out, Sighting{
			Attribute:    s.Get("attribute_id").String(),
			Type:         SightingType(s.Get("type").Int()),
			Source:       s.Get("source").String(),
			At:           epoch(s.Get("date_sighting")),
			UUID:         s.Get("uuid").String(),
			Organisation: r.Get("Organisation.name").String(),
		})
		return true
	})
	return out, nil
}
