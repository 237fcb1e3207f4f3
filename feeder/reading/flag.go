package reading

import (
	"fmt"
	"strings"

	"github.com/waggle-cti/waggle/shared/ioc"
)

// maxNamed is how many lists an indicator names; popular sites are on dozens.
const maxNamed = 3

// flag adds to the reason of each indicator the lists that hold it.
func (r *Reader) flag(found []ioc.Indicator) []ioc.Indicator {
	if r.options.Flagged == nil {
		return found
	}
	for n := range found {
		i := &found[n]
		if i.Role != ioc.Attack {
			continue
		}
		if lists := r.options.Flagged(string(i.Kind), i.Value); len(lists) > 0 {
			i.Why += "; on the list " + named(lists)
		}
	}
	return found
}

// named joins the first names and counts the others.
func named(lists []string) string {
	if more := len(lists) - maxNamed; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(lists[:maxNamed], ", "), more)
	}
	return strings.Join(lists, ", ")
}
