package cortex

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

// Listed is a worker as `list --json` shows it.
type Listed struct {
	Worker      string   `json:"worker"` // name on the command line and of the folder
	Name        string   `json:"name"`   // as Cortex knows it
	Version     string   `json:"version"`
	Kind        Kind     `json:"kind"`
	Description string   `json:"description"`
	DataTypes   []string `json:"dataTypes"`
	NeedsKey    bool     `json:"needsKey"`
	BaseConfig  string   `json:"baseConfig,omitempty"`
	Hosts       []string `json:"hosts"` // host names it talks to beyond the user's own network
	Image       string   `json:"image"`
	Template    bool     `json:"template"` // it brings a report template for TheHive
}

// Listing gives the worker as `list --json` shows it.
func (w *Worker) Listing() Listed {
	hosts := w.Service.Hosts
	if hosts == nil {
		hosts = []string{}
	}
	return Listed{
		Worker: w.Command(), Name: w.Name, Version: w.Version, Kind: w.Kind, Description: w.Description,
		DataTypes: w.DataTypes, NeedsKey: w.NeedsKey(), BaseConfig: w.BaseConfig, Hosts: hosts,
		Image: w.Image("", ""), Template: w.LongTemplate != "",
	}
}

func listCommand(workers []*Worker) *cobra.Command {
	var asJSON, images bool
	var registry string
	c := &cobra.Command{
		Use: "list", Short: "list the workers in this program", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if asJSON {
				return writeJSON(c.OutOrStdout(), listings(workers))
			}
			if images {
				printImages(c.OutOrStdout(), workers, registry)
				return nil
			}
			t := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
			fmt.Fprintln(t, "WORKER\tVERSION\tKEY\tDATA TYPES\tDESCRIPTION")
			for _, l := range listings(workers) {
				key := "-"
				if l.NeedsKey {
					key = "needed"
				}
				fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", l.Worker, l.Version, key, strings.Join(l.DataTypes, " "), l.Description)
			}
			return t.Flush()
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print a JSON array")
	c.Flags().BoolVar(&images, "images", false, "print a line for each image to build: worker, image, version and title, with tabs between")
	c.Flags().StringVar(&registry, "registry", DefaultRegistry, "with --images, what begins the images' names")
	c.MarkFlagsMutuallyExclusive("json", "images")
	return c
}

// printImages prints what a script needs to build the workers' images.
func printImages(to io.Writer, workers []*Worker, registry string) {
	for _, w := range workers {
		fmt.Fprintf(to, "%s\t%s\t%s\t%s\n", w.Command(), w.Image(registry, ""), w.Version, w.Name)
	}
}

func listings(workers []*Worker) []Listed {
	out := make([]Listed, len(workers))
	for i, w := range workers {
		out[i] = w.Listing()
	}
	return out
}

// writeJSON prints a value for people and programs alike.
func writeJSON(to io.Writer, v any) error {
	enc := json.NewEncoder(to)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
