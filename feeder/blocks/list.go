package blocks

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/ioc"
)

// List is one list as a device reads it.
type List struct {
	Name  string // of the file: "ips.txt"
	About string // what is in it
	For   string // who reads it

	kinds []ioc.Kind
	write func(blocks []waggle.Block, changed time.Time) string
}

// Lists are all of them. Their forms are those of
//
//	pfSense     https://docs.netgate.com/pfsense/en/latest/firewall/aliases-types.html#url-table-aliases
//	OPNsense    https://docs.opnsense.org/manual/aliases.html#url-tables
//	FortiGate   https://docs.fortinet.com/document/fortigate/7.6.2/administration-guide/9463/external-feeds
//	Pi-hole     https://docs.pi-hole.net/database/domain-database/ (a name a line, or AdGuard's form)
//	AdGuard     https://adguard-dns.io/kb/general/dns-filtering-syntax/
//	RPZ         https://datatracker.ietf.org/doc/html/draft-vixie-dnsop-dns-rpz-00
func Lists() []List {
	addresses := []ioc.Kind{ioc.IP, ioc.CIDR}
	names := []ioc.Kind{ioc.Domain}
	return []List{
		{"ips.txt", "addresses and networks", "pfSense and OPNsense (URL table alias), FortiGate (IP address threat feed), other firewalls", addresses, plain},
		{"domains.txt", "names", "Pi-hole, FortiGate (domain name threat feed), proxies", names, plain},
		{"urls.txt", "addresses of pages", "FortiGate (FortiGuard category threat feed), proxies", []ioc.Kind{ioc.URL}, plain},
		{"hashes.txt", "MD5, SHA-1 and SHA-256 of files", "FortiGate (malware hash threat feed), endpoint protection", []ioc.Kind{ioc.MD5, ioc.SHA1, ioc.SHA256}, plain},
		{"adguard.txt", "names, with all below them", "AdGuard Home, Pi-hole 6", names, adguard},
		{"waggle.rpz", "names with all below them, and addresses in answers", "BIND, Unbound, Knot Resolver, PowerDNS (response policy zone)", append(names, addresses...), rpz},
	}
}

// Write gives the list's text. It is the same for the same blocks.
func (l List) Write(all []waggle.Block, changed time.Time) string {
	var own []waggle.Block
	for _, b := range all {
		if slices.Contains(l.kinds, b.Kind) {
			own = append(own, b)
		}
	}
	return l.write(own, changed)
}

// head says what a list is. A list is never quite empty: pfSense takes that for
// a failed download.
func head(sign string, blocks []waggle.Block, changed time.Time) string {
	when := "never"
	if !changed.IsZero() {
		when = changed.UTC().Format(time.RFC3339)
	}
	return fmt.Sprintf("%s Waggle block list: %d entries, changed %s\n", sign, len(blocks), when)
}

// plain is one value a line; a line that begins with # is a comment.
func plain(blocks []waggle.Block, changed time.Time) string {
	var out strings.Builder
	out.WriteString(head("#", blocks, changed))
	for _, b := range blocks {
		out.WriteString(b.Value + "\n")
	}
	return out.String()
}

func adguard(blocks []waggle.Block, changed time.Time) string {
	var out strings.Builder
	out.WriteString(head("!", blocks, changed))
	for _, b := range blocks {
		out.WriteString("||" + b.Value + "^\n")
	}
	return out.String()
}

// rpz answers that the name does not exist (CNAME .). The zone's name is the
// resolver's to choose, so all names are relative.
func rpz(blocks []waggle.Block, changed time.Time) string {
	var out strings.Builder
	out.WriteString(head(";", blocks, changed))
	serial := uint32(0)
	if !changed.IsZero() {
		serial = uint32(changed.Unix()) //nolint:gosec // serials wrap (RFC 1982)
	}
	fmt.Fprintf(&out, "$TTL 300\n@ IN SOA localhost. root.localhost. %d 300 60 604800 60\n@ IN NS localhost.\n", serial)
	for _, b := range blocks {
		if b.Kind == ioc.Domain {
			fmt.Fprintf(&out, "%s CNAME .\n*.%[1]s CNAME .\n", b.Value)
		} else if name, ok := rpzAddress(b.Value); ok {
			out.WriteString(name + " CNAME .\n")
		}
	}
	return out.String()
}

// rpzAddress is the name that stands for a network in answers, section 4.3:
// "24.0.2.0.192.rpz-ip", "48.zz.db8.2001.rpz-ip".
func rpzAddress(value string) (string, bool) {
	network, err := networkOf(value)
	if err != nil {
		return "", false
	}
	network = network.Masked()
	separator, text := ".", network.Addr().String()
	if network.Addr().Is6() {
		separator = ":"
		text = strings.Trim(strings.Replace(text, "::", ":zz:", 1), ":")
	}
	parts := strings.Split(text, separator)
	slices.Reverse(parts)
	return fmt.Sprintf("%d.%s.rpz-ip", network.Bits(), strings.Join(parts, ".")), true
}
