package misp_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/misp"
	"github.com/waggle-cti/waggle/shared/misp/misptest"
)

// put puts an event, and gives what the server holds of it then.
func put(t *testing.T, server *misptest.Server, key string, e misp.Event) (misp.Result, misp.Event) {
	t.Helper()
	result, err := client(t, server.URL, key).PutEvent(context.Background(), e)
	require.NoError(t, err)
	require.Len(t, server.Events(), 1)
	return result, server.Events()[0]
}

// again puts it once more, which must change nothing.
func again(t *testing.T, server *misptest.Server, key string, e misp.Event) misp.Result {
	t.Helper()
	before := server.Events()
	result, _ := put(t, server, key, e)
	assert.False(t, result.Changed)
	assert.Equal(t, before, server.Events())
	return result
}

func TestOneTagForTheMarking(t *testing.T) {
	for name, c := range map[string]struct {
		held, local []string // beside what was put before
		was, now    []string
		want        []string
	}{
		"lowered":                   {nil, nil, []string{"tlp:red", "PAP:RED"}, []string{"tlp:amber", "PAP:GREEN"}, []string{"tlp:amber", "PAP:GREEN"}},
		"raised":                    {nil, nil, []string{"tlp:green"}, []string{"tlp:amber+strict"}, []string{"tlp:amber+strict"}},
		"white is clear":            {nil, nil, []string{"TLP:WHITE"}, []string{"tlp:green"}, []string{"tlp:green"}},
		"a stricter one beside":     {[]string{"tlp:red"}, nil, []string{"tlp:amber"}, []string{"tlp:amber"}, []string{"tlp:amber", "tlp:red"}},
		"lowered, stricter beside":  {[]string{"tlp:red"}, nil, []string{"tlp:amber"}, []string{"tlp:green"}, []string{"tlp:red", "tlp:green"}},
		"a milder one beside":       {[]string{"tlp:green"}, nil, []string{"tlp:amber"}, []string{"tlp:amber"}, []string{"tlp:amber"}},
		"local ones stay":           {nil, []string{"tlp:green"}, []string{"tlp:amber"}, []string{"tlp:red"}, []string{"tlp:green", "tlp:red"}},
		"others of the namespace":   {[]string{"tlp:ex:chr"}, nil, []string{"tlp:amber"}, []string{"tlp:green"}, []string{"tlp:ex:chr", "tlp:green"}},
		"what has nothing to do":    {[]string{"type:osint"}, nil, []string{"tlp:amber"}, []string{"tlp:green", "x:y"}, []string{"type:osint", "tlp:green", "x:y"}},
		"the same in other letters": {nil, nil, []string{"TLP:Amber"}, []string{"tlp:amber"}, []string{"TLP:Amber"}},
	} {
		t.Run(name, func(t *testing.T) {
			server := misptest.Start(t, misptest.Options{})
			e := loader()
			e.Tags = c.was
			put(t, server, misptest.Key, e)
			for _, tag := range c.held {
				server.Tag(e.UUID, tag, false)
			}
			for _, tag := range c.local {
				server.Tag(e.UUID, tag, true)
			}
			e.Tags = c.now
			_, held := put(t, server, misptest.Key, e)
			assert.Equal(t, c.want, held.Tags)
			again(t, server, misptest.Key, e)
		})
	}
}

func TestMarkingStaysWhereMISPRefusesTheNext(t *testing.T) {
	for name, next := range map[string]string{"raised": "tlp:red", "lowered": "tlp:green"} {
		t.Run(name, func(t *testing.T) {
			server := misptest.Start(t, misptest.Options{Tags: []string{"tlp:amber"}})
			e := loader()
			put(t, server, misptest.UserKey, e)
			e.Tags = []string{next}
			result, held := put(t, server, misptest.UserKey, e)
			assert.Equal(t, []string{"tlp:amber"}, held.Tags)
			assert.Contains(t, result.RefusedTags, next)
			again(t, server, misptest.UserKey, e)
		})
	}
}

