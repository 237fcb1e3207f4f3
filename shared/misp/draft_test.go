package misp_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/misp"
	"github.com/waggle-cti/waggle/shared/misp/misptest"
)

func draft(observables ...misp.Observable) misp.Draft {
	return misp.Draft{
		UUID: loader().UUID, Title: " Loader ", Description: "**Loader**", Date: time.Date(2026, 11, 20, 7, 1, 2, 0, time.UTC), Severity: 3,
		Analysis: misp.Ongoing, TLP: "green", PAP: "amber", Observables: observables, Page: "https://thehive.example.com/cases/~1/details",
		Posts: []misp.Post{{Title: "Loader seen", URL: "https://blog.example.org/loader"}},
		Tags: []string{"waggle", "waggle:source=blog", "tlp:red", "misp:event=x", "misp:extends=ea32bb0c-9d0b-4ec7-b29c-35d81de00d60",
			`admiralty-scale:source-reliability="b"`, "phishing", "op:case"},
	}
}

func policy() misp.Policy {
	return misp.Policy{Sharing: misp.Sharing{"green": {Distribution: misp.CommunityOnly}}, Tags: []string{"type:osint"}, RecordTags: misp.TagsTaxonomy,
		ToIDS: misp.DetectIOCs, Objects: misp.ObjectsFiles, Verdicts: misp.AsComment, Report: true, Posts: true, Publish: true}
}

func TestDraftEvent(t *testing.T) {
	e := draft().Event(policy())
	assert.Equal(t, "Loader", e.Info)
	assert.Equal(t, time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC), e.Date)
	assert.Equal(t, misp.High, e.ThreatLevel)
	assert.Equal(t, misp.Ongoing, e.Analysis)
	assert.Equal(t, misp.CommunityOnly, e.Distribution)
	assert.Equal(t, "ea32bb0c-9d0b-4ec7-b29c-35d81de00d60", e.Extends)
	assert.True(t, e.Published)
	assert.Equal(t, []string{"tlp:green", "PAP:AMBER", "type:osint", `admiralty-scale:source-reliability="b"`}, e.Tags)
	assert.Equal(t, "**Loader**", e.Reports[0].Content)
	require.Len(t, e.Attributes, 2)
	assert.True(t, e.Attributes[0].Private, "the case's address is for the organisation only")
	assert.Equal(t, "Internal reference", e.Attributes[0].Category)
	assert.Equal(t, misp.Attribute{Type: "link", Category: "External analysis", Value: "https://blog.example.org/loader", Comment: "Loader seen"}, e.Attributes[1])

	p := policy()
	p.RecordTags = misp.TagsEveryKind
	assert.Equal(t, []string{"tlp:green", "PAP:AMBER", "type:osint", `admiralty-scale:source-reliability="b"`, "phishing", "op:case"}, draft().Event(p).Tags)
	p.Objects = misp.ObjectsAll
	post := draft().Event(p).Objects[0]
	assert.Equal(t, []string{"report", "link link https://blog.example.org/loader", "title text Loader seen"}, told(post))

	nothing := misp.Draft{UUID: loader().UUID, Title: "Loader", TLP: "red", PAP: "red", Tags: draft().Tags, Posts: draft().Posts}.Event(misp.Policy{})
	assert.Empty(t, nothing.Attributes)
	assert.Empty(t, nothing.Reports)
	assert.Equal(t, misp.OrganisationOnly, nothing.Distribution)
	assert.Equal(t, []string{"tlp:red", "PAP:RED"}, nothing.Tags)
}

// told is an object in words: its name, and its attributes' roles, types and
// values, those for detection marked.
func told(o misp.Object) []string {
	out := []string{o.Name}
	for _, a := range o.Attributes {
		out = append(out, a.Relation+" "+saying(a))
	}
	return out
}

func saying(a misp.Attribute) string {
	text := a.Type + " " + a.Value
	if a.ToIDS {
		text += " !"
	}
	return text
}

