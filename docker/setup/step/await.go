package step

import (
	"context"
	"fmt"
	"time"
)

// Await asks until the answer is no error, once at least; when the time is over,
// the error is that of the last time.
func Await(ctx context.Context, every, atMost time.Duration, ask func(context.Context) error) error {
	over := time.NewTimer(atMost)
	defer over.Stop()
	for {
		err := ask(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-over.C:
			return fmt.Errorf("after %s: %w", atMost, err)
		case <-time.After(every):
		}
	}
}
