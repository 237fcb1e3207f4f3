package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/waggle-cti/waggle/feeder/store"
)

func backupCommand(s *settings) *cobra.Command {
	return &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy the data to a new file, also while a feeder runs",
		Long:  "backup copies the data, as they are at one moment, to FILE, which must not be there\nyet. A feeder may go on working meanwhile. Data in PostgreSQL are copied by its\npg_dump.",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			err := s.reading(cmd.Context(), func(data *store.Store) error { return data.Backup(cmd.Context(), args[0]) })
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "The data are in %s.\n", args[0])
			return nil
		},
	}
}

func restoreCommand(s *settings) *cobra.Command {
	return &cobra.Command{
		Use:   "restore FILE",
		Short: "Begin with the data of a backup",
		Long:  "restore makes a copy of FILE, which backup wrote, the data. It does not overwrite\nany: move those that are there away first. No feeder may be running.",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := s.load()
			if err != nil {
				return err
			}
			if err := store.Restore(cmd.Context(), args[0], c.Database); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "The data of %s are in %s.\n", args[0], c.Database)
			return nil
		},
	}
}
