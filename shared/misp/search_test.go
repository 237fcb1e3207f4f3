package misp_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/misp"
	"github.com/waggle-cti/waggle/shared/misp/misptest"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// stocked is a server with one event.
func stocked(t *testing.T, o misptest.Options) (*misptest.Server, *misp.Client) {
	t.Helper()
	server := misptest.Start(t, o)
	c := client(t, server.URL, misptest.Key)
	e := loader()
	e.Attributes = append(e.Attributes,
		misp.Attribute{Type: "domain|ip", Value: "www.example.net|203.0.113.7", ToIDS: true},
		misp.Attribute{Type: "domain", Value: "bücher.example", ToIDS: true},
		misp.Attribute{Type: "url", Value: "http://c2.example.net/a|b", ToIDS: true},
		misp.Attribute{Type: "filename", Value: `C:\Users\x\AppData\Roaming\a.exe`},
		misp.Attribute{Type: "filename", Value: `hidden in %APPDATA%\a.exe`})
	_, err := c.PutEvent(context.Background(), e)
	require.NoError(t, err)
	return server, c
}

// onList is a warninglist of one value.
func onList(name, value string) misptest.Warninglist {
	return misptest.Warninglist{Warninglist: misp.Warninglist{Name: name, Entries: []string{value}}}
}

func TestSearchAttributes(t *testing.T) {
	_, c := stocked(t, misptest.Options{Warninglists: []misptest.Warninglist{onList("Well known", "c2.example.net")}})
	for name, test := range map[string]struct {
		search misp.Search
		want   []string
	}{
		"one":               {misp.Search{Values: []string{" C2.example.net "}}, []string{"c2.example.net"}},
		"several":           {misp.Search{Values: []string{"c2.example.net", "2001:0DB8::1", "nothing.example.net"}}, []string{"c2.example.net", "2001:db8::1"}},
		"composite":         {misp.Search{Values: []string{"www.example.net|203.0.113.7"}}, []string{"www.example.net|203.0.113.7"}},
		"half a composite":  {misp.Search{Values: []string{"203.0.113.7"}}, []string{"www.example.net|203.0.113.7"}},
		"international":     {misp.Search{Values: []string{"bücher.example"}}, []string{"xn--bcher-kva.example"}},
		"URL with a bar":    {misp.Search{Values: []string{"http://c2.example.net/a|b"}}, []string{"http://c2.example.net/a|b"}},
		"in an object":      {misp.Search{Values: []string{"Evil.exe"}}, []string{"Evil.exe"}},
		"filtered path":     {misp.Search{Values: misp.Spellings(`C:\Users\x\AppData\Roaming\a.exe`)}, []string{`%APPDATA%\a.exe`}},
		"nothing like that": {misp.Search{Values: []string{"192.0.2.1"}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			found, err := c.SearchAttributes(context.Background(), test.search)
			require.NoError(t, err)
			var values []string
			for _, a := range found {
				values = append(values, a.Value)
			}
			assert.Equal(t, test.want, values)
		})
	}
	found, err := c.SearchAttributes(context.Background(), misp.Search{Values: []string{"c2.example.net"}})
	require.NoError(t, err)
	require.Len(t, found, 1)
	a := found[0]
	assert.Equal(t, loader().UUID, a.EventUUID)
	assert.Equal(t, "Loader seen", a.EventInfo)
	assert.Equal(t, "2026-11-20", a.EventDate)
	assert.Equal(t, "Host Organisation", a.EventOrg)
	assert.Equal(t, []string{"tlp:amber"}, a.EventTags)
	assert.Empty(t, a.Tags, "the event's tags are not the attribute's")
	assert.Equal(t, misp.Medium, a.Threat)
	assert.Equal(t, []misp.Hit{{List: "Well known", Match: "c2.example.net", Category: "false_positive"}}, a.Hits)
}

// TestSearchIsNeverForEverything: MISP would take these for no condition.
func TestSearchIsNeverForEverything(t *testing.T) {
	server, c := stocked(t, misptest.Options{})
	before := len(server.Requests())
	for name, values := range map[string][]string{
		"none": nil, "empty": {""}, "blank": {" \n"}, "empty among others": {"x", ""}, "negated": {"!x"}, "joker before": {"%x"}, "joker after": {"x%"},
	} {
		t.Run(name, func(t *testing.T) {
			found, err := c.SearchAttributes(context.Background(), misp.Search{Values: values})
			assert.Equal(t, upstream.BadInput, upstream.ReasonOf(err))
			assert.Empty(t, found)
		})
	}
	assert.Len(t, server.Requests(), before)
}

