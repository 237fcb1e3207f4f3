package cortex

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOperationJSON(t *testing.T) {
	for name, c := range map[string]struct {
		operation Operation
		want      string
	}{
		"tag a case":      {AddTagToCase("a"), `{"type":"AddTagToCase","tag":"a"}`},
		"tag an artifact": {AddTagToArtifact("a"), `{"type":"AddTagToArtifact","tag":"a"}`},
		"tag an alert":    {AddTagToAlert("a"), `{"type":"AddTagToAlert","tag":"a"}`},
		"custom field":    {AddCustomField("f", "integer", 5), `{"type":"AddCustomFields","name":"f","tpe":"integer","value":5}`},
	} {
		t.Run(name, func(t *testing.T) {
			raw, err := json.Marshal(c.operation)
			require.NoError(t, err)
			assert.JSONEq(t, c.want, string(raw))
		})
	}
}

func TestOperationWhere(t *testing.T) {
	operations := map[string]Operation{
		"AddTagToCase": AddTagToCase("a"), "AddCustomFields": AddCustomField("f", "string", "v"),
		"AddTagToArtifact": AddTagToArtifact("a"), "AddTagToAlert": AddTagToAlert("a"),
	}
	inCase := []string{"AddTagToCase", "AddCustomFields"}
	for dataType, works := range map[string][]string{
		"thehive:alert":         {"AddTagToAlert"},
		"thehive:case":          inCase,
		"thehive:case_task":     inCase,
		"thehive:case_artifact": append([]string{"AddTagToArtifact"}, inCase...),
		"thehive:case_task_log": inCase,
	} {
		for name, operation := range operations {
			t.Run(dataType+"/"+name, func(t *testing.T) {
				err := operation.check(Responder, dataType)
				assert.Equal(t, contains(works, name), err == nil, "%v", err)
			})
		}
	}
	assert.NoError(t, AddTagToArtifact("a").check(Analyzer, "ip"), "an analyzer's object is an observable")
	assert.ErrorContains(t, AddTagToAlert("a").check(Analyzer, "ip"), "AddTagToAlert does not work on")
}

func contains(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}

func TestOperationRefused(t *testing.T) {
	for name, c := range map[string]struct {
		operation Operation
		says      string
	}{
		"no tag":              {AddTagToCase(""), "AddTagToCase lacks its tag"},
		"blank tag":           {AddTagToCase(" "), "AddTagToCase lacks its tag"},
		"field of no type":    {AddCustomField("f", "", 1), "AddCustomFields lacks its tpe"},
		"field of other type": {AddCustomField("f", "text", 1), `tpe "text"`},
		"field without value": {AddCustomField("f", "string", nil), "AddCustomFields lacks its value"},
		"field with a list":   {AddCustomField("f", "string", []string{"a"}), "a value of type []string"},
	} {
		t.Run(name, func(t *testing.T) {
			require.ErrorContains(t, c.operation.check(Responder, "thehive:case"), c.says)
		})
	}
}
