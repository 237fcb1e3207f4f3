// Package absent says what a test does where a program that it needs is not
// installed: a person's run skips it, a CI run has to have all of them.
package absent

import (
	"os"
	"testing"
)

// Skip skips the test with a message: what is missing, and where it is to be
// had. With CI set in the environment it fails the test instead, so that none
// goes missing unseen.
func Skip(t testing.TB, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf(format+" (CI is set, so that this fails and does not skip)", args...)
	}
	t.Skipf(format, args...)
}
