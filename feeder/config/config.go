// Package config reads what the feeder is told: a YAML file, strictly, and the
// environment, which wins. It also gathers the sources of the profile and of
// the file into one list.
package config

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/waggle-cti/waggle/feeder/enrich"
	"github.com/waggle-cti/waggle/feeder/profiles"
	"github.com/waggle-cti/waggle/feeder/relevance"
	"github.com/waggle-cti/waggle/feeder/respond"
	"github.com/waggle-cti/waggle/feeder/secret"
	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/feeder/strictyaml"
	"github.com/waggle-cti/waggle/feeder/verdict"
)

// Config is everything the feeder needs to know.
type Config struct {
	Database string        // path of the SQLite file, whose folder is made when needed, or a postgres:// URL, which may hold a password
	Listen   string        // host:port of the local page
	Profile  string        // name of a shipped profile, or the path of a file
	Since    time.Duration // posts older than this at a source's first poll raise no alert
	Window   time.Duration // how far apart in time posts of one story may be
	KeepDays int           // how long the texts of posts are kept, at least Window; 0 = for ever
	Pause    time.Duration // from one fetch of an article to the next from the same host; 0 = 1 s

	AllowNetworks []netip.Prefix // non-public networks that sources and articles may be fetched from

	Page Page // who may read the page
	Mail Mail // the weekly mail

	Blocks Blocks // the block lists for firewalls

	TheHive TheHive
	Cortex  Cortex
	MISP    MISP

	// Sources are the profile's and the file's, each name once; where both have
	// a name, the file's counts.
	Sources []source.Spec

	// Needs is the profile, read.
	Needs *relevance.Profile
	// Verdicts and Rules are the profile's, too: how analyzers' words are
	// weighed, and what is done by itself.
	Verdicts verdict.Settings
	Rules    respond.Rules
}

// NetworksKey is the key of AllowNetworks in the file.
const NetworksKey = "allow_networks"

// Page says who may read the page. Beyond loopback one of Token and
// TrustProxyUser must be set.
type Page struct {
	Token          secret.Text    // lets in who knows it
	TrustProxyUser string         // the header in which a reverse proxy names who has logged in there
	TrustProxyFrom []netip.Prefix // where that proxy asks from; none = loopback and private networks
}

// Blocks says who may write and read the block lists. Without a token nobody may.
type Blocks struct {
	Token      secret.Text // of who blocks and unblocks: the responders
	ListsToken secret.Text // of who reads the lists: firewalls, DNS filters
}

// Mail is the weekly mail of threats. Without Host none is sent.
type Mail struct {
	Host     string
	Port     int    // 0 = the usual one of the security
	Security string // starttls (default), tls, none
	User     string // empty = no login
	Password secret.Text
	From     string
	To       []string
	Page     string // address of the page for links, with a final slash; empty = none
}

// Server is one of the systems the feeder works with. Without URL it is not
// used.
type Server struct {
	URL          string
	Key          secret.Text
	Organisation string // TheHive's, for users of several; optional
}

// TheHive is where stories become alerts.
type TheHive struct {
	Server
	AddToCases bool // what a story gains after its alert became a case is added to the case, too
}

// Cortex is the Cortex whose analyzers are asked about the values of stories,
// and what they are asked.
type Cortex struct {
	Server
	enrich.Settings
}

// MISP is the MISP that holds the stories' events.
type MISP struct {
	Server
	UpdateEvery time.Duration // the least time from one update of an event to the next
}

// Used reports whether the server is configured.
func (s Server) Used() bool { return s.URL != "" }

// Default is the configuration of somebody who wrote none.
func Default() Config {
	return Config{
		Database: "data/waggle.db",
		Listen:   "127.0.0.1:8787",
		Profile:  "small-business",
		Since:    72 * time.Hour,
		Window:   14 * 24 * time.Hour,
		Pause:    time.Second,
		TheHive:  TheHive{AddToCases: true},
		Cortex:   Cortex{Settings: enrich.Defaults()},
		MISP:     MISP{UpdateEvery: 30 * time.Minute},
	}
}

