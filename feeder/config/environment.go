package config

import (
	"cmp"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/kelseyhightower/envconfig"

	"github.com/waggle-cti/waggle/feeder/enrich"
	"github.com/waggle-cti/waggle/feeder/secret"
)

// prefix begins the name of every variable.
const prefix = "waggle"

// environment is what the variables say. An empty variable counts as not set:
// that is how compose files pass on what they do not have.
type environment struct {
	Database      string   `desc:"path of the SQLite file, or postgres://user:password@host/name"`
	Listen        string   `desc:"host:port of the local page"`
	Profile       string   `desc:"shipped profile or path of a file"`
	Since         string   `desc:"how old a post may be at a source's first poll, such as 72h"`
	Window        string   `desc:"how far apart in time posts of one story may be"`
	KeepDays      string   `split_words:"true" desc:"days after which the texts of posts are dropped; 0 keeps them"`
	Pause         string   `desc:"least time from one fetch of an article to the next from the same host"`
	AllowNetworks []string `split_words:"true" desc:"non-public networks to fetch from, by commas"`

	PageToken      string   `envconfig:"PAGE_TOKEN"`
	PageTokenFile  string   `envconfig:"PAGE_TOKEN_FILE"`
	TrustProxyUser string   `split_words:"true" desc:"header in which a reverse proxy names who has logged in there"`
	TrustProxyFrom []string `split_words:"true" desc:"networks that proxy asks from, by commas"`

	BlocksToken     string `envconfig:"BLOCKS_TOKEN"`
	BlocksTokenFile string `envconfig:"BLOCKS_TOKEN_FILE"`
	ListsToken      string `envconfig:"LISTS_TOKEN"`
	ListsTokenFile  string `envconfig:"LISTS_TOKEN_FILE"`

	MailHost         string   `envconfig:"MAIL_HOST"`
	MailPort         int      `envconfig:"MAIL_PORT"`
	MailSecurity     string   `envconfig:"MAIL_SECURITY"`
	MailUser         string   `envconfig:"MAIL_USER"`
	MailPassword     string   `envconfig:"MAIL_PASSWORD"`
	MailPasswordFile string   `envconfig:"MAIL_PASSWORD_FILE"`
	MailFrom         string   `envconfig:"MAIL_FROM"`
	MailTo           []string `envconfig:"MAIL_TO"`
	MailPage         string   `envconfig:"MAIL_PAGE"`

	TheHiveURL      string   `envconfig:"THEHIVE_URL"`
	TheHiveKey      string   `envconfig:"THEHIVE_KEY"`
	TheHiveKeyFile  string   `envconfig:"THEHIVE_KEY_FILE"`
	TheHiveOrg      string   `envconfig:"THEHIVE_ORG"`
	CortexURL       string   `envconfig:"CORTEX_URL"`
	CortexKey       string   `envconfig:"CORTEX_KEY"`
	CortexKeyFile   string   `envconfig:"CORTEX_KEY_FILE"`
	CortexAnalyzers []string `envconfig:"CORTEX_ANALYZERS"`
	CortexCost      string   `envconfig:"CORTEX_COST"`
	MISPURL         string   `envconfig:"MISP_URL"`
	MISPKey         string   `envconfig:"MISP_KEY"`
	MISPKeyFile     string   `envconfig:"MISP_KEY_FILE"`
}

// applyEnvironment puts the variables over the file's values.
func applyEnvironment(c *Config) error {
	var e environment
	if err := envconfig.Process(prefix, &e); err != nil {
		return fmt.Errorf("environment: %w", err)
	}
	for _, v := range []struct {
		name, value string
		check       func(string) error
		into        *string
	}{
		{"WAGGLE_DATABASE", e.Database, checkDatabase, &c.Database},
		{"WAGGLE_LISTEN", e.Listen, checkListen, &c.Listen},
		{"WAGGLE_PROFILE", e.Profile, checkProfile, &c.Profile},
	} {
		if v.value == "" {
			continue
		}
		if err := v.check(v.value); err != nil {
			return fmt.Errorf("%s: %w", v.name, err)
		}
		*v.into = v.value
	}
	if err := applySpan("WAGGLE_SINCE", e.Since, &c.Since); err != nil {
		return err
	}
	if err := applySpan("WAGGLE_WINDOW", e.Window, &c.Window); err != nil {
		return err
	}
	if err := applySpan("WAGGLE_PAUSE", e.Pause, &c.Pause); err != nil {
		return err
	}
	if e.KeepDays != "" {
		days, err := strconv.Atoi(e.KeepDays)
		if err == nil {
			err = checkDays(days)
		}
		if err != nil {
			return fmt.Errorf("WAGGLE_KEEP_DAYS: expected a number of days such as 365, or 0 to keep the texts of posts for ever, got %q", e.KeepDays)
		}
		c.KeepDays = days
	}
	if err := applyNetworks(e.AllowNetworks, &c.AllowNetworks); err != nil {
		return err
	}
	if err := e.applyPage(&c.Page); err != nil {
		return err
	}
	if err := e.applyMail(&c.Mail); err != nil {
		return err
	}
	if err := e.applyBlocks(&c.Blocks); err != nil {
		return err
	}
	if len(e.CortexAnalyzers) > 0 {
		c.Cortex.Analyzers = e.CortexAnalyzers
	}
	c.Cortex.Cost = cmp.Or(enrich.Cost(e.CortexCost), c.Cortex.Cost)
	if err := c.Cortex.Check(); err != nil { // the file's are checked already
		return fmt.Errorf("WAGGLE_CORTEX_ANALYZERS, WAGGLE_CORTEX_COST: %w", err)
	}
	return e.applyServers(c)
}

