package cortex

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/idna"
)

// PublicAddress reads an IP address that services on the Internet can know of.
// Any other is refused, so that no service is told of the addresses within a
// network, and no quota is spent on them.
func PublicAddress(text string) (netip.Addr, error) {
	address, err := netip.ParseAddr(text)
	if err != nil {
		return address, badInput("%q is not an IP address: nothing was sent", clip(text, 64))
	}
	address = address.Unmap().WithZone("")
	carrier := netip.PrefixFrom(netip.AddrFrom4([4]byte{100, 64, 0, 0}), 10) // RFC 6598
	if !address.IsGlobalUnicast() || address.IsPrivate() || carrier.Contains(address) {
		return address, badInput("%s is not a public address, and no service knows whose it is: nothing was sent", address)
	}
	return address, nil
}

func publicAddress(text string) (string, error) {
	address, err := PublicAddress(text)
	if err != nil {
		return "", err
	}
	return address.String(), nil
}

// PublicHost reads an IP address as PublicAddress does, or the name of a host
// that services on the Internet can know of, and gives it as DNS has it: in small
// letters, those beyond ASCII as Punycode, without a dot at its ends. Underscores
// are taken, for malware uses them. A name without a dot, or below a domain that
// stands for networks of one's own, is refused.
func PublicHost(text string) (string, error) {
	host := strings.Trim(strings.TrimSpace(text), ".")
	if _, err := netip.ParseAddr(host); err == nil {
		return publicAddress(host)
	}
	name, err := ascii(host, idna.StrictDomainName(false))
	if err != nil || strings.ContainsFunc(name, notOfHost) {
		return "", badInput("%q is not the name of a host on the Internet: nothing was sent", clip(text, 64))
	}
	return foreign(name)
}

// foreign gives a name back unless it is one in a network of one's own.
func foreign(name string) (string, error) {
	last := name[strings.LastIndexByte(name, '.')+1:]
	if isNumber(last) || slices.Contains(own(), last) || strings.HasSuffix(name, ".home.arpa") {
		return "", badInput("%q is the name of a host in a network of one's own, and no service knows whose it is: nothing was sent", clip(name, 64))
	}
	return name, nil
}

// PublicURL reads a URL whose host is one that PublicHost takes. It may begin
// with the host.
func PublicURL(text string) (*url.URL, error) {
	text = strings.TrimSpace(text)
	u, err := url.Parse(text)
	if err != nil || u.Scheme == "" || strings.Contains(u.Scheme, ".") { // example.com:8080/a
		u, err = url.Parse("//" + strings.TrimPrefix(text, "//"))
	}
	if err != nil || u.Hostname() == "" {
		return nil, badInput("%q is not a URL whose host can be read: nothing was sent", clip(text, 128))
	}
	_, err = PublicHost(u.Hostname())
	return u, err
}

// Public gives the job's observable, an address, host or URL, to a service on the
// Internet: addresses and hosts written as PublicAddress and PublicHost do, and
// URLs as they are. What lies in a network of one's own is refused, so that no
// service is told of it.
func (j *Job) Public() (string, error) {
	switch j.DataType {
	case "ip":
		return publicAddress(j.Data)
	case "url":
		if _, err := PublicURL(j.Data); err != nil {
			return "", err
		}
		return j.Data, nil
	}
	return PublicHost(j.Data)
}

// own are the top-level domains that networks of one's own use: RFC 6761, RFC
// 6762 (its appendix G, too), and .internal, which ICANN reserved for them.
func own() []string {
	return []string{"localhost", "local", "localdomain", "internal", "intranet", "private", "corp", "home", "lan"}
}

// isNumber tells whether a label is one of an IPv4 address that is written in
// another way, such as 0x7f.1; no top-level domain is.
// https://url.spec.whatwg.org/#ends-in-a-number-checker
func isNumber(label string) bool {
	digits, base := strings.CutPrefix(label, "0x")
	return strings.Trim(digits, "0123456789") == "" || base && strings.Trim(digits, "0123456789abcdef") == ""
}

func notOfHost(r rune) bool {
	return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_' && r != '.'
}
