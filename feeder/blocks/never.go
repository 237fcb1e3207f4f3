package blocks

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/waggle-cti/waggle/shared/ioc"
)

// Never knows what must not be blocked.
type Never struct {
	Domains  []string       // own names; each stands for all below it
	Networks []netip.Prefix // own networks

	// Known tells values that are harmless, and by which list; Flagged in words
	// the lists that only make a value worth a look. nil = none.
	Known   func(kind, value string) (list string, ok bool)
	Flagged func(kind, value string) string
}

// Own reads names and networks as a profile has them. The error names the first
// that is neither.
func Own(values []string) (domains []string, networks []netip.Prefix, err error) {
	for _, text := range values {
		text = strings.TrimSpace(text)
		v, ok := ioc.Parse(text)
		switch prefix, perr := netip.ParsePrefix(text); {
		case perr == nil:
			networks = append(networks, prefix.Masked())
		case ok && v.Kind == ioc.IP:
			address := netip.MustParseAddr(v.Value)
			networks = append(networks, netip.PrefixFrom(address, address.BitLen()))
		case ok && v.Kind == ioc.Domain:
			domains = append(domains, v.Value)
		case innerName(text):
			domains = append(domains, strings.ToLower(text))
		default:
			return nil, nil, fmt.Errorf("%q is no domain, address or network: write example.com, 192.0.2.7 or 192.0.2.0/24", text)
		}
	}
	return domains, networks, nil
}

// innerName tells names under endings that the Internet does not have.
func innerName(text string) bool {
	return strings.Contains(text, ".") && !strings.HasPrefix(text, ".") && !strings.ContainsFunc(text, func(r rune) bool {
		return r != '-' && r != '.' && r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}

// The widest networks that are blocked: a wider one is a mistake, or half the
// Internet.
const (
	widest4 = 16
	widest6 = 32
)

// notOutside are addresses inside every network, which a firewall must not be
// told to drop (RFC 6890), and which package netip does not name.
func notOutside() []netip.Prefix {
	return []netip.Prefix{netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("255.255.255.255/32")}
}

// Refusal says why a value must not be blocked; "" if it may be. The value is
// normalised as package ioc does.
func (n Never) Refusal(kind ioc.Kind, value string) string {
	switch kind {
	case ioc.IP, ioc.CIDR:
		if why := n.address(value); why != "" {
			return why
		}
	case ioc.Domain:
		if why := n.domain(value); why != "" {
			return why
		}
	case ioc.URL:
		if why := n.url(value); why != "" {
			return why
		}
	}
	if n.Known != nil {
		if list, ok := n.Known(string(kind), value); ok {
			return "known to be harmless: on the list " + list
		}
	}
	return ""
}

// Note is what to know of a value that is blocked all the same.
func (n Never) Note(kind ioc.Kind, value string) string {
	if n.Flagged == nil {
		return ""
	}
	return n.Flagged(string(kind), value)
}

// networkOf reads a network, or an address as the network of it alone.
func networkOf(text string) (netip.Prefix, error) {
	if address, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(address, address.BitLen()), nil
	}
	return netip.ParsePrefix(text)
}

func (n Never) address(text string) string {
	network, err := networkOf(text)
	if err != nil {
		return "no address or network"
	}
	a := network.Masked().Addr()
	switch {
	case a.Is4() && network.Bits() < widest4, a.Is6() && network.Bits() < widest6:
		return fmt.Sprintf("too wide: IPv4 networks are blocked from /%d on, IPv6 from /%d", widest4, widest6)
	case a.Unmap().IsPrivate(), a.IsLoopback(), a.IsLinkLocalUnicast(), a.IsMulticast(), a.IsUnspecified():
		return "an address of inner networks"
	}
	for _, inside := range notOutside() {
		if inside.Overlaps(network) {
			return "an address of inner networks"
		}
	}
	for _, own := range n.Networks {
		if own.Overlaps(network) {
			return "in your own network " + own.String()
		}
	}
	return ""
}

func (n Never) domain(name string) string {
	if suffix, _ := publicsuffix.PublicSuffix(name); suffix == name {
		return "a public suffix: blocking it would block every name below it"
	}
	for _, own := range n.Domains {
		if below(name, own) || below(own, name) {
			return "your own domain " + own
		}
	}
	return ""
}

// url refuses pages on own hosts. Of other hosts it says nothing: a page there
// may be a stranger's.
func (n Never) url(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return "no address of a page"
	}
	host := u.Hostname()
	if _, err := netip.ParseAddr(host); err == nil {
		return n.Refusal(ioc.IP, host)
	}
	for _, own := range n.Domains {
		if below(host, own) {
			return "on your own domain " + own
		}
	}
	return ""
}

// below tells whether a name is the other, or below it.
func below(name, of string) bool { return name == of || strings.HasSuffix(name, "."+of) }
