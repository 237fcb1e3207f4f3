package mispevent

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTenThousandObservables: a very large case goes in requests that MISP can
// bear, none of them in proportion to the case, and a second run asks less still.
// Peak memory is a figure of `make bench`.
func TestTenThousandObservables(t *testing.T) {
	const many = 10_000
	s := newStack(t)
	object := s.caseObject(observables(many))
	first := s.run(t, "thehive:case", object)
	require.True(t, first.Get("success").Bool(), "%s", first)
	assert.EqualValues(t, 1, first.Get("full.refused.#").Int(), "the one that is no address")
	require.Len(t, s.misp.Events(), 1)
	assert.GreaterOrEqual(t, len(s.misp.Events()[0].Attributes), many)

	requests := s.misp.Requests()
	assert.Less(t, len(requests), 50)
	for _, r := range requests {
		assert.LessOrEqual(t, bytes.Count(r.Body, []byte("http://loader.example.net/")), 1100, "values in one request to %s", r.Path)
		assert.Less(t, len(r.Body), 1<<20, "bytes in one request to %s", r.Path)
	}
	assert.LessOrEqual(t, s.hive.Count("POST", "/api/v1/query"), many/1000+2, "pages of observables")

	second := s.run(t, "thehive:case", object)
	assert.False(t, second.Get("full.changed").Bool(), "%s", second.Get("full.message"))
	assert.Less(t, len(s.misp.Requests()), 2*len(requests))
}
