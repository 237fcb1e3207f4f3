package cortextest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestFaults(t *testing.T) {
	full := func(rest string) string {
		members := map[string]string{"summary": `{"taxonomies":[]}`, "artifacts": "[]", "operations": "[]"}
		for name, value := range members {
			if !strings.Contains(rest, `"`+name+`":`) {
				rest += `,"` + name + `":` + value
			}
		}
		return `{"success":true,"full":{}` + rest + `}`
	}
	artifact := func(a string) string { return full(`,"artifacts":[` + a + `]`) }
	operation := func(o string) string { return full(`,"operations":[` + o + `]`) }
	taxonomy := func(x string) string { return full(`,"summary":{"taxonomies":[` + x + `]}`) }

	for name, report := range map[string]string{
		"success":    full(""),
		"taxonomy":   taxonomy(`{"level":"info","namespace":"N","predicate":"P","value":"x"},{"level":"safe","namespace":"N","predicate":"P","value":3}`),
		"artifact":   artifact(`{"dataType":"ip","data":"192.0.2.1","message":"m","tags":["a"],"tlp":0}`),
		"file":       artifact(`{"dataType":"file","file":"a","filename":"b","contentType":"c"}`),
		"operation":  operation(`{"type":"AddTagToCase","tag":"a"},{"type":"CloseTask"}`),
		"failure":    `{"success":false,"errorMessage":"no"}`,
		"with input": `{"success":false,"errorMessage":"no","input":{"a":1}}`,
	} {
		t.Run("taken/"+name, func(t *testing.T) { assert.Empty(t, Faults([]byte(report))) })
	}
	for name, report := range map[string]string{
		"nothing":                  "",
		"no UTF-8":                 "{\"success\":false,\"errorMessage\":\"\xff\"}",
		"no JSON":                  `{"success":false`,
		"a list":                   `[]`,
		"success a string":         `{"success":"true","full":{}}`,
		"success missing":          `{"full":{}}`,
		"failure without message":  `{"success":false}`,
		"failure of blank message": `{"success":false,"errorMessage":" "}`,
		"failure with more":        `{"success":false,"errorMessage":"no","full":{}}`,
		"no full":                  strings.Replace(full(""), `"full":{},`, "", 1),
		"full a list":              strings.Replace(full(""), `"full":{}`, `"full":[]`, 1),
		"full null":                strings.Replace(full(""), `"full":{}`, `"full":null`, 1),
		"an unknown key":           full(`,"data":1`),
		"text too long":            strings.Replace(full(""), `{}`, `{"a":"`+strings.Repeat("a", 20_000_001)+`"}`, 1),
		"full too long":            strings.Replace(full(""), `{}`, `{"a":"`+strings.Repeat("a", 10_000_000)+`","b":"`+strings.Repeat("a", 10_000_000)+`"}`, 1),
		"number too long":          strings.Replace(full(""), `{}`, `{"a":1`+strings.Repeat("0", 300)+`}`, 1),
		"nesting":                  strings.Replace(full(""), `{}`, `{"a":`+strings.Repeat("[", 1000)+strings.Repeat("]", 1000)+`}`, 1),
		"taxonomies missing":       full(`,"summary":{}`),
		"level unknown":            taxonomy(`{"level":"high","namespace":"N","predicate":"P","value":"x"}`),
		"namespace missing":        taxonomy(`{"level":"info","predicate":"P","value":"x"}`),
		"value a list":             taxonomy(`{"level":"info","namespace":"N","predicate":"P","value":["x"]}`),
		"taxonomy with more":       taxonomy(`{"level":"info","namespace":"N","predicate":"P","value":"x","color":1}`),
		"artifacts an object":      full(`,"artifacts":{}`),
		"artifact a text":          artifact(`"192.0.2.1"`),
		"artifact without type":    artifact(`{"data":"a"}`),
		"artifact without data":    artifact(`{"dataType":"ip"}`),
		"artifact of empty data":   artifact(`{"dataType":"ip","data":""}`),
		"artifact of number":       artifact(`{"dataType":"ip","data":5}`),
		"artifact with ioc":        artifact(`{"dataType":"ip","data":"a","ioc":true}`),
		"artifact with pap":        artifact(`{"dataType":"ip","data":"a","pap":1}`),
		"artifact of tlp 4":        artifact(`{"dataType":"ip","data":"a","tlp":4}`),
		"artifact of tlp 1.5":      artifact(`{"dataType":"ip","data":"a","tlp":1.5}`),
		"artifact with number tag": artifact(`{"dataType":"ip","data":"a","tags":[1]}`),
		"artifact, ip with a file": artifact(`{"dataType":"ip","data":"a","file":"f"}`),
		"file without filename":    artifact(`{"dataType":"file","file":"a"}`),
		"file with a path":         artifact(`{"dataType":"file","file":"../a","filename":"a"}`),
		"file with data":           artifact(`{"dataType":"file","file":"a","filename":"a","data":"x"}`),
		"operation unknown":        operation(`{"type":"AddTag","tag":"a"}`),
		"operation without type":   operation(`{"tag":"a"}`),
		"operation incomplete":     operation(`{"type":"CreateTask","title":"t"}`),
		"operation of null":        operation(`{"type":"AddCustomFields","name":"n","tpe":"string","value":null}`),
	} {
		t.Run("refused/"+name, func(t *testing.T) { assert.NotEmpty(t, Faults([]byte(report))) })
	}
}

func TestTooLong(t *testing.T) {
	assert.False(t, tooLong(strings.Repeat("ä", 10_000_001)), "bytes don't count")
	assert.True(t, tooLong(strings.Repeat("😀", 10_000_001)), "two units each")
}
