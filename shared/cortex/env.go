package cortex

import "strings"

// envPrefix begins the names of the environment variables that stand for the
// worker's configuration items on the command line: WAGGLE_ABUSECH_.
func (w *Worker) envPrefix() string {
	return "WAGGLE_" + strings.ToUpper(orDefault(w.BaseConfig, w.Command())) + "_"
}
