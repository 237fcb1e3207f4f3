package upstream

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func fields(body string) Fields { return (&Response{Body: []byte(body)}).Fields() }

func TestFieldsText(t *testing.T) {
	f := fields(`{"a":null,"b":"","c":{"x":"deep"},"d":["x"],"e":"text","n":12345678901,"t":true}`)
	for name, c := range map[string]struct {
		names []string
		want  string
	}{
		"text":                   {[]string{"e"}, "text"},
		"number":                 {[]string{"n"}, "12345678901"},
		"boolean":                {[]string{"t"}, "true"},
		"null":                   {[]string{"a"}, ""},
		"missing":                {[]string{"z"}, ""},
		"object":                 {[]string{"c"}, ""},
		"list":                   {[]string{"d"}, ""},
		"in an object":           {[]string{"c.x"}, "deep"},
		"first that is anything": {[]string{"z", "a", "b", "d", "e", "n"}, "text"},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, f.Text(c.names...)) })
	}
}

func TestFieldsNumber(t *testing.T) {
	f := fields(`{"a":null,"b":"","c":{"x":1},"n":7,"s":"8","z":0,"w":"many"}`)
	for name, c := range map[string]struct {
		names []string
		want  int64
	}{
		"number":                 {[]string{"n"}, 7},
		"as text":                {[]string{"s"}, 8},
		"null":                   {[]string{"a"}, 0},
		"empty":                  {[]string{"b"}, 0},
		"object":                 {[]string{"c"}, 0},
		"a word":                 {[]string{"w"}, 0},
		"first that is anything": {[]string{"none", "a", "z", "w", "s", "n"}, 8},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, f.Number(c.names...)) })
	}
}

func TestFieldsOfLists(t *testing.T) {
	f := fields(`{"tags":["a",null,"",5,["b"],"c"],"rows":[{"id":"1"},null,"x",{"id":2}],"tag":"a","map":{"a":"listed","b":null,"c":{}}}`)
	assert.Equal(t, []string{"a", "c"}, f.Texts("tags"))
	assert.Equal(t, []string{"a"}, f.Texts("tag"), "one text for a list")
	assert.Empty(t, f.Texts("map"))
	assert.Equal(t, []int64{5}, f.Numbers("tags"))
	assert.Equal(t, []int64{80, 443}, fields(`{"ports":["80",443,0,null,"x",{"a":1},[1]]}`).Numbers("ports"))
	assert.Empty(t, f.Numbers("map"))
	var ids []string
	for _, row := range f.List("rows") {
		ids = append(ids, row.Text("id"))
	}
	assert.Equal(t, []string{"1", "2"}, ids)
	assert.Empty(t, f.List("map"), "an object is no list")
	assert.Equal(t, map[string]string{"a": "listed"}, f.Map("map"))
	assert.Empty(t, f.Map("tags"), "a list is no map")
	assert.Empty(t, f.Map("none"))
}

func TestFieldsOfAnything(t *testing.T) {
	for name, body := range map[string]string{
		"nothing": "", "null": "null", "a list": "[1]", "a text": `"a"`, "HTML": "<html></html>", "half an object": `{"a":"b"`,
	} {
		t.Run(name, func(t *testing.T) {
			f := fields(body)
			assert.Empty(t, f.Text("a"))
			assert.Zero(t, f.Number("a"))
			assert.Empty(t, f.Texts("a"))
			assert.Empty(t, f.List("a"))
			assert.Empty(t, f.Map("a"))
		})
	}
}

func TestFieldsMembers(t *testing.T) {
	f := fields(`{"by":{"a":{"v":"1"},"b":[{"v":"2"},null,{"v":"3"}],"c":null,"d":"x","e.f":{"v":"4"}},"list":[{"v":"5"}],"text":"x"}`)
	var got []string
	for name, one := range f.Members("by") {
		got = append(got, name+one.Text("v"))
	}
	assert.Equal(t, []string{"a1", "b2", "b3", "e.f4"}, got)
	for _, name := range []string{"list", "text", "none"} {
		for range f.Members(name) {
			t.Errorf("%s is no object of objects", name)
		}
	}
	for range f.Members("by") {
		break // and no more is asked
	}
}
