package cortex

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestFindings(t *testing.T) {
	macro := Finding{Level: Suspicious, Label: "macro", Text: "It runs when opened.", Value: "AutoOpen"}
	other := macro
	other.Value = "Document_Open"
	old := Finding{Level: Info, Label: "old", Text: "It is old."}
	var none Findings
	assert.Equal(t, Info, none.Worst())
	assert.Empty(t, none.Taxonomies())

	all := none.With(old, 3).With(macro, 3).With(macro, 3).With(other, 3).With(Finding{Label: "too many"}, 3)
	assert.Equal(t, Findings{old, macro, other}, all, "each once, and no more than so many")
	assert.Equal(t, Suspicious, all.Worst())
	assert.Equal(t, []Taxonomy{{Level: Suspicious, Predicate: "Finding", Value: "macro"}}, all.Taxonomies(), "a label once")
}
