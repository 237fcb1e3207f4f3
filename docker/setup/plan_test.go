package main

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/docker/setup/step"
)

func TestReach(t *testing.T) {
	starting, refused := errors.New("it starts"), errors.New("wrong key")
	for name, c := range map[string]struct {
		answers map[time.Duration]error // from then on
		err     error
		took    time.Duration
		told    int
	}{
		"it answers":           {nil, nil, 0, 0},
		"it starts":            {map[time.Duration]error{0: starting, 31 * time.Second: nil}, nil, 33 * time.Second, 3},
		"it refuses for good":  {map[time.Duration]error{0: starting, 4 * time.Second: refused}, refused, 6 * time.Second, 1},
		"it does not start":    {map[time.Duration]error{0: starting}, starting, 59 * time.Second, 4},
		"it refuses, and then": {map[time.Duration]error{0: refused, time.Second: nil}, refused, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began, asked := time.Now(), 0
				var told []step.Row
				w := waiting{59 * time.Second, func(r step.Row) { told = append(told, r) }}
				reach := w.reach("MISP", func(context.Context) (now error) {
					asked++
					latest := time.Duration(-1)
					for from, err := range c.answers {
						if from <= time.Since(began) && from > latest {
							latest, now = from, err
						}
					}
					return now
				}, func(err error) bool { return errors.Is(err, refused) })
				err := reach(t.Context())
				if c.err == nil {
					require.NoError(t, err)
				} else {
					require.ErrorIs(t, err, c.err)
				}
				assert.Equal(t, c.took, time.Since(began))
				require.Len(t, told, c.told)
				for _, r := range told {
					assert.Equal(t, step.Row{Server: "MISP", State: step.Waits, Step: "reach it", Text: "it starts"}, r)
				}
				once := asked
				assert.Equal(t, err, reach(t.Context()), "for all groups of a server")
				assert.Equal(t, once, asked)
			})
		})
	}
}
