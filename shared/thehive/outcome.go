package thehive

import (
	"context"
	"errors"
	"net"
	"strings"
	"time"
)

// isDuplicate tells TheHive's refusal of what it has already:
// 400 {"type":"CreateError","message":"Alert T:S:R already exist in organisation O"}.
func isDuplicate(err error) bool {
	kind, message := refusal(err)
	return kind == "CreateError" && strings.Contains(message, "already exist")
}

// isUnknownType tells TheHive's refusal of a data type, which undoes the whole
// alert: 404 {"type":"NotFoundError","message":"ObservableType T not found"}.
func isUnknownType(err error) bool {
	_, message := refusal(err)
	return strings.HasPrefix(message, "ObservableType ") && strings.HasSuffix(message, "not found")
}

// unsent tells a failure before any byte of the request left: TheHive knows
// nothing of it.
func unsent(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

// pause waits, or gives the context's error if it ends first.
func pause(ctx context.Context, d time.Duration) error {
	if d == 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
