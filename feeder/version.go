package main

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/waggle-cti/waggle/shared/upstream"
)

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "feeder %s, %s, %s/%s\n", upstream.Version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}
