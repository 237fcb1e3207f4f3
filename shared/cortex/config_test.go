package cortex

import (
	"context"
	"encoding/json"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type sharedKey struct {
	Key string `cortex:"key" required:"true" secret:"true" description:"the key"`
}

type everyType struct {
	sharedKey
	Name  string   `cortex:"name" default:"none" description:"a string"`
	Note  string   `cortex:"note" text:"true" description:"a text"`
	Age   int      `cortex:"age" default:"30" description:"a whole number"`
	Big   int64    `cortex:"big" description:"a large number"`
	Ratio float64  `cortex:"ratio" default:"0.5" description:"a number"`
	On    bool     `cortex:"on" default:"true" description:"a boolean"`
	Lists []string `cortex:"lists" default:"a, b" description:"several strings"`
	Ports []int    `cortex:"ports" description:"several numbers"`
	Mode  string   `cortex:"mode" default:"fast" oneof:"fast,slow" description:"one of two strings"`
	Modes []string `cortex:"modes" oneof:"fast,slow" description:"any of two strings"`
}

func TestItems(t *testing.T) {
	fields, err := fieldsOf(reflect.TypeFor[everyType]())
	require.NoError(t, err)
	require.NoError(t, validateItems(fields))
	var items []Item
	for _, f := range fields {
		items = append(items, f.Item)
	}
	assert.Equal(t, []Item{
		{Name: "key", Description: "the key", Type: String, Required: true, Secret: true},
		{Name: "name", Description: "a string", Type: String, DefaultValue: "none"},
		{Name: "note", Description: "a text", Type: Text},
		{Name: "age", Description: "a whole number", Type: Number, DefaultValue: 30},
		{Name: "big", Description: "a large number", Type: Number},
		{Name: "ratio", Description: "a number", Type: Number, DefaultValue: 0.5},
		{Name: "on", Description: "a boolean", Type: Boolean, DefaultValue: true},
		{Name: "lists", Description: "several strings", Type: String, Multi: true, DefaultValue: []string{"a", "b"}},
		{Name: "ports", Description: "several numbers", Type: Number, Multi: true},
		{Name: "mode", Description: "one of two strings", Type: String, DefaultValue: "fast", OneOf: []string{"fast", "slow"}},
		{Name: "modes", Description: "any of two strings", Type: String, Multi: true, OneOf: []string{"fast", "slow"}},
	}, items)
}

func TestItemsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		config any
		says   string
	}{
		"no struct": {5, "int is not a struct"},
		"no tag":    {struct{ A string }{}, "field A"},
		"type Cortex lacks": {struct {
			A map[string]string `cortex:"a" description:"a"`
		}{}, "type map"},
		"no description": {struct {
			A string `cortex:"a"`
		}{}, "item a has no description"},
		"item of Cortex": {struct {
			A int `cortex:"max_tlp" description:"a"`
		}{}, "item max_tlp stands twice, or"},
		"same item twice": {struct {
			A, B int `cortex:"a" description:"a"`
		}{}, "item a stands twice"},
		"secret by no name": {struct {
			A string `cortex:"login" secret:"true" description:"a"`
		}{}, "its name must say"},
		"secret with default": {struct {
			A string `cortex:"a_key" secret:"true" default:"x" description:"a"`
		}{}, "has a default"},
		"default not offered": {struct {
			A string `cortex:"a" default:"x" oneof:"y,z" description:"a"`
		}{}, "default: must be one of y, z"},
		"numbers to choose from": {struct {
			A int `cortex:"a" oneof:"1,2" description:"a"`
		}{}, "which only a string may have"},
		"default of wrong type": {struct {
			A int `cortex:"a" default:"x" description:"a"`
		}{}, "default: must be a whole number"},
	} {
		t.Run(name, func(t *testing.T) {
			fields, err := fieldsOf(reflect.TypeOf(c.config))
			if err == nil {
				err = validateItems(fields)
			}
			require.ErrorContains(t, err, c.says)
		})
	}
}

