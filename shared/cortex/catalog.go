package cortex

import (
	"github.com/spf13/cobra"
)

// DefaultRegistry begins the names of the published images.
const DefaultRegistry = "ghcr.io/waggle-cti"

// Image names the worker's image: REGISTRY/waggle-urlhaus:1.0. An empty
// registry is DefaultRegistry and an empty tag the worker's version. There is
// always a tag: Cortex never finds a local image by a name without one.
func (w *Worker) Image(registry, tag string) string {
	return orDefault(registry, DefaultRegistry) + "/waggle-" + w.Command() + ":" + orDefault(tag, w.Version)
}

// Entry is a worker in a catalog, as Cortex reads it
// (https://docs.strangebee.com/cortex/api/how-to-create-an-analyzer/). The
// fields after ConfigurationItems are for people and other tools.
type Entry struct {
	Name        string   `json:"name"`
	Version     string   `json:"version"`
	Description string   `json:"description"`
	Author      string   `json:"author"`
	URL         string   `json:"url"`
	License     string   `json:"license"`
	DataTypes   []string `json:"dataTypeList"`

	// One of the two: Cortex drops an entry with a command when it reads the
	// catalog over http, and one with neither when it reads a file.
	DockerImage string `json:"dockerImage,omitempty"`
	Command     string `json:"command,omitempty"`

	BaseConfig         string `json:"baseConfig"`
	ConfigurationItems []Item `json:"configurationItems"`

	ServiceHomepage      string `json:"service_homepage,omitempty"`
	RegistrationRequired bool   `json:"registration_required"`
	SubscriptionRequired bool   `json:"subscription_required"`

	ByHandTypes []string `json:"by_hand_data_types,omitempty"`
	ByHandWhy   string   `json:"by_hand_why,omitempty"`
}

// Entry gives the worker's catalog entry, without image and command.
func (w *Worker) Entry() Entry {
	return Entry{
		Name: w.Name, Version: w.Version, Description: w.Description,
		Author: w.Author, URL: w.URL, License: w.License, DataTypes: w.DataTypes,
		BaseConfig: orDefault(w.BaseConfig, w.Name), ConfigurationItems: w.Items(),
		ServiceHomepage:      w.Service.Homepage,
		RegistrationRequired: w.Service.Registration, SubscriptionRequired: w.Service.Subscription,
		ByHandTypes: w.ByHand.DataTypes, ByHandWhy: w.ByHand.Why,
	}
}

// Catalog gives the entries of workers with the names of their images.
func Catalog(workers []*Worker, registry, tag string) []Entry {
	entries := make([]Entry, len(workers))
	for i, w := range workers {
		entries[i] = w.Entry()
		entries[i].DockerImage = w.Image(registry, tag)
	}
	return entries
}

// CommandCatalog gives the entries of workers that Cortex' process runner
// starts. Cortex resolves a command against the folder above the one that
// holds the catalog, and gives it no argument but the job, so that a folder
// named like the program holds catalog, binary and a link for each worker:
//
//	/opt/waggle/analyzers/analyzers.json
//	/opt/waggle/analyzers/analyzers
//	/opt/waggle/analyzers/urlhaus -> analyzers
func CommandCatalog(program string, workers []*Worker) []Entry {
	entries := make([]Entry, len(workers))
	for i, w := range workers {
		entries[i] = w.Entry()
		entries[i].Command = program + "/" + w.Command()
	}
	return entries
}

func catalogCommand(program string, workers []*Worker) *cobra.Command {
	var registry, tag string
	var command bool
	c := &cobra.Command{
		Use: "catalog", Short: "print the catalog for Cortex", Args: cobra.NoArgs,
		Long: "catalog prints the JSON array that Cortex is pointed at. Give analyzers and responders\n" +
			"each a catalog of their own: a list that holds both makes every entry a responder.",
		RunE: func(c *cobra.Command, _ []string) error {
			if command {
				return writeJSON(c.OutOrStdout(), CommandCatalog(program, workers))
			}
			return writeJSON(c.OutOrStdout(), Catalog(workers, registry, tag))
		},
	}
	c.Flags().StringVar(&registry, "registry", DefaultRegistry, "what begins the images' names")
	c.Flags().StringVar(&tag, "tag", "", "the images' tag (default: each worker's version)")
	c.Flags().BoolVar(&command, "command", false, "for the process runner: commands in a folder "+program+"/ beside this catalog, no images")
	return c
}
