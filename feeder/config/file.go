package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/waggle-cti/waggle/feeder/enrich"
	"github.com/waggle-cti/waggle/feeder/profiles"
	"github.com/waggle-cti/waggle/feeder/secret"
	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/feeder/strictyaml"
)

// file is the YAML file as written. Nil means not written.
type file struct {
	Database      *string        `yaml:"database"`
	Listen        *string        `yaml:"listen"`
	Profile       *string        `yaml:"profile"`
	Since         *time.Duration `yaml:"since"`
	Window        *time.Duration `yaml:"window"`
	Pause         *time.Duration `yaml:"pause"`
	KeepDays      *int           `yaml:"keep_days"`
	AllowNetworks []string       `yaml:"allow_networks"`
	Page          page           `yaml:"page"`
	Mail          mailing        `yaml:"mail"`
	Blocks        blocking       `yaml:"blocks"`
	TheHive       hive           `yaml:"thehive"`
	Cortex        analysing      `yaml:"cortex"`
	MISP          events         `yaml:"misp"`
	SourcesOnly   bool           `yaml:"sources_only"`
	Sources       []source.Spec  `yaml:"sources"`
}

type server struct {
	URL     string `yaml:"url"`
	Key     string `yaml:"key"`
	KeyFile string `yaml:"key_file"`
}

type page struct {
	Token          string   `yaml:"token"`
	TokenFile      string   `yaml:"token_file"`
	TrustProxyUser string   `yaml:"trust_proxy_user"`
	TrustProxyFrom []string `yaml:"trust_proxy_from"`
}

// fill reads what is written; relative paths start from folder.
func (p page) fill(folder string) (Page, error) {
	token, err := secret.From(p.Token, from(folder, p.TokenFile), "token", "token_file")
	if err != nil {
		return Page{}, err
	}
	networks, err := networks(p.TrustProxyFrom)
	return Page{Token: token, TrustProxyUser: p.TrustProxyUser, TrustProxyFrom: networks}, err
}

type blocking struct {
	Token          string `yaml:"token"`
	TokenFile      string `yaml:"token_file"`
	ListsToken     string `yaml:"lists_token"`
	ListsTokenFile string `yaml:"lists_token_file"`
}

// fill reads what is written; relative paths start from folder.
func (b blocking) fill(folder string) (Blocks, error) {
	token, err := secret.From(b.Token, from(folder, b.TokenFile), "token", "token_file")
	if err != nil {
		return Blocks{}, err
	}
	lists, err := secret.From(b.ListsToken, from(folder, b.ListsTokenFile), "lists_token", "lists_token_file")
	return Blocks{token, lists}, err
}

type mailing struct {
	Host         string   `yaml:"host"`
	Port         int      `yaml:"port"`
	Security     string   `yaml:"security"`
	User         string   `yaml:"user"`
	Password     string   `yaml:"password"`
	PasswordFile string   `yaml:"password_file"`
	From         string   `yaml:"from"`
	To           []string `yaml:"to"`
	Page         string   `yaml:"page"`
}

// fill reads what is written; relative paths start from folder.
func (m mailing) fill(folder string) (Mail, error) {
	password, err := secret.From(m.Password, from(folder, m.PasswordFile), "password", "password_file")
	return Mail{m.Host, m.Port, m.Security, m.User, password, m.From, m.To, withSlash(m.Page)}, err
}

// withSlash ends an address with the slash that links go on from.
func withSlash(address string) string {
	if address == "" {
		return ""
	}
	return strings.TrimRight(address, "/") + "/"
}

type hive struct {
	server       `yaml:",inline"`
	Organisation string `yaml:"organisation"`
	AddToCases   *bool  `yaml:"add_to_cases"`
}

type events struct {
	server      `yaml:",inline"`
	UpdateEvery *time.Duration `yaml:"update_every"`
}

type analysing struct {
	server          `yaml:",inline"`
	enrich.Settings `yaml:",inline"`
}

// apply puts what the file says over the defaults. Relative paths in the file
// start from its folder.
func (f file) apply(c *Config, doc *strictyaml.Document, folder string) error {
	located := func(path []any, err error) error {
		if err == nil {
			return nil
		}
		return doc.Errorf(path, "%w", err)
	}
	if f.Database != nil {
		c.Database = *f.Database
		if err := located([]any{"database"}, checkDatabase(c.Database)); err != nil {
			return err
		}
		c.Database = from(folder, c.Database)
	}
	if f.Listen != nil {
		c.Listen = *f.Listen
		if err := located([]any{"listen"}, checkListen(c.Listen)); err != nil {
			return err
		}
	}
	if f.Profile != nil {
		c.Profile = *f.Profile
		if err := located([]any{"profile"}, checkProfile(c.Profile)); err != nil {
			return err
		}
		if !profiles.IsName(c.Profile) {
			c.Profile = from(folder, c.Profile)
		}
	}
	if err := f.applyTimes(c, located); err != nil {
		return err
	}
	if f.KeepDays != nil {
		c.KeepDays = *f.KeepDays
		if err := located([]any{"keep_days"}, checkDays(c.KeepDays)); err != nil {
			return err
		}
	}
	for i, text := range f.AllowNetworks {
		p, err := network(text)
		if err != nil {
			return located([]any{"allow_networks", i}, err)
		}
		c.AllowNetworks = append(c.AllowNetworks, p)
	}
	var err error
	if c.Page, err = f.Page.fill(folder); err != nil {
		return located([]any{"page"}, err)
	}
	if c.Mail, err = f.Mail.fill(folder); err != nil {
		return located([]any{"mail"}, err)
	}
	if c.Blocks, err = f.Blocks.fill(folder); err != nil {
		return located([]any{"blocks"}, err)
	}
	if err := f.applyServers(c, located, folder); err != nil {
		return err
	}
	c.Cortex.Settings = f.Cortex.Settings
	var wrong *enrich.Invalid
	if err := c.Cortex.Check(); errors.As(err, &wrong) {
		return located([]any{"cortex", wrong.Key}, err)
	}
	return nil
}