func TestDecode(t *testing.T) {
	base := everyType{sharedKey: sharedKey{Key: "k"}, Name: "none", Age: 30, Ratio: 0.5, On: true, Lists: []string{"a", "b"}, Mode: "fast"}
	for name, c := range map[string]struct {
		config string
		change func(*everyType)
	}{
		"unset as Cortex sends it": {`{"key":"k","name":null,"note":null,"age":null,"ratio":null,"on":null,"lists":[],"ports":[]}`, func(*everyType) {}},
		"missing":                  {`{"key":"k"}`, func(*everyType) {}},
		"blank":                    {`{"key":"k","name":" ","age":"","lists":["",""]}`, func(*everyType) {}},
		"white space around a key": {`{"key":" k\n"}`, func(*everyType) {}},
		"white space in a text":    {`{"key":"k","note":" a\n"}`, func(e *everyType) { e.Note = " a\n" }},
		"as they should be": {`{"key":"k","name":"x","age":7,"big":9007199254740993,"ratio":1.5,"on":false,"lists":["x"],"ports":[1,2]}`, func(e *everyType) {
			e.Name, e.Age, e.Big, e.Ratio, e.On, e.Lists, e.Ports = "x", 7, 9007199254740993, 1.5, false, []string{"x"}, []int{1, 2}
		}},
		"numbers as strings":        {`{"key":"k","age":"7","ratio":"1e3","ports":["1"]}`, func(e *everyType) { e.Age, e.Ratio, e.Ports = 7, 1000, []int{1} }},
		"whole number with a point": {`{"key":"k","age":7.0,"big":"5e3"}`, func(e *everyType) { e.Age, e.Big = 7, 5000 }},
		"booleans as strings":       {`{"key":"k","on":"False"}`, func(e *everyType) { e.On = false }},
		"string as number":          {`{"key":12345,"name":0}`, func(e *everyType) { e.Key, e.Name = "12345", "0" }},
		"one where several may be":  {`{"key":"k","lists":"x","ports":3}`, func(e *everyType) { e.Lists, e.Ports = []string{"x"}, []int{3} }},
		"values that are offered":   {`{"key":"k","mode":" slow","modes":["slow","fast"]}`, func(e *everyType) { e.Mode, e.Modes = "slow", []string{"slow", "fast"} }},
		"blanks among several":      {`{"key":"k","lists":["x",null,""]}`, func(e *everyType) { e.Lists = []string{"x"} }},
	} {
		t.Run(name, func(t *testing.T) {
			want := base
			c.change(&want)
			got, err := decoded(t, c.config)
			require.NoError(t, err)
			assert.Equal(t, want, got)
		})
	}
}

func TestDecodeRefused(t *testing.T) {
	for name, c := range map[string]struct{ config, says string }{
		"required and missing": {`{}`, "key is not set (the key)"},
		"required and null":    {`{"key":null}`, "key is not set"},
		"object for a string":  {`{"key":{"a":1}}`, "key must be a string, not an object"},
		"boolean for a string": {`{"key":"k","name":true}`, "name must be a string, not a boolean"},
		"fraction":             {`{"key":"k","age":1.5}`, "age must be a whole number"},
		"word for a number":    {`{"key":"k","ratio":"NaN"}`, "ratio must be a number"},
		"boolean for a number": {`{"key":"k","age":true}`, "age must be a number, not a boolean"},
		"number for a boolean": {`{"key":"k","on":1}`, "on must be a boolean, not a number"},
		"word for a boolean":   {`{"key":"k","on":"yes"}`, "on must be true or false"},
		"too large":            {`{"key":"k","age":1e300}`, "age must be a whole number"},
		"one of several":       {`{"key":"k","ports":[1,"x"]}`, "ports must be a whole number"},
		"value not offered":    {`{"key":"k","mode":"Slow"}`, "mode must be one of fast, slow"},
		"one not offered":      {`{"key":"k","modes":["slow","none"]}`, "modes must be one of fast, slow"},
		"all at once":          {`{"age":"x","on":7}`, "key is not set (the key); age must be a whole number; on must be a boolean"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := decoded(t, c.config)
			require.ErrorContains(t, err, c.says)
		})
	}
}

