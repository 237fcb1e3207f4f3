// Package pattern holds regular expressions that are compiled at first need: a
// program with many workers starts for the job of one.
package pattern

import (
	"regexp"
	"sync"
)

// Pattern gives the compiled expression. It is safe for concurrent use.
type Pattern func() *regexp.Regexp

// New makes a pattern of an expression in RE2's syntax. One that is none panics
// at first use, as regexp.MustCompile does.
// https://github.com/google/re2/wiki/Syntax
func New(expression string) Pattern {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}