// applyServers puts what is written of TheHive, Cortex and MISP over the defaults.
func (f file) applyServers(c *Config, located func([]any, error) error, folder string) error {
	for _, s := range []struct {
		key          string
		written      server
		organisation string
		into         *Server
	}{{"thehive", f.TheHive.server, f.TheHive.Organisation, &c.TheHive.Server}, {"cortex", f.Cortex.server, "", &c.Cortex.Server}, {"misp", f.MISP.server, "", &c.MISP.Server}} {
		filled, err := s.written.fill(folder)
		if err != nil {
			return located([]any{s.key}, err)
		}
		filled.Organisation = s.organisation
		*s.into = filled
	}
	if f.TheHive.AddToCases != nil {
		c.TheHive.AddToCases = *f.TheHive.AddToCases
	}
	if f.MISP.UpdateEvery != nil {
		c.MISP.UpdateEvery = *f.MISP.UpdateEvery
		if err := located([]any{"misp", "update_every"}, checkUpdates(c.MISP.UpdateEvery)); err != nil {
			return err
		}
	}
	return nil
}

func (f file) applyTimes(c *Config, located func([]any, error) error) error {
	for _, d := range []struct {
		key     string
		written *time.Duration
		into    *time.Duration
	}{{"since", f.Since, &c.Since}, {"window", f.Window, &c.Window}, {"pause", f.Pause, &c.Pause}} {
		if d.written == nil {
			continue
		}
		*d.into = *d.written
		if err := located([]any{d.key}, checkSpan(*d.written)); err != nil {
			return err
		}
	}
	return nil
}

func (s server) fill(folder string) (Server, error) {
	if s.URL != "" {
		if err := checkURL(s.URL); err != nil {
			return Server{}, err
		}
	}
	key, err := secret.From(s.Key, from(folder, s.KeyFile), "key", "key_file")
	if err != nil {
		return Server{}, err
	}
	return Server{URL: strings.TrimRight(s.URL, "/"), Key: key}, nil
}

func from(folder, path string) string {
	if path == "" || filepath.IsAbs(path) || strings.Contains(path, "://") {
		return path
	}
	return filepath.Join(folder, path)
}

func checkDatabase(s string) error {
	if strings.TrimSpace(s) == "" {
		return fmt.Errorf("database is the path of a file, such as data/waggle.db")
	}
	if scheme, _, ok := strings.Cut(s, "://"); ok && scheme != "postgres" && scheme != "postgresql" {
		return fmt.Errorf("database is the path of a SQLite file, or postgres://user:password@host/name")
	}
	return nil
}

func checkListen(s string) error {
	_, port, err := net.SplitHostPort(s)
	if err != nil {
		return fmt.Errorf("listen is host:port, such as 127.0.0.1:8787, not %q", s)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return fmt.Errorf("listen: %q is no port from 0 to 65535", port)
	}
	return nil
}

func checkProfile(s string) error {
	if strings.TrimSpace(s) == "" {
		return fmt.Errorf("profile is one of %s, or the path of a file", strings.Join(profiles.Names(), ", "))
	}
	return nil
}

func checkSpan(d time.Duration) error {
	if d < 0 || d > 10*365*24*time.Hour {
		return fmt.Errorf("a time span is between 0s and 87600h, not %s", d)
	}
	return nil
}

func checkUpdates(d time.Duration) error {
	if d < time.Minute || d > 24*time.Hour {
		return fmt.Errorf("update_every is a time from 1m to 24h, not %s", d)
	}
	return nil
}

func checkDays(n int) error {
	if n < 0 || n > 36500 {
		return fmt.Errorf("keep_days is a number of days up to 36500, or 0 to keep the texts of posts for ever")
	}
	return nil
}

// checkURL wants an address that can be called. It does not repeat the
// address: people paste keys into them.
func checkURL(s string) error {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Hostname() == "" || (u.Scheme != "http" && u.Scheme != "https"):
		return fmt.Errorf("url must begin with http:// or https:// and name a host")
	case u.User != nil:
		return fmt.Errorf("url must not hold a user or password: the key belongs under key or key_file")
	case u.RawQuery != "" || u.Fragment != "":
		return fmt.Errorf("url must end with the path: no '?' and no '#'")
	}
	return nil
}

// networks reads a list of them.
func networks(written []string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, text := range written {
		p, err := network(strings.TrimSpace(text))
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

// network reads a prefix, or one address.
func network(s string) (netip.Prefix, error) {
	if p, err := netip.ParsePrefix(s); err == nil {
		return p.Masked(), nil
	}
	if a, err := netip.ParseAddr(s); err == nil {
		return a.Prefix(a.BitLen())
	}
	return netip.Prefix{}, fmt.Errorf("%q is no network: write it like 127.0.0.0/8 or fd00::/8", s)
}
