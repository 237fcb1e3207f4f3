package cortex

import (
	"errors"
	"fmt"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// badInput is the error of a job that can't be done as it was given. Its
// reason is upstream.BadInput.
func badInput(format string, args ...any) error {
	return &upstream.Error{Reason: upstream.BadInput, Message: fmt.Sprintf(format, args...)}
}

// badConfig is the error of items that are missing or of the wrong type.
func (w *Worker) badConfig(err error) error {
	return &upstream.Error{
		Reason:  upstream.BadInput,
		Message: "configuration: " + err.Error(),
		Next:    fmt.Sprintf("set it for %s in Cortex; outside Cortex, in the environment as %s<ITEM>", w.Name, w.envPrefix()),
	}
}

// explain gives the text of a failure: it begins with the service that failed,
// or with the worker where no service had a part in it.
func (w *Worker) explain(err error) string {
	var e *upstream.Error
	if errors.As(err, &e) && e.Service != "" {
		return err.Error()
	}
	return w.Name + ": " + err.Error()
}
