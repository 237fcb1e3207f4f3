package ioc

import "github.com/waggle-cti/waggle/shared/knownbenign"

// KnownBy asks compiled lists, and the built-in one: Options.Known of who has
// some. Of nil lists it is nil.
func KnownBy(lists *knownbenign.Lists) func(kind Kind, value string) (list string, ok bool) {
	if lists == nil {
		return nil
	}
	return func(kind Kind, value string) (string, bool) { return lists.Known(string(kind), value) }
}

// NoteLists adds to the reason the lists that hold the value without making it
// benign, if there are any. What is benign has its reason.
func (i *Indicator) NoteLists(lists *knownbenign.Lists) {
	if lists == nil || i.Role == Benign {
		return
	}
	if note := lists.Note(string(i.Kind), i.Value); note != "" {
		i.Why += "; " + note
	}
}
