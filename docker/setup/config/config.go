// Package config reads what a set-up is told: a .env file as Compose reads it,
// and the environment, which wins.
package config

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/waggle-cti/waggle/docker/setup/envfile"
	"github.com/waggle-cti/waggle/feeder/secret"
)

// Settings are everything a set-up needs to know.
type Settings struct {
	Organisation string // its name in all three servers
	Domain       string // of the logins that are made: waggle-feeder@DOMAIN

	TheHive, Cortex, MISP, Feeder Server

	MISPFeeds []string // names of feeds to enable
	Purpose   string   // what TheHive does with MISP: ExportOnly, ImportOnly, ImportAndExport

	Env       string // the .env file; it may be missing
	Keys      string // folder for the keys that are made
	Owner     int    // uid that the feeder runs as
	Templates string // zip of report templates
	Profile   string // the shipped profile that the feeder's begins with

	CACerts [][]byte // PEM, of authorities to trust beside the system's

	values map[string]string // by name, also those that only workers know
}

// Server is one of the servers. Without URL it is left out.
type Server struct {
	URL    string // as this program reaches it
	Inside string // as the other servers reach it
	Login  string // of its administrator
	// Password and Key are the administrator's; either will do.
	Password, Key secret.Text
	OfStack       bool // whether it is the stack's own
	// AnyCertificate is for a server with a certificate that nobody signed.
	AnyCertificate bool
}

// Used reports whether there is such a server.
func (s Server) Used() bool { return s.URL != "" }

// Item is one setting, as the help shows it.
type Item struct {
	Name, Default, About string
	Secret               bool
}

// The stack's servers, as they reach each other. MISP makes a certificate of its
// own; the network that it is reached by does not leave the machine.
const (
	stackHive   = "http://thehive:9000"
	stackCortex = "http://cortex:9001"
	stackMISP   = "https://misp"
	stackFeeder = "http://feeder:8787"
)

// None as the value of a server's URL leaves that server out.
const None = "none"

// Items are all settings by which servers are found; WAGGLE_… of workers come
// beside them.
func Items() []Item {
	return []Item{
		{Name: "ORGANISATION", Default: "waggle", About: "name of your organisation in TheHive, Cortex and MISP; one that is there is used"},
		{Name: "LOGIN_DOMAIN", About: "ends the logins of the users that are made; default ORGANISATION.local"},
		{Name: "THEHIVE_URL", Default: "http://127.0.0.1:9000", About: "TheHive as this program reaches it; none leaves it out"},
		{Name: "THEHIVE_INSIDE", About: "TheHive as Cortex, its workers and the feeder reach it; default THEHIVE_URL, in the stack " + stackHive},
		{Name: "THEHIVE_ADMIN", Default: "admin@thehive.local", About: "login of its administrator"},
		{Name: "THEHIVE_ADMIN_PASSWORD", About: "and the password; that of a new TheHive is changed to it, or to a generated one", Secret: true},
		{Name: "THEHIVE_ADMIN_KEY", About: "or the administrator's key", Secret: true},
		{Name: "CORTEX_URL", Default: "http://127.0.0.1:9001", About: "Cortex as this program reaches it; none leaves it out"},
		{Name: "CORTEX_INSIDE", About: "Cortex as TheHive and the feeder reach it; default CORTEX_URL, in the stack " + stackCortex},
		{Name: "CORTEX_ADMIN", Default: "admin", About: "login of its superadmin, who is made in a new Cortex"},
		{Name: "CORTEX_ADMIN_PASSWORD", About: "and the password; default a generated one", Secret: true},
		{Name: "CORTEX_ADMIN_KEY", About: "or the superadmin's key", Secret: true},
		{Name: "MISP_URL", Default: "http://127.0.0.1:9002", About: "MISP as this program reaches it; none leaves it out"},
		{Name: "MISP_INSIDE", About: "MISP as TheHive and Cortex' workers reach it; default MISP_URL, in the stack " + stackMISP},
		{Name: "MISP_ADMIN_KEY", About: "auth key of a site admin", Secret: true},
		{Name: "MISP_ANY_CERTIFICATE", About: "true where MISP's certificate is one that nobody signed; default true for " + stackMISP + ", the stack's own"},
		{Name: "MISP_FEEDS", Default: "The Botvrij.eu Data", About: "names of MISP's feeds to enable, by commas; none enables no feed"},
		{Name: "MISP_PURPOSE", Default: "ExportOnly", About: "what TheHive does with MISP: ExportOnly, ImportOnly or ImportAndExport"},
		{Name: "FEEDER_URL", Default: "http://127.0.0.1:8787", About: "the feeder as this program reaches it; none leaves it out"},
		{Name: "FEEDER_INSIDE", About: "the feeder as TheHive and Cortex' workers reach it; default FEEDER_URL, in the stack " + stackFeeder},
		{Name: "WAGGLE_PROFILE", Default: "small-business", About: "the shipped profile that the feeder's own begins with"},
		{Name: "WAGGLE_BLOCKS_TOKEN", About: "of who blocks and unblocks; default a generated one", Secret: true},
		{Name: "WAGGLE_LISTS_TOKEN", About: "of who reads the block lists; default a generated one", Secret: true},
		{Name: "WAGGLE_PAGE_TOKEN", About: "of who reads the feeder's page; default a generated one", Secret: true},
		{Name: "SETUP_KEYS", Default: "keys", About: "folder for the keys that are made, from the folder of the .env file"},
		{Name: "SETUP_OWNER", Default: "65532", About: "uid that the feeder runs as, which reads its keys"},
		{Name: "SETUP_TEMPLATES", Default: "../dist/waggle-templates.zip", About: "report templates for TheHive, which `make templates` makes; from the folder of the .env file"},
		{Name: "SETUP_CA", About: "PEM file of further certificate authorities"},
	}
}

