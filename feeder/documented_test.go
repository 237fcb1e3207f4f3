package main

import (
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestEveryCommandIsDocumented wants each command in the table of README.md.
func TestEveryCommandIsDocumented(t *testing.T) {
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	_, table, found := strings.Cut(string(text), "\n## Commands\n")
	require.True(t, found, "README.md has no section Commands")
	table, _, _ = strings.Cut(table, "\n## ")

	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			path := strings.TrimPrefix(sub.CommandPath(), "feeder ")
			if sub.Runnable() {
				assert.Regexp(t, "`(feeder )?"+path+"[ `]", table, "%s is not in the table", sub.CommandPath())
			}
			walk(sub)
		}
	}
	root := newRoot()
	require.NotEmpty(t, root.Commands())
	walk(root)
}