func TestDraftObservables(t *testing.T) {
	sha256, md5 := strings.Repeat("0a", 32), strings.Repeat("0c", 16)
	for name, c := range map[string]struct {
		in         misp.Observable
		attributes map[string][]string // by Policy.Objects, with what objects hold
	}{
		"address": {misp.Observable{DataType: "ip", Data: "203.0.113.7", IOC: true},
			map[string][]string{"files": {"ip-dst 203.0.113.7 !"}, "all": {"ip-port", "ip-dst ip-dst 203.0.113.7 !"}}},
		"address and port, by tag": {misp.Observable{DataType: "ip", Data: "203.0.113.7", Tags: []string{"waggle:port=8443"}, IOC: true},
			map[string][]string{"files": {"ip-dst|port 203.0.113.7|8443 !"}, "all": {"ip-port", "ip-dst ip-dst 203.0.113.7 !", "dst-port port 8443"}}},
		"address and port, as one value": {misp.Observable{DataType: "ip", Data: "203.0.113.7:8443"},
			map[string][]string{"files": {"ip-dst|port 203.0.113.7|8443"}}},
		"other: address and port": {misp.Observable{DataType: "other", Data: "203.0.113.7:8443"},
			map[string][]string{"files": {"ip-dst|port 203.0.113.7|8443"}}},
		"host and address": {misp.Observable{DataType: "domain", Data: "bad-host.net", Tags: []string{"waggle:with=203.0.113.7"}, IOC: true},
			map[string][]string{"files": {"domain|ip bad-host.net|203.0.113.7 !"}, "all": {"domain-ip", "domain domain bad-host.net !", "ip ip-dst 203.0.113.7 !"}}},
		"host": {misp.Observable{DataType: "fqdn", Data: "www.bad-host.net"},
			map[string][]string{"files": {"hostname www.bad-host.net"}, "all": {"domain-ip", "hostname hostname www.bad-host.net"}}},
		"digest and name": {misp.Observable{DataType: "hash", Data: md5, Tags: []string{"waggle:with=a.exe"}, IOC: true},
			map[string][]string{"files": {"filename|md5 a.exe|" + md5 + " !"}}},
		"address of a page": {misp.Observable{DataType: "url", Data: "http://www.bad-host.net:8080/a", IOC: true}, map[string][]string{
			"files": {"url http://www.bad-host.net:8080/a !"},
			"all":   {"url", "url url http://www.bad-host.net:8080/a !", "host hostname www.bad-host.net", "port port 8080"}}},
		"vulnerability": {misp.Observable{DataType: "other", Data: "CVE-2026-0001", IOC: true},
			map[string][]string{"files": {"vulnerability CVE-2026-0001"}, "all": {"vulnerability", "id vulnerability CVE-2026-0001"}}},
		"vulnerability that is no CVE": {misp.Observable{DataType: "other", Data: "GHSA-2345-cfgh-jmpq"},
			map[string][]string{"files": {"text GHSA-2345-cfgh-jmpq"}, "all": {"text GHSA-2345-cfgh-jmpq"}}},
		"weakness": {misp.Observable{DataType: "other", Data: "CWE-79", IOC: true},
			map[string][]string{"files": {"weakness CWE-79"}, "all": {"weakness", "id weakness CWE-79"}}},
		"technique": {misp.Observable{DataType: "other", Data: "T1059.001"},
			map[string][]string{"none": {"text T1059.001"}, "files": {"attack-pattern", "id text T1059.001"}, "all": {"attack-pattern", "id text T1059.001"}}},
		"not what it says": {misp.Observable{DataType: "ip", Data: "not an address"},
			map[string][]string{"files": {"ip-dst not an address"}, "all": {"ip-dst not an address"}}},
		"file": {misp.Observable{DataType: "file", File: &misp.File{Name: "a|b.exe", Hashes: []string{sha256, md5, "x"}}, IOC: true}, map[string][]string{
			"none":  {"filename|sha256 a_b.exe|" + sha256 + " !", "filename|md5 a_b.exe|" + md5 + " !"},
			"files": {"file", "sha256 sha256 " + sha256 + " !", "md5 md5 " + md5 + " !", "filename filename a|b.exe"}}},
	} {
		for objects, want := range c.attributes {
			t.Run(name+", objects: "+objects, func(t *testing.T) {
				p := policy()
				p.Objects = objects
				d := draft(c.in)
				d.Page, d.Posts = "", nil
				e := d.Event(p)
				var got []string
				for _, o := range e.Objects {
					got = append(got, told(o)...)
				}
				for _, a := range e.Attributes {
					got = append(got, saying(a))
				}
				assert.Equal(t, want, got)
			})
		}
	}
}

// TestDraftKeepsEveryKind holds that a value leaves as what it was read as, though
// TheHive has a data type for few kinds, and an import hash looks like an MD5.
func TestDraftKeepsEveryKind(t *testing.T) {
	for _, kind := range ioc.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			value, _ := kind.Example()
			typ, category := kind.MISP(value)
			if kind == ioc.GHSA || kind == ioc.EUVD {
				typ = "text" // MISP takes CVEs only
			}
			for _, dataType := range []string{kind.TheHive(value), "other"} { // a TheHive without the type makes it other
				d := draft(misp.Observable{DataType: dataType, Data: value, Tags: []string{"waggle", ioc.KindTag(kind)}})
				d.Page, d.Posts = "", nil
				p := policy()
				p.Objects = misp.ObjectsNone
				attributes := d.Event(p).Attributes
				require.Len(t, attributes, 1)
				assert.Equal(t, []string{typ, category, value}, []string{attributes[0].Type, attributes[0].Category, attributes[0].Value})
			}
		})
	}
}

