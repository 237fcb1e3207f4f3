package misp_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/misp"
	"github.com/waggle-cti/waggle/shared/misp/misptest"
	"github.com/waggle-cti/waggle/shared/upstream"
)

func writes(server *misptest.Server) int {
	n := 0
	for _, r := range server.Requests() {
		if r.Method == http.MethodPost {
			n++
		}
	}
	return n
}

func TestPutEvent(t *testing.T) {
	server := misptest.Start(t, misptest.Options{})
	c := client(t, server.URL, misptest.Key)
	result, err := c.PutEvent(context.Background(), loader())
	require.NoError(t, err)
	assert.Equal(t, 1, writes(server), "one request for a new event")
	require.Len(t, server.Events(), 1)
	held := server.Events()[0]
	assert.Equal(t, misp.Result{UUID: loader().UUID, ID: held.ID, Created: true, Changed: true, Saved: 4}, result)
	assert.Equal(t, "Loader seen", held.Info)
	assert.Equal(t, loader().Date, held.Date)
	assert.Equal(t, misp.Medium, held.ThreatLevel)
	assert.Equal(t, misp.OrganisationOnly, held.Distribution)
	assert.Equal(t, []string{"tlp:amber"}, held.Tags)
	require.Len(t, held.Attributes, 2)
	domain := held.Attributes[0]
	assert.Equal(t, "c2.example.net", domain.Value)
	assert.Equal(t, "c2", domain.Comment)
	assert.Equal(t, uuid.Version(5), uuid.MustParse(domain.UUID).Version())
	assert.Equal(t, time.Date(2026, 11, 1, 10, 0, 0, 5000, time.UTC), domain.FirstSeen)
	assert.True(t, domain.ToIDS)
	assert.Equal(t, "2001:db8::1", held.Attributes[1].Value)
	assert.Equal(t, []string{"confidence:high"}, held.Attributes[1].Tags)
	require.Len(t, held.Objects, 1)
	assert.Equal(t, "sha256", held.Objects[0].Attributes[0].Relation)
	assert.Equal(t, strings.Repeat("a", 64), held.Objects[0].Attributes[0].Value)
}

func TestPutEventAgainChangesNothing(t *testing.T) {
	server := misptest.Start(t, misptest.Options{})
	c := client(t, server.URL, misptest.Key)
	e := loader()
	e.Published = true
	e.Attributes = append(e.Attributes, misp.Attribute{Type: "ip-dst", Value: "not an address"})
	first, err := c.PutEvent(context.Background(), e)
	require.NoError(t, err)
	before := server.Events()
	assert.True(t, before[0].Published)
	second, err := c.PutEvent(context.Background(), e)
	require.NoError(t, err)
	assert.Equal(t, before, server.Events())
	assert.Equal(t, misp.Result{UUID: e.UUID, ID: first.ID, Saved: 4, Refused: first.Refused}, second)
}

func TestPutEventMerges(t *testing.T) {
	server := misptest.Start(t, misptest.Options{})
	c := client(t, server.URL, misptest.Key)
	_, err := c.PutEvent(context.Background(), loader())
	require.NoError(t, err)
	e := loader()
	e.Info = "Loader seen twice"
	e.Tags = append(e.Tags, "type:osint")
	e.Attributes[0].ToIDS = false // an analyst says so
	e.Attributes = append(e.Attributes, misp.Attribute{Type: "url", Value: "hxxp://c2[.]example.net/a", ToIDS: true})
	e.Objects[0].Attributes = append(e.Objects[0].Attributes, misp.Attribute{Relation: "md5", Type: "md5", Value: strings.Repeat("b", 32)})
	e.Objects = append(e.Objects, misp.Object{UUID: misp.ObjectUUID(e.UUID, "file", "2"), Name: "file", MetaCategory: "file", Description: "A file",
		TemplateUUID: fileTemplate, TemplateVersion: "25", Attributes: []misp.Attribute{{Relation: "filename", Type: "filename", Value: "b.exe"}}})
	result, err := c.PutEvent(context.Background(), e)
	require.NoError(t, err)
	assert.False(t, result.Created)
	assert.True(t, result.Changed)
	assert.Equal(t, 7, result.Saved)
	assert.Empty(t, result.Refused)
	require.Len(t, server.Events(), 1)
	held := server.Events()[0]
	assert.Equal(t, "Loader seen twice", held.Info)
	assert.Equal(t, []string{"tlp:amber", "type:osint"}, held.Tags)
	assert.Len(t, held.Attributes, 3)
	assert.False(t, held.Attributes[0].ToIDS)
	assert.Equal(t, "http://c2.example.net/a", held.Attributes[2].Value)
	require.Len(t, held.Objects, 2)
	assert.Len(t, held.Objects[0].Attributes, 3, "nothing doubles")
}

