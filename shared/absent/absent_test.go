package absent_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/waggle-cti/waggle/shared/absent"
)

// told keeps what would end a test.
type told struct {
	testing.TB
	failed, skipped string
}

func (*told) Helper() {}

func (t *told) Fatalf(format string, args ...any) {
	t.failed = fmt.Sprintf(format, args...)
	panic(t)
}

func (t *told) Skipf(format string, args ...any) { t.skipped = fmt.Sprintf(format, args...) }

func TestSkip(t *testing.T) {
	for name, c := range map[string]struct{ ci, failed, skipped string }{
		"a person's run": {"", "", "no bees here"},
		"CI":             {"true", "no bees here (CI is set, so that this fails and does not skip)", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("CI", c.ci)
			got := &told{}
			skip := func() { absent.Skip(got, "no %s here", "bees") }
			if c.failed != "" {
				assert.Panics(t, skip)
			} else {
				skip()
			}
			assert.Equal(t, c.failed, got.failed)
			assert.Equal(t, c.skipped, got.skipped)
		})
	}
}