func decoded(t *testing.T, config string) (everyType, error) {
	t.Helper()
	fields, err := fieldsOf(reflect.TypeFor[everyType]())
	require.NoError(t, err)
	var raw map[string]json.RawMessage
	require.NoError(t, json.Unmarshal([]byte(config), &raw))
	var e everyType
	err = decode(reflect.ValueOf(&e).Elem(), fields, raw)
	return e, err
}

func TestStandardConfig(t *testing.T) {
	w := NewAnalyzer(Definition{Name: "Waggle_Test", MaxTLP: new(4)}, func(context.Context, *Job, struct{}) (Report, error) { return Report{}, nil })
	for name, c := range map[string]struct {
		config string
		want   standard
		says   string
	}{
		"unset": {config: `{"check_tlp":null,"max_tlp":null,"proxy_http":null,"jobTimeout":null}`,
			want: standard{CheckTLP: true, MaxTLP: 4, CheckPAP: true, MaxPAP: 2, JobTimeout: 30}},
		"set": {config: `{"check_tlp":false,"max_tlp":3,"check_pap":false,"max_pap":3,"jobTimeout":5,"auto_extract_artifacts":true,"jobCache":10}`,
			want: standard{MaxTLP: 3, MaxPAP: 3, JobTimeout: 5, AutoExtract: true}},
		"proxies by name": {config: `{"proxy_http":"http://a:1","proxy_https":"http://b:2"}`,
			want: standard{CheckTLP: true, MaxTLP: 4, CheckPAP: true, MaxPAP: 2, JobTimeout: 30, ProxyHTTP: "http://a:1", ProxyHTTPS: "http://b:2"}},
		"proxies as an object": {config: `{"proxy":{"http":"http://a:1","https":"http://b:2"}}`,
			want: standard{CheckTLP: true, MaxTLP: 4, CheckPAP: true, MaxPAP: 2, JobTimeout: 30, ProxyHTTP: "http://a:1", ProxyHTTPS: "http://b:2"}},
		"proxy of wrong type":     {config: `{"proxy":{"http":5}}`, says: "proxy must be an object whose http and https are strings"},
		"max_pap beyond":          {config: `{"max_pap":4}`, says: "max_pap is 4 and must be 0 (CLEAR) to 3 (RED)"},
		"check_tlp of wrong type": {config: `{"check_tlp":"no"}`, says: "check_tlp must be true or false"},
	} {
		t.Run(name, func(t *testing.T) {
			var raw map[string]json.RawMessage
			require.NoError(t, json.Unmarshal([]byte(c.config), &raw))
			got, err := w.standardConfig(raw)
			if c.says != "" {
				require.ErrorContains(t, err, c.says)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, c.want, got)
		})
	}
}

func TestLimit(t *testing.T) {
	for name, c := range map[string]struct {
		minutes        float64
		timeout, limit string
	}{
		"unset is Cortex' default": {0, "30m0s", "29m45s"},
		"negative":                 {-5, "30m0s", "29m45s"},
		"one minute":               {1, "1m0s", "54s"},
		"two minutes and a half":   {2.5, "2m30s", "2m15s"},
		"an hour":                  {60, "1h0m0s", "59m45s"},
		"for ever":                 {1e300, "24h0m0s", "23h59m45s"},
	} {
		t.Run(name, func(t *testing.T) {
			s := standard{JobTimeout: c.minutes}
			assert.Equal(t, c.timeout, s.timeout().String())
			assert.Equal(t, c.limit, s.limit().String())
		})
	}
}
