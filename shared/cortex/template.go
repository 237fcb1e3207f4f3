package cortex

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"
)

// WriteTemplates writes the zip that TheHive imports report templates from:
// <Name_1_0>/long.html for each worker that brings one, and nothing else, since
// TheHive would take any other file for a template. The same workers give the
// same bytes.
func WriteTemplates(to io.Writer, workers []*Worker) error {
	z := zip.NewWriter(to)
	for _, w := range workers {
		if w.LongTemplate == "" {
			continue
		}
		f, err := z.CreateHeader(&zip.FileHeader{
			Name: w.ID() + "/long.html", Method: zip.Deflate,
			Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC), // zip's first day
		})
		if err != nil {
			return err
		}
		if _, err := io.WriteString(f, w.LongTemplate); err != nil {
			return err
		}
	}
	return z.Close()
}

func templatesCommand(workers []*Worker) *cobra.Command {
	var path string
	c := &cobra.Command{
		Use: "templates", Short: "write the report templates for TheHive as a zip", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if path == "-" {
				return WriteTemplates(c.OutOrStdout(), workers)
			}
			f, err := os.Create(path)
			if err != nil {
				return failed{exitError, err}
			}
			if err := WriteTemplates(f, workers); err != nil {
				f.Close()
				return failed{exitError, fmt.Errorf("%s: %w", path, err)}
			}
			return f.Close()
		},
	}
	c.Flags().StringVarP(&path, "output", "o", "", "the zip to write; - is the standard output")
	_ = c.MarkFlagRequired("output")
	return c
}

func checkTemplate(html string) error { return nil }
