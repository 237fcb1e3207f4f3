package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/waggle-cti/waggle/feeder/config"
	"github.com/waggle-cti/waggle/feeder/demo"
	"github.com/waggle-cti/waggle/feeder/relevance"
)

func demoCommand(s *settings) *cobra.Command {
	var folder string
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show the feeder on posts that come with it, without a network",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if s.config != "" || s.database != "" {
				return errors.New("the demonstration keeps apart from your configuration and data: give it neither --config nor --database; --data names a folder for what it finds")
			}
			folder, remove, err := demoFolder(folder)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, remove()) }()
			blogs, err := serveDemo()
			if err != nil {
				return err
			}
			defer blogs.Close()
			c, err := demoConfig(blogs.address, folder, s.listen)
			if err != nil {
				return err
			}
			// Only what a person should see: the page tells the rest.
			log := slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: slog.LevelWarn}))
			return serve(cmd.Context(), c, log, func(page string) {
				fmt.Fprintf(cmd.OutOrStdout(), "Open %s: the demonstration's posts become stories there within seconds.\nThe data are in %s. Stop with Ctrl-C.\n", page, folder)
			})
		},
	}
	cmd.Flags().StringVar(&folder, "data", "", "`folder` to keep the data in (default: one that is removed at the end)")
	return cmd
}

func demoFolder(named string) (folder string, remove func() error, err error) {
	if named != "" {
		return named, func() error { return nil }, nil
	}
	folder, err = os.MkdirTemp("", "waggle-demo-")
	return folder, func() error { return os.RemoveAll(folder) }, err
}

// demoBlogs are the demonstration's sources, served on loopback.
type demoBlogs struct {
	*http.Server
	address string
}

func serveDemo() (*demoBlogs, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("the demonstration's sources: %w", err)
	}
	server := &http.Server{Handler: demo.Handler(), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }() // ends when the server is closed
	return &demoBlogs{server, "http://" + listener.Addr().String()}, nil
}

// demoConfig is a configuration of its own: neither file nor environment may
// send the demonstration's posts to a real TheHive.
func demoConfig(blogs, folder, listen string) (*config.Config, error) {
	c := config.Default()
	var err error
	if c.Needs, err = relevance.Load(c.Profile); err != nil {
		return nil, err
	}
	c.Database = filepath.Join(folder, "waggle.db")
	c.AllowNetworks = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	c.Sources = demo.Sources(blogs)
	if listen != "" {
		c.Listen = listen
	}
	return &c, nil
}