func TestPutEventReportsWhatMISPRefuses(t *testing.T) {
	server := misptest.Start(t, misptest.Options{})
	c := client(t, server.URL, misptest.Key)
	other := many(1)
	other.UUID = misp.EventUUID("elsewhere", "case", "1")
	other.Attributes[0].UUID = "5f0c5a5e-2222-4222-8222-0123456789ab"
	_, err := c.PutEvent(context.Background(), other)
	require.NoError(t, err)

	e := loader()
	e.Attributes = append(e.Attributes,
		misp.Attribute{Type: "ip-dst", Value: "not an address"},
		misp.Attribute{Type: "nope", Value: "x"},
		misp.Attribute{Type: "vulnerability", Value: "GHSA-abcd-1234-efgh"},
		misp.Attribute{Type: "domain", Value: "taken.example.net", UUID: other.Attributes[0].UUID})
	e.Objects[0].Attributes = append(e.Objects[0].Attributes, misp.Attribute{Relation: "md5", Type: "md5", Value: "zz"})
	result, err := c.PutEvent(context.Background(), e)
	require.NoError(t, err)
	assert.Equal(t, 4, result.Saved)
	reasons := map[string]string{}
	for _, r := range result.Refused {
		reasons[r.Attribute.Value] = r.Reason
	}
	require.Len(t, reasons, 5)
	assert.Equal(t, "value: IP address has an invalid format.", reasons["not an address"])
	assert.Equal(t, "type: Invalid type.", reasons["x"])
	assert.Equal(t, "value: Invalid format. Expected: CVE-xxxx-xxxx...", reasons["GHSA-ABCD-1234-EFGH"])
	assert.Contains(t, reasons["taken.example.net"], "is in another event")
	assert.Contains(t, reasons["zz"], "value: Checksum has an invalid length")
}

func TestPutEventLeavesDeletedDeleted(t *testing.T) {
	server := misptest.Start(t, misptest.Options{})
	c := client(t, server.URL, misptest.Key)
	_, err := c.PutEvent(context.Background(), loader())
	require.NoError(t, err)
	server.Delete(server.Events()[0].Attributes[0].UUID)
	result, err := c.PutEvent(context.Background(), loader())
	require.NoError(t, err)
	assert.Len(t, server.Events()[0].Attributes, 1)
	require.Len(t, result.Refused, 1)
	assert.Contains(t, result.Refused[0].Reason, "was deleted")
}

func TestPutEventReportsTags(t *testing.T) {
	server := misptest.Start(t, misptest.Options{Tags: []string{"tlp:amber"}})
	c := client(t, server.URL, misptest.UserKey)
	e := loader()
	e.Tags = []string{"TLP:AMBER", "made:up", "made:up", " "}
	for range 2 {
		result, err := c.PutEvent(context.Background(), e)
		require.NoError(t, err)
		assert.Equal(t, []string{"made:up", "confidence:high"}, result.RefusedTags, "of the event and of an attribute")
	}
}

func TestPutEventOfAnother(t *testing.T) {
	server := misptest.Start(t, misptest.Options{})
	_, err := client(t, server.URL, misptest.Key).PutEvent(context.Background(), loader())
	require.NoError(t, err)
	_, err = client(t, server.URL, misptest.UserKey).PutEvent(context.Background(), loader())
	assert.Equal(t, upstream.NotFound, upstream.ReasonOf(err), err)
	assert.ErrorContains(t, err, "this user does not see it")
	assert.Len(t, server.Events(), 1)
}