// Folder is where files lie that belong to the data: beside the SQLite file, or
// in a folder "data" where the data are in PostgreSQL.
func (c *Config) Folder() string {
	if strings.Contains(c.Database, "://") {
		return "data"
	}
	return filepath.Dir(c.Database)
}

// Load reads the YAML file at path, or none if path is empty, and the
// environment over it. Errors name the file and line, or the variable, that is
// wrong, and never what a secret holds.
func Load(path string) (*Config, error) {
	var data []byte
	if path != "" {
		var err error
		if data, err = os.ReadFile(path); err != nil {
			return nil, fmt.Errorf("configuration: %w", err)
		}
	}
	written := file{Cortex: analysing{Settings: enrich.Defaults()}}
	doc, err := strictyaml.Decode(path, data, &written)
	if err != nil {
		return nil, err
	}
	c := Default()
	if err := written.apply(&c, doc, filepath.Dir(path)); err != nil {
		return nil, err
	}
	if err := applyEnvironment(&c); err != nil {
		return nil, err
	}
	if err := c.checkKeys(); err != nil {
		return nil, err
	}
	if err := c.readProfile(written, doc, filepath.Dir(path)); err != nil {
		return nil, err
	}
	return &c, nil
}

// checkKeys wants a key for every server that is to be asked.
func (c *Config) checkKeys() error {
	for _, s := range []struct {
		key, variable string
		server        Server
	}{{"thehive", "WAGGLE_THEHIVE", c.TheHive.Server}, {"cortex", "WAGGLE_CORTEX", c.Cortex.Server}, {"misp", "WAGGLE_MISP", c.MISP.Server}} {
		if s.server.Used() && !s.server.Key.Set() {
			return fmt.Errorf("%s has a url and no key: name a file that holds it as key_file under %[1]s, or in %s_KEY_FILE", s.key, s.variable)
		}
	}
	return nil
}

// Exposed gives the paths of the files of secrets that every user of the
// machine may read, each once.
func (c *Config) Exposed() []string {
	all := []secret.Text{c.Page.Token, c.Blocks.Token, c.Blocks.ListsToken, c.Mail.Password, c.TheHive.Key, c.Cortex.Key, c.MISP.Key}
	for _, s := range c.Sources {
		all = append(all, s.Token)
	}
	var paths []string
	for _, s := range all {
		if path := s.Exposed(); path != "" && !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	}
	return paths
}

// readProfile reads the profile and puts its sources before the file's.
func (c *Config) readProfile(written file, doc *strictyaml.Document, folder string) error {
	name, data, err := profiles.Read(c.Profile)
	if err != nil {
		return err
	}
	if c.Needs, err = relevance.Parse(name, data); err != nil {
		return err
	}
	layers, err := profiles.Layers(name, data)
	if err != nil {
		return err
	}
	for _, l := range layers {
		if c.Verdicts, err = verdict.Read(l.File, l.Data, c.Verdicts); err != nil {
			return err
		}
		if c.Rules, err = respond.Read(l.File, l.Data, c.Rules); err != nil {
			return err
		}
	}
	own, err := checkSources(written.Sources, doc, folder)
	if err != nil {
		return err
	}
	if written.SourcesOnly {
		if len(own) == 0 {
			return doc.Errorf([]any{"sources_only"}, "sources_only leaves the profile's sources out, and there are no others: add some under sources")
		}
		c.Sources = own
		return nil
	}
	for _, l := range layers {
		more, replace, err := profileSources(l.File, l.Data, filepath.Dir(l.File))
		if err != nil {
			return err
		}
		if replace {
			c.Sources = nil
		}
		c.Sources = merge(c.Sources, more)
	}
	c.Sources = merge(c.Sources, own)
	return nil
}