func TestTagsOfAttributes(t *testing.T) {
	server := misptest.Start(t, misptest.Options{Tags: []string{"tlp:amber", "known:tag"}})
	e := loader()
	e.Tags = []string{"tlp:amber"}
	_, held := put(t, server, misptest.UserKey, e)
	assert.Empty(t, held.Attributes[1].Tags, "of those not to be made")

	e.Attributes[0].Tags = []string{"known:tag", "new:tag"}
	e.Attributes[1].Tags = []string{"known:tag", "new:tag"}
	e.Attributes = append(e.Attributes, misp.Attribute{Type: "domain", Value: "late.example.net", Tags: []string{"known:tag", "new:tag"}})
	e.Objects[0].Attributes[0].Tags = []string{"known:tag"}
	result, held := put(t, server, misptest.UserKey, e)
	assert.Equal(t, []string{"new:tag"}, result.RefusedTags)
	for _, a := range held.Attributes {
		assert.Equal(t, []string{"known:tag"}, a.Tags, a.Value)
	}
	assert.Equal(t, []string{"known:tag"}, held.Objects[0].Attributes[0].Tags)
	assert.Equal(t, []string{"new:tag"}, again(t, server, misptest.UserKey, e).RefusedTags)
}

func TestVerdictTagOfAnAttributeIsReplaced(t *testing.T) {
	server := misptest.Start(t, misptest.Options{})
	e := loader()
	e.Attributes[0].Tags = []string{`waggle:verdict="suspicious"`, "x:y"}
	put(t, server, misptest.Key, e)
	e.Attributes[0].Tags = []string{`waggle:verdict="malicious"`, "x:y"}
	_, held := put(t, server, misptest.Key, e)
	assert.Equal(t, []string{"x:y", `waggle:verdict="malicious"`}, held.Attributes[0].Tags)
	again(t, server, misptest.Key, e)
}

func TestTechniques(t *testing.T) {
	phishing := `misp-galaxy:mitre-attack-pattern="Phishing - T1566"`
	for name, c := range map[string]struct {
		clusters      []string
		tags, refused []string
	}{
		"the galaxy is there":     {[]string{attachment, phishing}, []string{"tlp:amber", phishing, attachment}, []string{`misp-galaxy:mitre-attack-pattern="T1999"`}},
		"the galaxy is not there": {nil, []string{"tlp:amber"}, []string{`misp-galaxy:mitre-attack-pattern="T1566"`, `misp-galaxy:mitre-attack-pattern="T1566.001"`, `misp-galaxy:mitre-attack-pattern="T1999"`}},
	} {
		t.Run(name, func(t *testing.T) {
			server := misptest.Start(t, misptest.Options{Clusters: c.clusters, Tags: []string{"tlp:amber", "confidence:high"}})
			e := loader()
			e.Techniques = []string{"T1566", "T1566.001", "T1999"}
			result, held := put(t, server, misptest.UserKey, e) // who may not make tags
			assert.Equal(t, c.tags, held.Tags)
			assert.Equal(t, c.refused, result.RefusedTags)
			again(t, server, misptest.UserKey, e)
		})
	}
}

func TestTheHourOfTheDayIsNoChange(t *testing.T) {
	server := misptest.Start(t, misptest.Options{})
	e := loader()
	e.Date = time.Date(2026, 11, 20, 23, 30, 0, 0, time.FixedZone("", -3600))
	_, held := put(t, server, misptest.Key, e)
	assert.Equal(t, time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC), held.Date)
	again(t, server, misptest.Key, e)
}

func TestReports(t *testing.T) {
	server := misptest.Start(t, misptest.Options{})
	e := loader()
	e.Reports = []misp.Report{{Name: "Description", Content: "**Loader** 💥\r\n- one"}, {Name: "empty"}}
	_, held := put(t, server, misptest.Key, e)
	require.Len(t, held.Reports, 1)
	assert.Equal(t, "**Loader** \n- one", held.Reports[0].Content)
	again(t, server, misptest.Key, e)

	e.Reports[0].Content = "changed"
	_, held = put(t, server, misptest.Key, e)
	require.Len(t, held.Reports, 1)
	assert.Equal(t, "changed", held.Reports[0].Content)

	server.Delete(held.Reports[0].UUID)
	assert.Contains(t, again(t, server, misptest.Key, e).Notes[0], "was deleted in MISP")
	assert.Empty(t, server.Events()[0].Reports)
}

func TestExtendsAndTimes(t *testing.T) {
	server := misptest.Start(t, misptest.Options{})
	e := loader()
	e.Extends = "EA32BB0C-9D0B-4EC7-B29C-35D81DE00D60"
	seen := e.Attributes[0].FirstSeen
	_, held := put(t, server, misptest.Key, e)
	assert.Equal(t, "ea32bb0c-9d0b-4ec7-b29c-35d81de00d60", held.Extends)
	e.Attributes[0].FirstSeen = seen.Add(time.Hour)
	again(t, server, misptest.Key, e)
	e.Attributes[0].FirstSeen, e.Attributes[0].LastSeen = seen.Add(-time.Hour), seen.Add(time.Hour)
	_, held = put(t, server, misptest.Key, e)
	assert.Equal(t, seen.Add(-time.Hour), held.Attributes[0].FirstSeen)
	assert.Equal(t, seen.Add(time.Hour), held.Attributes[0].LastSeen)
	again(t, server, misptest.Key, e)
	e.Extends = "no UUID"
	_, err := client(t, server.URL, misptest.Key).PutEvent(context.Background(), e)
	assert.ErrorContains(t, err, "extends one without a valid UUID")
}

