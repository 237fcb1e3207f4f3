package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"

	"github.com/waggle-cti/waggle/feeder/config"
	"github.com/waggle-cti/waggle/feeder/store"
)

// settings are the flags that every command knows.
type settings struct {
	config, database, listen string
}

// defaultConfig is the configuration that is read where none is named.
const defaultConfig = "waggle.yaml"

// load reads the configuration, flags over it.
func (s *settings) load() (*config.Config, error) {
	path := s.config
	if path == "" {
		if _, err := os.Stat(defaultConfig); err == nil {
			path = defaultConfig
		} else if !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	c, err := config.Load(path)
	if err != nil {
		return nil, err
	}
	if s.database != "" {
		c.Database = s.database
	}
	if s.listen != "" {
		c.Listen = s.listen
	}
	return c, nil
}

// reading opens the data to look at, and closes them after do.
func (s *settings) reading(ctx context.Context, do func(*store.Store) error) error {
	c, err := s.load()
	if err != nil {
		return err
	}
	data, err := store.OpenReader(ctx, c.Database)
	if err != nil {
		return err
	}
	return errors.Join(do(data), data.Close())
}

// newLog is the log: lines for people, or JSON with WAGGLE_LOG=json.
func newLog(to io.Writer) *slog.Logger {
	if os.Getenv("WAGGLE_LOG") == "json" {
		return slog.New(slog.NewJSONHandler(to, nil))
	}
	return slog.New(slog.NewTextHandler(to, nil))
}
