package misp

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestTally(t *testing.T) {
	at := func(hour int) time.Time { return time.Date(2026, 11, 20, hour, 0, 0, 0, time.UTC) }
	for name, c := range map[string]struct {
		sightings []Sighting
		want      Tally
	}{
		"none":           {nil, Tally{}},
		"of every sort":  {[]Sighting{{At: at(1)}, {At: at(3)}, {Type: FalsePositive, At: at(2)}, {Type: Expiration, At: at(1)}}, Tally{2, 1, 1, at(3), Seen}},
		"last harmless":  {[]Sighting{{Type: FalsePositive, At: at(5)}, {At: at(4)}}, Tally{1, 1, 0, at(5), FalsePositive}},
		"no time":        {[]Sighting{{Type: FalsePositive}}, Tally{FalsePositive: 1}},
		"a sort unknown": {[]Sighting{{Type: 9, At: at(1)}}, Tally{Seen: 1, Last: at(1), LastType: 9}},
	} {
		t.Run(name, func(t *testing.T) {
			var got Tally
			for _, s := range c.sightings {
				got.add(s)
			}
			assert.Equal(t, c.want, got)
		})
	}
}
