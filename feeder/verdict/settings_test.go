package verdict

import (
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/tidwall/gjson"

	bundle "github.com/waggle-cti/waggle"
)

// A pattern that fits nothing would give its analyzer the usual weight, and
// nobody would notice.
func TestBuiltinWeightsAreOfAnalyzersThatThereAre(t *testing.T) {
	names := gjson.GetBytes(bundle.Catalog(), "analyzers.#.name").Array()
	assert.NotEmpty(t, names)
	for pattern := range builtin() {
		if !strings.HasPrefix(pattern, "Waggle_") {
			continue // another bundle's
		}
		fits := 0
		for _, n := range names {
			if ok, _ := path.Match(pattern, n.String()+"_1_0"); ok {
				fits++
			}
		}
		assert.Equal(t, 1, fits, pattern)
	}
}
