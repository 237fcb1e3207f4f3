package cortex

import (
	"slices"

	"github.com/tidwall/gjson"
)

// AddTag gives the operations with which a responder tags its object and, if
// that is in one, its case, each unless it has the tag already: so a second run
// changes nothing.
func (j *Job) AddTag(tag string) []Operation {
	var out []Operation
	add := func(tags string, o Operation) {
		if !slices.ContainsFunc(j.Object.Get(tags).Array(), func(t gjson.Result) bool { return t.String() == tag }) {
			out = append(out, o)
		}
	}
	switch j.DataType {
	case onAlert:
		add("tags", AddTagToAlert(tag))
	case onCase:
		add("tags", AddTagToCase(tag))
	case onArtifact:
		add("tags", AddTagToArtifact(tag))
		add("case.tags", AddTagToCase(tag))
	case onTask:
		add("case.tags", AddTagToCase(tag))
	case onLog:
		add("case_task.case.tags", AddTagToCase(tag))
	}
	return out
}
