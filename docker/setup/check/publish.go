package check

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/gorilla/feeds"
	"go.yaml.in/yaml/v3"

	"github.com/waggle-cti/waggle/docker/setup/config"
	"github.com/waggle-cti/waggle/docker/setup/keyring"
)

// Publisher makes a post up and has a feeder of its own read it, with the keys
// of the real one and data that are thrown away.
type Publisher struct {
	Program  string // path of the feeder
	Settings *config.Settings
	Ring     *keyring.Ring
}

// patience is the longest that the feeder may take with one post.
const patience = 10 * time.Minute

// Publish serves the post on loopback and runs the feeder once.
func (p Publisher) Publish(ctx context.Context, source string) (err error) {
	if _, err := os.Stat(p.Program); err != nil {
		return fmt.Errorf("no program to read the post: %w: `make build` makes it, --feeder names it", err)
	}
	folder, err := os.MkdirTemp("", "waggle-check-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	feed, err := post(source)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	site := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/rss+xml")
		_, _ = io.WriteString(w, feed)
	})}
	go func() { _ = site.Serve(listener) }() // ends with Close
	defer func() { err = errors.Join(err, site.Close()) }()
	if err := p.write(folder, source, "http://"+listener.Addr().String()+"/feed.xml"); err != nil {
		return err
	}
	return p.run(ctx, folder)
}

// post is a feed of one post. Its only value is a digest of nothing, so that
// asking about it tells nobody anything.
func post(source string) (string, error) {
	digest := make([]byte, 32)
	_, _ = rand.Read(digest) // never fails
	feed := feeds.Feed{Title: source, Link: &feeds.Link{Href: "https://example.com/"}, Description: "setup integrate --check", Created: time.Now()}
	feed.Add(&feeds.Item{
		Title: "Check of the set-up: not a threat", Link: &feeds.Link{Href: "https://example.com/" + source}, Id: source, Created: time.Now(),
		Description: fmt.Sprintf("<p>setup integrate --check has made this post up; it deletes what came of it. Indicators of compromise:</p><p>SHA-256 %x</p>", digest),
	})
	return feed.ToRss()
}

// write writes the feeder's configuration.
func (p Publisher) write(folder, source, address string) error {
	server := func(s config.Server, key string) map[string]any {
		return map[string]any{"url": s.URL, "key_file": p.absolute(key)}
	}
	hive := server(p.Settings.TheHive, "feeder/thehive-key")
	hive["organisation"] = p.Settings.Organisation
	told := map[string]any{
		"database": "check.db", "profile": "./profile.yaml", "since": "24h", "sources_only": true, "allow_networks": []string{"127.0.0.1"}, "thehive": hive,
		"sources": []any{map[string]any{"name": source, "kind": "rss", "url": address, "article": "never", "tlp": 0, "pap": 0}},
	}
	if p.Settings.Cortex.Used() {
		told["cortex"] = server(p.Settings.Cortex, "feeder/cortex-key")
	}
	// Everything is kept: the post matters to nobody.
	profile := map[string]any{"name": "check", "minimum": 0, "extends": "small-business"}
	for name, content := range map[string]any{"waggle.yaml": told, "profile.yaml": profile} {
		text, err := yaml.Marshal(content)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func (p Publisher) absolute(key string) string {
	path, err := filepath.Abs(p.Ring.Path(key))
	if err != nil {
		return p.Ring.Path(key)
	}
	return path
}

// maxSaid bounds what is shown of the feeder's words, in bytes.
const maxSaid = 300

// run runs the feeder, without the settings of the one that this machine may have.
func (p Publisher) run(ctx context.Context, folder string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	program, err := filepath.Abs(p.Program)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, program, "once", "--config", filepath.Join(folder, "waggle.yaml"))
	cmd.Dir = folder
	for _, pair := range os.Environ() {
		if !strings.HasPrefix(pair, "WAGGLE_") {
			cmd.Env = append(cmd.Env, pair)
		}
	}
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Run(); err != nil {
		text := strings.TrimSpace(said.String())
		return fmt.Errorf("the feeder could not do it: %w: %s", err, text[max(0, len(text)-maxSaid):])
	}
	return nil
}