// Load reads the file at path, which may be missing, and the environment over
// it. The error names the setting that is wrong and never its value.
func Load(path string, environment []string) (*Settings, error) {
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	values := envfile.Parse(string(text)).All()
	maps.DeleteFunc(values, func(_, value string) bool { return value == "" })
	for _, pair := range environment {
		if name, value, _ := strings.Cut(pair, "="); value != "" {
			values[name] = value
		}
	}
	inside(values)
	for _, i := range Items() {
		if values[i.Name] == "" {
			values[i.Name] = i.Default
		}
	}
	s := &Settings{Env: path, values: values}
	return s, s.read(filepath.Dir(path))
}

// inside gives each server the address by which the others reach it: that of the
// stack, or for a server of one's own the one that this program uses.
func inside(values map[string]string) {
	stack := map[string]string{"THEHIVE_URL": stackHive, "CORTEX_URL": stackCortex, "MISP_URL": stackMISP, "FEEDER_URL": stackFeeder}
	for _, i := range Items() {
		address, isServer := stack[i.Name]
		name := strings.TrimSuffix(i.Name, "_URL") + "_INSIDE"
		if !isServer || values[name] != "" {
			continue
		}
		if given := values[i.Name]; given != "" && !published(given, i.Default) {
			address = given
		}
		values[name] = address
	}
}

// published reports whether an address is where the stack publishes a server, on
// this machine alone, however it is spelled: http://localhost:9000. In a
// container it would lead to that container itself.
func published(address, usual string) bool {
	given, err := url.Parse(strings.TrimRight(address, "/"))
	if err != nil {
		return false
	}
	stack, err := url.Parse(usual)
	if err != nil || given.Scheme != stack.Scheme || given.Port() != stack.Port() || given.Path != stack.Path {
		return false
	}
	return given.Hostname() == "localhost" || net.ParseIP(given.Hostname()).IsLoopback()
}

// Value gives any value by its name; empty if it is not set.
func (s *Settings) Value(name string) string { return s.values[name] }

// Secrets gives the values that must not be shown.
func (s *Settings) Secrets() []secret.Text {
	var out []secret.Text
	for _, i := range Items() {
		if i.Secret {
			out = append(out, secret.New(s.values[i.Name]))
		}
	}
	for name, value := range s.values {
		if secretName.MatchString(name) {
			out = append(out, secret.New(value))
		}
	}
	return out
}