func (e environment) applyPage(p *Page) error {
	token, err := secret.From(e.PageToken, e.PageTokenFile, "WAGGLE_PAGE_TOKEN", "WAGGLE_PAGE_TOKEN_FILE")
	if err != nil {
		return err
	}
	if token.Set() {
		p.Token = token
	}
	if e.TrustProxyUser != "" {
		p.TrustProxyUser = e.TrustProxyUser
	}
	from, err := networks(e.TrustProxyFrom)
	if err != nil {
		return fmt.Errorf("WAGGLE_TRUST_PROXY_FROM: %w", err)
	}
	if len(from) > 0 {
		p.TrustProxyFrom = from
	}
	return nil
}

func (e environment) applyBlocks(b *Blocks) error {
	token, err := secret.From(e.BlocksToken, e.BlocksTokenFile, "WAGGLE_BLOCKS_TOKEN", "WAGGLE_BLOCKS_TOKEN_FILE")
	if err != nil {
		return err
	}
	if token.Set() {
		b.Token = token
	}
	lists, err := secret.From(e.ListsToken, e.ListsTokenFile, "WAGGLE_LISTS_TOKEN", "WAGGLE_LISTS_TOKEN_FILE")
	if lists.Set() {
		b.ListsToken = lists
	}
	return err
}

func (e environment) applyMail(m *Mail) error {
	password, err := secret.From(e.MailPassword, e.MailPasswordFile, "WAGGLE_MAIL_PASSWORD", "WAGGLE_MAIL_PASSWORD_FILE")
	if err != nil {
		return err
	}
	if password.Set() {
		m.Password = password
	}
	if len(e.MailTo) > 0 {
		m.To = e.MailTo
	}
	m.Host, m.Port, m.Security = cmp.Or(e.MailHost, m.Host), cmp.Or(e.MailPort, m.Port), cmp.Or(e.MailSecurity, m.Security)
	m.User, m.From, m.Page = cmp.Or(e.MailUser, m.User), cmp.Or(e.MailFrom, m.From), cmp.Or(withSlash(e.MailPage), m.Page)
	return nil
}

func (e environment) applyServers(c *Config) error {
	for _, s := range []struct {
		name              string
		url, key, keyFile string
		organisation      string
		into              *Server
	}{
		{"WAGGLE_THEHIVE", e.TheHiveURL, e.TheHiveKey, e.TheHiveKeyFile, e.TheHiveOrg, &c.TheHive.Server},
		{"WAGGLE_CORTEX", e.CortexURL, e.CortexKey, e.CortexKeyFile, "", &c.Cortex.Server},
		{"WAGGLE_MISP", e.MISPURL, e.MISPKey, e.MISPKeyFile, "", &c.MISP.Server},
	} {
		if s.url != "" {
			if err := checkURL(s.url); err != nil {
				return fmt.Errorf("%s_URL: %w", s.name, err)
			}
			s.into.URL = strings.TrimRight(s.url, "/")
		}
		if s.organisation != "" {
			s.into.Organisation = s.organisation
		}
		key, err := secret.From(s.key, s.keyFile, s.name+"_KEY", s.name+"_KEY_FILE")
		if err != nil {
			return err
		}
		if key.Set() {
			s.into.Key = key
		}
	}
	return nil
}

func applySpan(name, value string, into *time.Duration) error {
	if value == "" {
		return nil
	}
	d, err := time.ParseDuration(value)
	if err == nil {
		err = checkSpan(d)
	}
	if err != nil {
		return fmt.Errorf("%s: expected a duration such as 30m or 72h, got %q", name, value)
	}
	*into = d
	return nil
}

func applyNetworks(values []string, into *[]netip.Prefix) error {
	all, err := networks(values)
	if err != nil {
		return fmt.Errorf("WAGGLE_ALLOW_NETWORKS: %w", err)
	}
	if len(all) > 0 {
		*into = all
	}
	return nil
}
