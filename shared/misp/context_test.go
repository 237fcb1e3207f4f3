package misp_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/misp"
	"github.com/waggle-cti/waggle/shared/misp/misptest"
	"github.com/waggle-cti/waggle/shared/upstream"
)

func TestContextsAndObjects(t *testing.T) {
	_, c := stocked(t, misptest.Options{})
	other := misp.Event{UUID: misp.EventUUID("https://thehive.example.com", "case", "~8192"), Info: "The same server", Date: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC),
		Attributes: []misp.Attribute{{Type: "hostname", Value: "c2.example.net", ToIDS: true}}}
	_, err := c.PutEvent(context.Background(), other)
	require.NoError(t, err)
	found, err := c.SearchAttributes(context.Background(), misp.Search{Values: []string{"Evil.exe"}})
	require.NoError(t, err)
	require.Len(t, found, 1)

	contexts, err := c.Contexts(context.Background(), []string{found[0].EventID, "4711"})
	require.NoError(t, err)
	require.Len(t, contexts, 1, "one event is not there")
	related := contexts[found[0].EventID].Related
	require.Len(t, related, 1)
	assert.Equal(t, other.UUID, related[0].UUID)
	assert.Equal(t, "The same server", related[0].Info)
	assert.Equal(t, other.Date, related[0].Date)
	assert.NotEmpty(t, related[0].Org)

	object, err := c.Object(context.Background(), found[0].ObjectID)
	require.NoError(t, err)
	assert.Equal(t, "file", object.Name)
	require.Len(t, object.Attributes, 2)
	assert.Equal(t, "sha256", object.Attributes[0].Relation)
	_, err = c.Object(context.Background(), "4711")
	assert.ErrorIs(t, err, upstream.NotFound)
}

// TestReadContext reads what the fake does not have: galaxies, as the core
// format has them. https://www.misp-standard.org/rfc/misp-standard-core.html
func TestReadContext(t *testing.T) {
	c := misp.ReadContext(gjson.Parse(`{"Galaxy":[
		{"name":"Threat Actor","type":"threat-actor","GalaxyCluster":[{"value":"Gray Heron","tag_name":"misp-galaxy:threat-actor=\"Gray Heron\""},{"value":"Second"}]},
		{"name":"Empty"},null],"RelatedEvent":[]}`))
	assert.Equal(t, misp.Context{Clusters: []misp.Cluster{{"Threat Actor", "Gray Heron", `misp-galaxy:threat-actor="Gray Heron"`}, {Galaxy: "Threat Actor", Value: "Second"}}}, c)
}