// secretName is how workers name what is secret, as their SDK demands.
var secretName = regexp.MustCompile(`^WAGGLE_.*(KEY|TOKEN|SECRET|PASSWORD)`)

// slug is what a domain is made of.
var slug = regexp.MustCompile(`[^a-z0-9]+`)

func (s *Settings) read(folder string) error {
	s.Organisation = strings.TrimSpace(s.values["ORGANISATION"])
	if s.Organisation == "admin" || s.Organisation == "cortex" {
		return fmt.Errorf("ORGANISATION: %q is the administrators' own; name yours", s.Organisation)
	}
	s.Domain = s.values["LOGIN_DOMAIN"]
	if s.Domain == "" {
		s.Domain = strings.Trim(slug.ReplaceAllString(strings.ToLower(s.Organisation), "-"), "-") + ".local"
	}
	for _, one := range []struct {
		name string
		into *Server
	}{{"THEHIVE", &s.TheHive}, {"CORTEX", &s.Cortex}, {"MISP", &s.MISP}, {"FEEDER", &s.Feeder}} {
		if err := s.server(one.name, one.into); err != nil {
			return err
		}
	}
	s.MISPFeeds = list(s.values["MISP_FEEDS"])
	s.Purpose = s.values["MISP_PURPOSE"]
	if s.Purpose != "ExportOnly" && s.Purpose != "ImportOnly" && s.Purpose != "ImportAndExport" {
		return errors.New("MISP_PURPOSE: expected ExportOnly, ImportOnly or ImportAndExport")
	}
	s.Keys, s.Templates, s.Profile = beside(folder, s.values["SETUP_KEYS"]), beside(folder, s.values["SETUP_TEMPLATES"]), s.values["WAGGLE_PROFILE"]
	var err error
	if s.Owner, err = strconv.Atoi(s.values["SETUP_OWNER"]); err != nil || s.Owner < 0 {
		return errors.New("SETUP_OWNER: expected a uid such as 65532")
	}
	return s.authorities(folder)
}

func (s *Settings) server(name string, into *Server) error {
	into.URL, into.Inside = strings.TrimRight(s.values[name+"_URL"], "/"), strings.TrimRight(s.values[name+"_INSIDE"], "/")
	if into.URL == None {
		into.URL = ""
		return nil
	}
	// The second may have been made of the first, which is then the one to name.
	for _, one := range []struct{ suffix, address string }{{"_URL", into.URL}, {"_INSIDE", into.Inside}} {
		u, err := url.Parse(one.address)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil {
			return fmt.Errorf("%s%s: expected http://host[:port] or https://…, without a user", name, one.suffix)
		}
	}
	into.Login = s.values[name+"_ADMIN"]
	into.Password, into.Key = secret.New(s.values[name+"_ADMIN_PASSWORD"]), secret.New(s.values[name+"_ADMIN_KEY"])
	into.OfStack = slices.Contains([]string{stackHive, stackCortex, stackMISP, stackFeeder}, into.Inside)
	into.AnyCertificate = into.Inside == stackMISP
	if text := s.values[name+"_ANY_CERTIFICATE"]; text != "" {
		yes, err := strconv.ParseBool(text)
		if err != nil {
			return fmt.Errorf("%s_ANY_CERTIFICATE: expected true or false", name)
		}
		into.AnyCertificate = yes
	}
	return nil
}

func (s *Settings) authorities(folder string) error {
	path := s.values["SETUP_CA"]
	if path == "" {
		return nil
	}
	pem, err := os.ReadFile(beside(folder, path))
	if err != nil {
		return fmt.Errorf("SETUP_CA: %w", err)
	}
	if !x509.NewCertPool().AppendCertsFromPEM(pem) {
		return fmt.Errorf("SETUP_CA: %s holds no certificate in PEM", path)
	}
	s.CACerts = [][]byte{pem}
	return nil
}

// list reads values that commas part; "none" is no value.
func list(text string) []string {
	var out []string
	for one := range strings.SplitSeq(text, ",") {
		if one = strings.TrimSpace(one); one != "" && one != None {
			out = append(out, one)
		}
	}
	return out
}

func beside(folder, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(folder, path)
}
