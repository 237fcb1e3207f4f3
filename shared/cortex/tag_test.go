package cortex

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/tidwall/gjson"
)

func TestAddTag(t *testing.T) {
	both := []Operation{AddTagToArtifact("seen"), AddTagToCase("seen")}
	for name, c := range map[string]struct {
		dataType, object string
		want             []Operation
	}{
		"case":                   {onCase, `{"tags":["a"]}`, []Operation{AddTagToCase("seen")}},
		"case, tagged":           {onCase, `{"tags":["a","seen"]}`, nil},
		"alert":                  {onAlert, `{"tags":[]}`, []Operation{AddTagToAlert("seen")}},
		"alert, tagged":          {onAlert, `{"tags":["seen"]}`, nil},
		"observable":             {onArtifact, `{"tags":[],"case":{"tags":[]}}`, both},
		"observable, tagged":     {onArtifact, `{"tags":["seen"],"case":{"tags":["b"]}}`, both[1:]},
		"observable, case too":   {onArtifact, `{"tags":["seen"],"case":{"tags":["seen"]}}`, nil},
		"observable, no tags":    {onArtifact, `{}`, both},
		"task":                   {onTask, `{"case":{"tags":[]}}`, both[1:]},
		"log of a task":          {onLog, `{"case_task":{"case":{"tags":[]}}}`, both[1:]},
		"log, case tagged":       {onLog, `{"case_task":{"case":{"tags":["seen"]}}}`, nil},
		"tags that are no texts": {onCase, `{"tags":{"seen":1}}`, both[1:]},
	} {
		t.Run(name, func(t *testing.T) {
			job := &Job{DataType: c.dataType, Object: gjson.Parse(c.object)}
			assert.Equal(t, c.want, job.AddTag("seen"))
		})
	}
}
