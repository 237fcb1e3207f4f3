package misp

import (
	"context"
	"time"
)

// Tally counts sightings by what they tell.
type Tally struct {
	Seen          int          `json:"seen"`
	FalsePositive int          `json:"false_positive"`
	Expiration    int          `json:"expiration"`
	Last          time.Time    `json:"last,omitzero"`
	LastType      SightingType `json:"-"` // what the latest tells
}

// TallySightings counts the sightings of attributes, by their numbers; each is a
// request.
func (c *Client) TallySightings(ctx context.Context, attributes []Attribute) (Tally, error) {
	var t Tally
	for _, a := range attributes {
		sightings, err := c.Sightings(ctx, a.ID)
		if err != nil {
			return Tally{}, err
		}
		for _, s := range sightings {
			t.add(s)
		}
	}
	return t, nil
}

func (t *Tally) add(s Sighting) {
	switch s.Type {
	case FalsePositive:
		t.FalsePositive++
	case Expiration:
		t.Expiration++
	default:
		t.Seen++
	}
	if s.At.After(t.Last) {
		t.Last, t.LastType = s.At, s.Type
	}
}
