package pipeline

import (
	"context"

	"github.com/riverqueue/river"

	"github.com/waggle-cti/waggle/feeder/store"
)

// shift is how long one run of a job with a seat goes on before it makes room
// for the next; jobTime would end it.
const shift = jobTime / 2

// sit does the work that only one feeder may do at a time, turn by turn, until
// there is none (idle) or the shift is over. While the server that takes the
// work is away, or another feeder has the seat, the job sleeps: the error says
// how long.
func (p *Pipeline) sit(ctx context.Context, work store.Work, away *outages, turn func(context.Context) (busy bool, err error)) (idle bool, err error) {
	if left := away.left(p.Now()); left > 0 {
		return false, river.JobSnooze(left)
	}
	seat, ok, err := p.Store.TakeSeat(ctx, work)
	if err != nil {
		return false, err
	}
	if !ok {
		return false, river.JobSnooze(p.pace.again) // the job was taken from a feeder that is still at it
	}
	defer seat.Leave()
	for end := p.Now().Add(shift); p.Now().Before(end); {
		if err := seat.Held(ctx); err != nil {
			return false, err
		}
		busy, err := turn(ctx)
		if err != nil {
			return false, err
		}
		if left := away.left(p.Now()); left > 0 {
			return false, river.JobSnooze(left)
		}
		if !busy {
			return true, nil
		}
	}
	return false, nil
}
