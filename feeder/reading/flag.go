package reading

import "github.com/waggle-cti/waggle/shared/ioc"

// flag adds to the reason of each indicator what the lists note of it.
func (r *Reader) flag(found []ioc.Indicator) []ioc.Indicator {
	if r.options.Note == nil {
		return found
	}
	for n := range found {
		i := &found[n]
		if i.Role != ioc.Attack {
			continue
		}
		if note := r.options.Note(string(i.Kind), i.Value); note != "" {
			i.Why += "; " + note
		}
	}
	return found
}