func TestPutEventInChunks(t *testing.T) {
	server := misptest.Start(t, misptest.Options{})
	c := client(t, server.URL, misptest.Key)
	e := many(2100)
	result, err := c.PutEvent(context.Background(), e)
	require.NoError(t, err)
	assert.Equal(t, 2100, result.Saved)
	assert.Equal(t, 2, writes(server), "a thousand at a time, the first with a little more")
	assert.Len(t, server.Events()[0].Attributes, 2100)
	again, err := c.PutEvent(context.Background(), e)
	require.NoError(t, err)
	assert.Equal(t, misp.Result{UUID: e.UUID, ID: result.ID, Saved: 2100}, again)
}

// TestPutEventOfTenThousand holds the size of each request, by which MISP's time
// and memory are bounded, and so are ours.
func TestPutEventOfTenThousand(t *testing.T) {
	server := misptest.Start(t, misptest.Options{})
	result, err := client(t, server.URL, misptest.Key).PutEvent(context.Background(), many(10_000))
	require.NoError(t, err)
	assert.Equal(t, 10_000, result.Saved)
	requests := server.Requests()
	assert.Len(t, requests, 10)
	for i, r := range requests {
		attributes := gjson.GetBytes(r.Body, "@this").Array()
		if i == 0 {
			attributes = gjson.GetBytes(r.Body, "Attribute").Array()
		}
		assert.LessOrEqual(t, len(attributes), 1100, r.Path)
		assert.NotEmpty(t, attributes)
		assert.Less(t, len(r.Body), 400_000)
	}
	again(t, server, misptest.Key, many(10_000))
}

func TestPutEventOfManyObjects(t *testing.T) {
	server := misptest.Start(t, misptest.Options{})
	e := loader()
	e.Attributes, e.Objects = nil, nil
	for i := range 600 {
		id := misp.ObjectUUID(e.UUID, "file", fmt.Sprint(i))
		e.Objects = append(e.Objects, misp.Object{UUID: id, Name: "file", MetaCategory: "file", Description: "A file", TemplateUUID: fileTemplate, TemplateVersion: "25",
			Attributes: []misp.Attribute{{Relation: "sha256", Type: "sha256", Value: fmt.Sprintf("%064d", i)}, {Relation: "filename", Type: "filename", Value: fmt.Sprintf("%d.exe", i)}}})
	}
	result, err := client(t, server.URL, misptest.Key).PutEvent(context.Background(), e)
	require.NoError(t, err)
	assert.Equal(t, 1200, result.Saved)
	assert.Empty(t, result.Refused)
	assert.Len(t, server.Events()[0].Objects, 600)
}

func TestPutEventRefusesWhatCannotBeMended(t *testing.T) {
	for name, spoil := range map[string]func(*misp.Event){
		"no UUID":        func(e *misp.Event) { e.UUID = "" },
		"bad UUID":       func(e *misp.Event) { e.UUID = "x" },
		"no info":        func(e *misp.Event) { e.Info = "💥" },
		"threat level":   func(e *misp.Event) { e.ThreatLevel = 9 },
		"analysis":       func(e *misp.Event) { e.Analysis = -1 },
		"distribution":   func(e *misp.Event) { e.Distribution = 8 },
		"sharing group":  func(e *misp.Event) { e.Distribution = misp.SharingGroup },
		"object unnamed": func(e *misp.Event) { e.Objects[0].UUID = "" },
	} {
		t.Run(name, func(t *testing.T) {
			server := misptest.Start(t, misptest.Options{})
			e := loader()
			spoil(&e)
			_, err := client(t, server.URL, misptest.Key).PutEvent(context.Background(), e)
			assert.Equal(t, upstream.BadInput, upstream.ReasonOf(err))
			assert.Empty(t, server.Requests())
		})
	}
}

func TestPutEventCutsText(t *testing.T) {
	server := misptest.Start(t, misptest.Options{})
	e := loader()
	e.Info = strings.Repeat("ü", 40_000)
	e.Attributes[0].Comment = strings.Repeat("漢", 30_000)
	_, err := client(t, server.URL, misptest.Key).PutEvent(context.Background(), e)
	require.NoError(t, err)
	held := server.Events()[0]
	assert.LessOrEqual(t, len(held.Info), 60_000)
	assert.True(t, strings.HasSuffix(held.Attributes[0].Comment, "漢…"))
}
