package chat

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/waggle-cti/waggle/shared/marking"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// Channel is one place that messages go to.
type Channel struct {
	Service Service
	Name    string   // in reports and tags
	TLP     int      // highest level that may leave by it
	address *url.URL // of the service, without what is ours
	options url.Values
}

// maxName bounds a channel's name: it goes into a tag.
const maxName = 40

// parse reads the address of a channel. Before its scheme may stand the
// service, "mattermost+https://…", where the host does not tell it; behind "#"
// stand our own settings (tlp, name, token, chat, room), which are sent nowhere.
// Errors name the channel by its place, since the address is a secret.
func parse(place int, address string, maxTLP string) (Channel, error) {
	wrong := func(format string, args ...any) (Channel, error) {
		return Channel{}, &upstream.Error{Reason: upstream.BadInput, Message: fmt.Sprintf("configuration: channel %d: ", place+1) + fmt.Sprintf(format, args...),
			Next: "write it as responders/README.md says"}
	}
	kind, rest, named := strings.Cut(address, "+http")
	if named && !strings.Contains(kind, ":") {
		address = "http" + rest
	} else {
		kind = ""
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return wrong("its address is not a http or https URL")
	}
	options, err := url.ParseQuery(u.EscapedFragment())
	if err != nil {
		return wrong("what stands behind # is not written as name=value&name=value")
	}
	u.Fragment, u.RawFragment = "", ""
	c := Channel{address: u, options: options}
	if c.Service, err = serviceOf(kind, u.Hostname()); err != nil {
		return wrong("%s", err)
	}
	for name := range options {
		if !slices.Contains(append([]string{"tlp", "name"}, c.Service.settings...), name) {
			return wrong("%s knows no setting of that name behind #: use %s", c.Service.Title, strings.Join(append([]string{"tlp", "name"}, c.Service.settings...), ", "))
		}
	}
	for _, name := range c.Service.required {
		if options.Get(name) == "" {
			return wrong("%s needs #%s=…", c.Service.Title, name)
		}
	}
	level := cmp.Or(options.Get("tlp"), maxTLP)
	if !marking.IsTLP(level) {
		return wrong("tlp is clear, green, amber, amber+strict or red")
	}
	c.TLP = marking.TLPLevel(level)
	c.Name = cmp.Or(options.Get("name"), c.Service.Kind)
	if len(c.Name) > maxName || strings.ContainsFunc(c.Name, func(r rune) bool { return r <= ' ' || r == '"' || r > '~' }) {
		return wrong("its name must be at most %d letters, digits and signs, without spaces", maxName)
	}
	return c, nil
}

// Parse reads the addresses of all channels, and gives those of one name numbers.
// One that does not say its own highest TLP has maxTLP: "amber". The error is
// [upstream.BadInput].
func Parse(addresses []string, maxTLP string) ([]Channel, error) {
	used := map[string]int{}
	var out []Channel
	for i, address := range addresses {
		c, err := parse(i, address, maxTLP)
		if err != nil {
			return nil, err
		}
		if used[c.Name]++; used[c.Name] > 1 {
			c.Name = fmt.Sprintf("%s-%d", c.Name, used[c.Name])
		}
		out = append(out, c)
	}
	return out, nil
}

// minSecret is the length of a path's part that may be a secret.
const minSecret = 8

// Secrets are all parts of the address that a stranger could post by.
func (c Channel) Secrets() []string {
	out := []string{c.address.RequestURI(), c.options.Get("token")}
	for part := range strings.SplitSeq(c.address.EscapedPath(), "/") {
		if plain, err := url.PathUnescape(part); err == nil && len(plain) >= minSecret && !slices.Contains([]string{"services", "webhooks", "workflows", "triggers", "powerautomate", "automations"}, plain) {
			out = append(out, plain)
		}
	}
	for _, values := range c.address.Query() {
		for _, v := range values {
			if len(v) >= minSecret {
				out = append(out, v)
			}
		}
	}
	if password, ok := c.address.User.Password(); ok {
		out = append(out, password)
	}
	return slices.DeleteFunc(out, func(s string) bool { return len(s) < 4 })
}

// Base is the address of the service's host, and path what comes below.
func (c Channel) Base() string {
	return (&url.URL{Scheme: c.address.Scheme, User: c.address.User, Host: c.address.Host}).String()
}

func (c Channel) path() string { return c.address.EscapedPath() }