func TestDraftVerdicts(t *testing.T) {
	o := misp.Observable{DataType: "ip", Data: "203.0.113.7", Message: "seen", Tags: []string{"waggle", "waggle:type=ip", "c2", "autoImport:true"},
		Findings: []misp.Finding{{"suspicious", `A:Seen="2"`}, {"info", `B:Country="XX"`}}}
	judged := o
	judged.Tags = append(judged.Tags, "waggle:verdict=malicious")
	for name, c := range map[string]struct {
		in       misp.Observable
		verdicts string
		comment  string
		tags     []string
	}{
		"in the comment":        {o, misp.AsComment, "seen\nVerdict: suspicious\nA:Seen=\"2\" (suspicious), B:Country=\"XX\" (info)", []string{"c2"}},
		"the feeder's judgment": {judged, misp.AsComment, "seen\nVerdict: malicious\nA:Seen=\"2\" (suspicious), B:Country=\"XX\" (info)", []string{"c2"}},
		"as a tag":              {judged, misp.AsTag, "seen", []string{"c2", `waggle:verdict="malicious"`}},
		"not at all":            {judged, "none", "seen", []string{"c2"}},
		"none there":            {misp.Observable{DataType: "ip", Data: "203.0.113.7"}, misp.AsTag, "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			p := policy()
			p.Verdicts = c.verdicts
			d := draft(c.in)
			d.Page, d.Posts = "", nil
			a := d.Event(p).Attributes[0]
			assert.Equal(t, c.comment, a.Comment)
			assert.Equal(t, c.tags, a.Tags)
		})
	}
}

func TestDraftHeedsWarninglists(t *testing.T) {
	server := misptest.Start(t, misptest.Options{Warninglists: []misptest.Warninglist{onList("Resolvers", "192.0.2.53"), onList("Empty files", strings.Repeat("0c", 16))}})
	d := draft(
		misp.Observable{DataType: "ip", Data: "192.0.2.53", Message: "seen", IOC: true},
		misp.Observable{DataType: "ip", Data: "192.0.2.53", Tags: []string{"waggle:port=53"}, IOC: true},
		misp.Observable{DataType: "domain", Data: "bad-host.net", Tags: []string{"waggle:with=192.0.2.53"}, IOC: true},
		misp.Observable{DataType: "file", File: &misp.File{Name: "192.0.2.53", Hashes: []string{strings.Repeat("0C", 16), strings.Repeat("0d", 32)}}, IOC: true},
		misp.Observable{DataType: "ip", Data: "203.0.113.7", IOC: true})
	p := policy()
	p.Warninglists, p.Posts, d.Page = true, false, ""
	c := client(t, server.URL, misptest.Key)
	result, err := c.PutDraft(context.Background(), d, p)
	require.NoError(t, err)
	require.Len(t, result.Listed, 4)
	assert.Equal(t, "on MISP's warninglist “Resolvers”", result.Listed[0].Reason)
	held := server.Events()[0]
	var marked []string
	for _, a := range append(held.Attributes, held.Objects[0].Attributes...) {
		if a.ToIDS {
			marked = append(marked, a.Value)
		}
	}
	assert.Equal(t, []string{"203.0.113.7", strings.Repeat("0d", 32)}, marked)
	assert.Equal(t, "seen\nNot for detection: on MISP's warninglist “Resolvers”", held.Attributes[0].Comment)
	second, err := c.PutDraft(context.Background(), d, p)
	require.NoError(t, err)
	assert.False(t, second.Changed)
	assert.Equal(t, held, server.Events()[0])
}

func TestDraftOfOneFileUnderTwoNames(t *testing.T) {
	hash := strings.Repeat("0a", 32)
	server := misptest.Start(t, misptest.Options{})
	d := draft(misp.Observable{File: &misp.File{Name: "a.exe", Hashes: []string{hash}}}, misp.Observable{File: &misp.File{Name: "b.exe", Hashes: []string{hash}}})
	result, err := client(t, server.URL, misptest.Key).PutDraft(context.Background(), d, policy())
	require.NoError(t, err)
	assert.Empty(t, result.Refused)
	require.Len(t, server.Events()[0].Objects, 1)
	assert.Len(t, server.Events()[0].Objects[0].Attributes, 3)
}
