// Package extract is the command `extract`: it prints the values that a text
// holds, one JSON object a line.
package extract

import (
	"encoding/json"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/waggle-cti/waggle/shared/ioc"
)

// Command gives `extract [FILE…]`.
func Command() *cobra.Command {
	return &cobra.Command{
		Use:   "extract [FILE…]",
		Short: "print the indicators that texts hold, one JSON object a line",
		RunE: func(cmd *cobra.Command, args []string) error {
			in, err := io.ReadAll(os.Stdin)
			if err != nil {
				return err
			}
			out := json.NewEncoder(cmd.OutOrStdout())
			for _, i := range ioc.Find(string(in), ioc.Options{}) {
				if err := out.Encode(i); err != nil {
					return err
				}
			}
			return nil
		},
	}
}
