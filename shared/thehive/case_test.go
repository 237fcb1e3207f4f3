package thehive_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
	"github.com/waggle-cti/waggle/shared/upstream"
)

func TestAddCaseObservables(t *testing.T) {
	onEach(t, func(t *testing.T, server *thehivetest.Server, c *thehive.Client) {
		id := server.AddCase(thehive.Case{Title: "T"}, []thehive.Observable{{DataType: "domain", Data: "h0.example.net", Tags: []string{"ours"}}})
		for _, want := range []int{3, 0} {
			added, existed, failures, err := c.AddCaseObservables(t.Context(), id, many(4))
			require.NoError(t, err)
			assert.Equal(t, []int{want, 4 - want}, []int{added, existed})
			assert.Empty(t, failures)
		}
		held := server.Observables(id)
		require.Len(t, held, 4)
		assert.Equal(t, []string{"ours"}, held[0].Tags)
	})
}

// TestAddCaseObservablesAsOneIsAddedMeanwhile: TheHive answers 207, or 400 and
// none of them is added.
func TestAddCaseObservablesAsOneIsAddedMeanwhile(t *testing.T) {
	for name, fault := range map[string]thehivetest.Fault{
		"207": {},
		"400": {Status: http.StatusBadRequest, Body: map[string]any{"type": "CreateError", "message": "Observable already exists"}},
	} {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, server *thehivetest.Server, c *thehive.Client) {
				id := server.AddCase(thehive.Case{Title: "T"}, nil)
				var additions atomic.Int32
				server.Fail(func(r *http.Request) thehivetest.Fault {
					if r.Method == http.MethodPost && strings.Contains(r.URL.Path, "/case/") && additions.Add(1) == 1 {
						server.Observe(id, many(1)[0])
						return fault
					}
					return thehivetest.Fault{}
				})
				added, existed, failures, err := c.AddCaseObservables(t.Context(), id, many(4))
				require.NoError(t, err)
				assert.Equal(t, []int{3, 1}, []int{added, existed})
				assert.Empty(t, failures)
				assert.Len(t, server.Observables(id), 4)
			})
		})
	}
}

func TestAddCaseObservablesToNothing(t *testing.T) {
	onEach(t, func(t *testing.T, _ *thehivetest.Server, c *thehive.Client) {
		_, _, _, err := c.AddCaseObservables(t.Context(), "~404", many(1))
		assert.Equal(t, upstream.NotFound, upstream.ReasonOf(err), err)
		assert.Equal(t, upstream.NotFound, upstream.ReasonOf(c.KeepCaseFile(t.Context(), "~404", list("1"))))
	})
}

func TestAddCaseObservablesAsAReader(t *testing.T) {
	server := thehivetest.Start(t, thehivetest.Options{})
	id := server.AddCase(thehive.Case{Title: "T"}, nil)
	reader := client(t, server.URL, func(o *thehive.Options) { o.Key = thehivetest.ReaderKey })
	_, _, _, err := reader.AddCaseObservables(t.Context(), id, many(1))
	assert.Equal(t, upstream.Auth, upstream.ReasonOf(err))
}

func TestKeepCaseFile(t *testing.T) {
	onEach(t, func(t *testing.T, server *thehivetest.Server, c *thehive.Client) {
		id := server.AddCase(thehive.Case{Title: "T"}, nil)
		for _, content := range []string{"1", "2", "2"} {
			f := list(content)
			require.NoError(t, c.KeepCaseFile(t.Context(), id, f))
			assert.Equal(t, [][]byte{f.Data}, server.Files(id))
		}
	})
}

func TestUpdateCase(t *testing.T) {
	for version, number := range versions() {
		for name, c := range map[string]struct {
			patch  thehive.CasePatch
			fields map[string]any
			tags   []string
		}{
			"nothing":            {thehive.CasePatch{}, map[string]any{"held": "h"}, []string{"a"}},
			"a field":            {thehive.CasePatch{Fields: map[string]any{"score": 7}}, map[string]any{"held": "h", "score": 7}, []string{"a"}},
			"a field it has not": {thehive.CasePatch{Tags: []string{"b"}, Fields: map[string]any{"nosuch": 7, "score": 8}}, map[string]any{"held": "h", "score": 8}, []string{"b"}},
			"a held field":       {thehive.CasePatch{Fields: map[string]any{"held": "i"}}, map[string]any{"held": "i"}, []string{"a"}},
		} {
			t.Run(version+"/"+name, func(t *testing.T) {
				server := thehivetest.Start(t, thehivetest.Options{Version: number, Fields: map[string]string{"held": "string", "score": "integer"}})
				hive := client(t, server.URL)
				id := server.AddCase(thehive.Case{Title: "T"}, nil)
				require.NoError(t, hive.UpdateCase(t.Context(), id, thehive.CasePatch{Tags: []string{"a"}, Fields: map[string]any{"held": "h"}}))
				require.NoError(t, hive.UpdateCase(t.Context(), id, c.patch))
				got, err := hive.Case(t.Context(), id)
				require.NoError(t, err)
				assert.Equal(t, c.fields, got.Fields)
				assert.Equal(t, c.tags, got.Tags)
			})
		}
	}
}

func TestACaseIsClosed(t *testing.T) {
	onEach(t, func(t *testing.T, server *thehivetest.Server, c *thehive.Client) {
		id := server.AddCase(thehive.Case{Title: "T"}, nil)
		for _, closed := range []bool{false, true} {
			if closed {
				server.CloseCase(id, "Indeterminate")
			}
			got, err := c.Case(t.Context(), id)
			require.NoError(t, err)
			assert.Equal(t, closed, got.Closed)
		}
	})
}
