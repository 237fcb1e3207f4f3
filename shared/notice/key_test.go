package notice_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/waggle-cti/waggle/shared/notice"
)

// TestKey: a second try has the key of the first; what is something else to tell
// has another.
func TestKey(t *testing.T) {
	first := notice.Notice{Kind: "case", ID: "~1"}
	key := first.Key("ntfy", "Title", "Body")
	assert.Len(t, key, 36)
	assert.Equal(t, key, notice.Notice{Kind: "case", ID: "~1", Owner: "another@example.com"}.Key("ntfy", "Title", "Body"))
	for name, other := range map[string]string{
		"object":  notice.Notice{Kind: "case", ID: "~2"}.Key("ntfy", "Title", "Body"),
		"kind":    notice.Notice{Kind: "alert", ID: "~1"}.Key("ntfy", "Title", "Body"),
		"channel": first.Key("matrix", "Title", "Body"),
		"text":    first.Key("ntfy", "Title", "Body, and more"),
		"place":   first.Key("ntfy", "TitleB", "ody"),
	} {
		assert.NotEqual(t, key, other, name)
	}
}