func TestPrivateStaysPrivate(t *testing.T) {
	server := misptest.Start(t, misptest.Options{})
	e := loader()
	e.Attributes[0].Private = false
	put(t, server, misptest.Key, e)
	e.Attributes[0].Private = true
	_, held := put(t, server, misptest.Key, e)
	assert.True(t, held.Attributes[0].Private)
	assert.False(t, held.Attributes[1].Private)
	again(t, server, misptest.Key, e)
}

// TestFaultsInObjectsAreAskedFor: MISP drops bad attributes of objects without a
// word, but tells of them when the object is added by itself.
func TestFaultsInObjectsAreAskedFor(t *testing.T) {
	server := misptest.Start(t, misptest.Options{})
	e := loader()
	e.Objects[0].Attributes = append(e.Objects[0].Attributes, misp.Attribute{Relation: "md5", Type: "md5", Value: "zz"})
	first, _ := put(t, server, misptest.Key, e)
	require.Len(t, first.Refused, 1)
	assert.Contains(t, first.Refused[0].Reason, "value: Checksum has an invalid length or format (expected: 32 hexadecimal characters)")
	assert.Equal(t, first.Refused, again(t, server, misptest.Key, e).Refused)

	e.Objects[0].Attributes = append(e.Objects[0].Attributes, misp.Attribute{Relation: "sha1", Type: "sha1", Value: strings.Repeat("c", 40)})
	grown, held := put(t, server, misptest.Key, e)
	assert.Equal(t, first.Refused, grown.Refused)
	assert.Len(t, held.Objects[0].Attributes, 3)
}

func TestDeletedObjectsStayDeleted(t *testing.T) {
	server := misptest.Start(t, misptest.Options{})
	e := loader()
	put(t, server, misptest.Key, e)
	server.Delete(e.Objects[0].UUID)
	result := again(t, server, misptest.Key, e)
	require.Len(t, result.Refused, 2)
	assert.Contains(t, result.Refused[0].Reason, "was deleted in MISP")
}

func TestWhoMayNotPublishIsTold(t *testing.T) {
	server := misptest.Start(t, misptest.Options{Tags: []string{"tlp:amber"}})
	e := many(1)
	e.Published = true
	result, held := put(t, server, misptest.UserKey, e)
	assert.False(t, held.Published)
	assert.Equal(t, []string{"It is not published: the key's user may not publish."}, result.Notes)
}

func TestSamples(t *testing.T) {
	const md5 = "5d41402abc4b2a76b9719d911017c592" // of "hello"
	server := misptest.Start(t, misptest.Options{})
	read := 0
	e := loader()
	e.Samples = []misp.Sample{{Object: e.Objects[0], Name: "evil.exe", MD5: md5, Read: func(context.Context) ([]byte, error) {
		read++
		return []byte("hello"), nil
	}}}
	result, held := put(t, server, misptest.Key, e)
	assert.Equal(t, 5, result.Saved)
	require.Len(t, held.Objects[0].Attributes, 3)
	sample := held.Objects[0].Attributes[2]
	assert.Equal(t, "malware-sample evil.exe|"+md5, sample.Type+" "+sample.Value)
	assert.Equal(t, "aGVsbG8=", server.Sample(sample.UUID))
	assert.Equal(t, 5, again(t, server, misptest.Key, e).Saved)
	assert.Equal(t, 1, read, "read only when it is missing")

	for name, c := range map[string]struct {
		content []byte
		err     error
		want    string
	}{
		"unreadable": {nil, errors.New("it is gone"), "the file cannot be read: it is gone"},
		"too large":  {make([]byte, 30<<20+1), nil, "the most that are sent"},
	} {
		t.Run(name, func(t *testing.T) {
			server := misptest.Start(t, misptest.Options{})
			e.Samples[0].Read = func(context.Context) ([]byte, error) { return c.content, c.err }
			result, held := put(t, server, misptest.Key, e)
			require.Len(t, result.Refused, 1)
			assert.Contains(t, result.Refused[0].Reason, c.want)
			assert.Len(t, held.Objects[0].Attributes, 2)
		})
	}
}
