package cortex

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func definition(change func(*Definition)) Definition {
	d := Definition{Name: "Waggle_URLhaus", Version: "1.0", Description: "Looks things up.", DataTypes: []string{"url", "domain"}}
	change(&d)
	return d
}

func nothing(context.Context, *Job, struct{}) (Report, error) { return Report{}, nil }

func TestDefinition(t *testing.T) {
	w := NewAnalyzer(definition(func(*Definition) {}), nothing)
	require.NoError(t, w.Validate())
	assert.Equal(t, "Waggle_URLhaus_1_0", w.ID())
	assert.Equal(t, "urlhaus", w.Command())
	assert.Equal(t, "ghcr.io/waggle-cti/waggle-urlhaus:1.0", w.Image("", ""))
	assert.Equal(t, "registry.example.com/a/waggle-urlhaus:edge", w.Image("registry.example.com/a", "edge"))
	assert.Equal(t, []string{DefaultAuthor, DefaultURL, DefaultLicense}, []string{w.Author, w.URL, w.License})
	assert.Equal(t, []int{2, 2}, []int{*w.MaxTLP, *w.MaxPAP})
	assert.True(t, w.Accepts("url"))
	assert.False(t, w.Accepts("ip"))
}

func TestDefinitionRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Definition)
		says   string
	}{
		"name of another bundle": {func(d *Definition) { d.Name = "URLhaus" }, `name "URLhaus"`},
		"name of nothing":        {func(d *Definition) { d.Name = "Waggle_" }, `name "Waggle_"`},
		"name with a space":      {func(d *Definition) { d.Name = "Waggle_URL haus" }, "letters and digits"},
		"version of words":       {func(d *Definition) { d.Version = "one" }, `version "one"`},
		"version of one number":  {func(d *Definition) { d.Version = "1" }, `version "1"`},
		"version with a gap":     {func(d *Definition) { d.Version = "1..0" }, `version "1..0"`},
		"no description":         {func(d *Definition) { d.Description = " " }, "description is missing"},
		"no data type":           {func(d *Definition) { d.DataTypes = nil }, "no data type"},
		"data type of responder": {func(d *Definition) { d.DataTypes = []string{"thehive:case"} }, `data type "thehive:case"`},
		"data type with a space": {func(d *Definition) { d.DataTypes = []string{"ip "} }, `data type "ip "`},
		"TLP beyond":             {func(d *Definition) { d.MaxTLP = new(5) }, "MaxTLP 5"},
		"PAP beyond":             {func(d *Definition) { d.MaxPAP = new(4) }, "MaxPAP 4"},
		"file of less than none": {func(d *Definition) { d.MaxFile = -1 }, "MaxFile -1"},
		"by hand, no reason":     {func(d *Definition) { d.ByHand = ByHand{DataTypes: []string{"url"}} }, "and the reason"},
		"by hand, no data type":  {func(d *Definition) { d.ByHand = ByHand{Why: "it is slow"} }, "data types and"},
		"by hand, another type":  {func(d *Definition) { d.ByHand = ByHand{DataTypes: []string{"ip"}, Why: "it is slow"} }, `takes no data type "ip"`},
		"template with a script": {func(d *Definition) { d.LongTemplate = "<p><script>x</script>" }, "<script> is not allowed"},
	} {
		t.Run(name, func(t *testing.T) {
			require.ErrorContains(t, NewAnalyzer(definition(c.change), nothing).Validate(), c.says)
		})
	}
	require.ErrorContains(t, NewResponder(definition(func(*Definition) {}), nothing).Validate(), "a responder's begin with thehive:")
	require.ErrorContains(t, NewResponder(definition(func(d *Definition) { d.LongTemplate = "<p>x</p>" }), nothing).Validate(), "TheHive shows none for responders")
}

func TestTemplate(t *testing.T) {
	for name, text := range map[string]string{
		"values bound":      `<div class="panel" ng-if="success"><a ng-href="{{content.link}}" rel="noopener">{{artifact.data | fang}}</a></div>`,
		"image in the text": `<img src="data:image/png;base64,AAAA">`,
		"link for people":   `<a href="https://urlhaus.abuse.ch/" target="_blank">URLhaus</a>`,
		"own style":         `<style>.a { color: red }</style><p style="color: red" ng-class="{'a': content.b}">on{{content.onload}}</p>`,
		"nothing":           "",
	} {
		t.Run(name, func(t *testing.T) { assert.NoError(t, checkTemplate(text)) })
	}
	for name, text := range map[string]string{
		"script":            `<SCRIPT>alert(1)</SCRIPT>`,
		"handler":           `<p onclick="x()">`,
		"handler of image":  `<img src="data:image/png;base64,AAAA" OnError=x>`,
		"raw HTML":          `<p ng-bind-html="content.html">`,
		"raw HTML, spelled": `<p data-ng-bind-html="content.html">`,
		"include":           `<div ng-include="'x.html'">`,
		"image elsewhere":   `<img src="https://cdn.example.com/a.png">`,
		"image bound":       `<img ng-src="{{content.image}}">`,
		"stylesheet":        `<link rel="stylesheet" href="a.css">`,
		"frame":             `<iframe srcdoc="x">`,
		"style elsewhere":   `<p style="background: URL(https://example.com/a)">`,
		"script in a link":  `<a href=" JavaScript:x()">`,
		"form":              `<form action="https://example.com">`,
		"more than ASCII":   `<p>{{content.start}} – {{content.end}}</p>`,
	} {
		t.Run(name, func(t *testing.T) { assert.Error(t, checkTemplate(text)) })
	}
}