func TestSearchPages(t *testing.T) {
	server := misptest.Start(t, misptest.Options{})
	c := client(t, server.URL, misptest.Key)
	for i := range 3 {
		e := many(0)
		e.UUID = misp.EventUUID("x", "case", fmt.Sprint(i))
		for port := range 400 {
			e.Attributes = append(e.Attributes, misp.Attribute{Type: "ip-dst|port", Value: fmt.Sprintf("203.0.113.7:%d", port+1)})
		}
		_, err := c.PutEvent(context.Background(), e)
		require.NoError(t, err)
	}
	for limit, want := range map[int]int{0: 500, 7: 7, 500: 500, 1100: 1100, 5000: 1200} {
		found, err := c.SearchAttributes(context.Background(), misp.Search{Values: []string{"203.0.113.7"}, Limit: limit})
		require.NoError(t, err)
		assert.Len(t, found, want)
	}
}

func TestSearchLimitOfTheRole(t *testing.T) {
	_, c := stocked(t, misptest.Options{Searches: 2})
	assert.Zero(t, c.Quota())
	for left := range 2 {
		_, err := c.SearchAttributes(context.Background(), misp.Search{Values: []string{"x"}})
		require.NoError(t, err)
		assert.Equal(t, misp.Quota{Limit: 2, Remaining: int64(1 - left)}, c.Quota())
	}
	_, err := c.SearchAttributes(context.Background(), misp.Search{Values: []string{"x"}})
	var e *upstream.Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, upstream.RateLimited, e.Reason)
	assert.Equal(t, 899*time.Second, e.RetryAfter)
}

func TestCheckWarninglists(t *testing.T) {
	server := misptest.Start(t, misptest.Options{Warninglists: []misptest.Warninglist{onList("Others", "192.0.2.53"), onList("Resolvers", "192.0.2.53")}})
	c := client(t, server.URL, misptest.Key)
	hits, err := c.CheckWarninglists(context.Background(), []string{" 192.0.2.53 ", "c2.example.net", "", "192.0.2.53"})
	require.NoError(t, err)
	assert.Equal(t, map[string][]misp.Hit{"192.0.2.53": {{List: "Others", Match: "192.0.2.53"}, {List: "Resolvers", Match: "192.0.2.53"}}}, hits)
	hits, err = c.CheckWarninglists(context.Background(), []string{"c2.example.net"})
	require.NoError(t, err)
	assert.Empty(t, hits)
	var asked []string
	require.NoError(t, json.Unmarshal(server.Requests()[0].Body, &asked))
	assert.Equal(t, []string{"192.0.2.53", "c2.example.net"}, asked)
	before := len(server.Requests())
	_, err = c.CheckWarninglists(context.Background(), nil)
	require.NoError(t, err)
	assert.Len(t, server.Requests(), before)
}

func TestSightings(t *testing.T) {
	server, c := stocked(t, misptest.Options{})
	when := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	attribute := server.Events()[0].Attributes[0]
	require.NoError(t, c.AddSighting(context.Background(), misp.Sighting{Value: "c2.example.net", Source: "mail gate 💥", At: when}))
	require.NoError(t, c.AddSighting(context.Background(), misp.Sighting{Attribute: attribute.UUID, Type: misp.FalsePositive}))
	assert.Equal(t, 2, server.Sightings("c2.example.net"))
	seen, err := c.Sightings(context.Background(), attribute.ID)
	require.NoError(t, err)
	require.Len(t, seen, 2)
	assert.Equal(t, misp.FalsePositive, seen[0].Type)
	assert.Equal(t, when, seen[1].At)
	assert.Equal(t, "mail gate", seen[1].Source)
	assert.Equal(t, "Host Organisation", seen[1].Organisation)

	for name, test := range map[string]struct {
		sighting misp.Sighting
		reason   upstream.Reason
	}{
		"of what is not there": {misp.Sighting{Value: "192.0.2.1"}, upstream.NotFound},
		"of a type unknown":    {misp.Sighting{Value: "c2.example.net", Type: 7}, upstream.BadInput},
		"of nothing":           {misp.Sighting{Value: " "}, upstream.BadInput},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.AddSighting(context.Background(), test.sighting)
			assert.Equal(t, test.reason, upstream.ReasonOf(err))
			assert.NotEmpty(t, err.Error())
		})
	}
}
