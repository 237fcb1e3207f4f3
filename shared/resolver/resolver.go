// Package resolver asks a DNS resolver, for workers whose service answers by
// DNS. Failures are those of package upstream. Proxies do not carry DNS.
package resolver

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/miekg/dns"

	"github.com/waggle-cti/waggle/shared/upstream"
)

const (
	rounds         = 2 // how often each resolver is asked at most
	defaultTimeout = 2 * time.Second
	systemConfig   = "/etc/resolv.conf"
)

// Options say whom to ask.
type Options struct {
	Service string        // who answers by DNS, as a person knows it; begins every error
	Address string        // of the resolver: "192.0.2.53", "[2001:db8::53]:5353"; default: the system's
	Secrets []string      // values that appear in no error
	Timeout time.Duration // for one try; default 2 s
}

// Client asks one resolver, or those of the system in turn. It is safe for
// concurrent use.
type Client struct {
	options Options
	servers []string // host:port
}

// New returns a client, or an *upstream.Error of reason BadInput where there is
// no resolver to ask.
func New(o Options) (*Client, error) {
	o.Timeout = cmp.Or(o.Timeout, defaultTimeout)
	if o.Address == "" {
		servers, err := system()
		if err != nil {
			return nil, o.bad("the system names no DNS resolver: "+err.Error(), "set resolver to the address of one")
		}
		return &Client{o, servers}, nil
	}
	host, port, err := net.SplitHostPort(o.Address)
	if err != nil {
		host, port = o.Address, "53"
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 || host == "" || net.ParseIP(host) == nil && !isName(host) {
		return nil, o.bad("the resolver's address can't be read", "write it as 192.0.2.53 or [2001:db8::53]:5353")
	}
	return &Client{o, []string{net.JoinHostPort(host, port)}}, nil
}

func isName(host string) bool {
	_, ok := dns.IsDomainName(host)
	return ok
}

// system gives the resolvers that resolv.conf(5) names.
func system() ([]string, error) {
	config, err := dns.ClientConfigFromFile(systemConfig)
	if err != nil {
		return nil, err
	}
	var servers []string
	for _, host := range config.Servers {
		servers = append(servers, net.JoinHostPort(host, config.Port))
	}
	if len(servers) == 0 {
		return nil, errors.New(systemConfig + " has none")
	}
	return servers, nil
}

// Reversed is an address as the zones have it that hold data of addresses:
// "7.100.51.198" for 198.51.100.7, and nibbles for IPv6 (RFC 5782 sections 2.1
// and 2.4); "" for the zero address.
func Reversed(a netip.Addr) string {
	name, err := dns.ReverseAddr(a.Unmap().WithZone("").String())
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(strings.TrimSuffix(name, ".in-addr.arpa."), ".ip6.arpa.")
}

// Text joins the parts of a TXT record and takes away the escapes that package
// dns leaves in them: \DDD for a byte, \ before any other character (RFC 1035
// section 5.1). What then is no UTF-8 is replaced by U+FFFD.
func Text(parts ...string) string {
	escaped := strings.Join(parts, "")
	var out strings.Builder
	for i := 0; i < len(escaped); i++ {
		c := escaped[i]
		if c == '\\' && i+1 < len(escaped) {
			if n, err := strconv.ParseUint(escaped[i+1:min(i+4, len(escaped))], 10, 8); err == nil && i+3 < len(escaped) {
				c = byte(n)
				i += 3
			} else {
				i++
				c = escaped[i]
			}
		}
		out.WriteByte(c)
	}
	return strings.ToValidUTF8(out.String(), "\uFFFD")
}

// Ask gives the records that answer a question, among them those of a chain of
// CNAME; none if the name or the type does not exist. kind is one of dns.Type….
// Every failure is an *upstream.Error.
func (c *Client) Ask(ctx context.Context, name string, kind uint16) ([]dns.RR, error) {
	if !isName(name) {
		return nil, c.options.bad("the value is not one that DNS can be asked for", "check the value that was looked up")
	}
	question := new(dns.Msg).SetQuestion(dns.Fqdn(name), kind)
	question.SetEdns0(dns.DefaultMsgSize, false)
	var failed error
	for range rounds {
		for _, server := range c.servers {
			answer, err := c.exchange(ctx, question, server)
			if ctx.Err() != nil {
				return nil, upstream.FromNetwork(c.options.Service, ctx.Err())
			}
			if err == nil {
				return answer, nil
			}
			failed = err
		}
	}
	return nil, failed
}

// exchange asks one resolver once, and again by TCP what does not fit into UDP.
func (c *Client) exchange(ctx context.Context, question *dns.Msg, server string) ([]dns.RR, error) {
	client := dns.Client{Timeout: c.options.Timeout, UDPSize: dns.DefaultMsgSize}
	answer, _, err := client.ExchangeContext(ctx, question, server)
	if err == nil && answer.Truncated {
		client.Net = "tcp"
		answer, _, err = client.ExchangeContext(ctx, question, server)
	}
	if err != nil {
		return nil, c.unanswered(server, err)
	}
	switch answer.Rcode {
	case dns.RcodeSuccess:
		return answer.Answer, nil
	case dns.RcodeNameError:
		return nil, nil
	case dns.RcodeRefused:
		return nil, c.failure(server, "refused the question", "it may not serve this network: set resolver to one that does")
	}
	return nil, c.failure(server, "answered "+cmp.Or(dns.RcodeToString[answer.Rcode], strconv.Itoa(answer.Rcode)), "try again later, or set resolver to another one")
}

// unanswered is the error for no answer, or one that is no DNS. Go's own text
// names the local port, which is another one every time.
func (c *Client) unanswered(server string, err error) error {
	var timeout net.Error
	var inner *net.OpError
	what := "gave an answer that can't be read: " + err.Error()
	switch {
	case errors.As(err, &timeout) && timeout.Timeout():
		what = "did not answer in time"
	case errors.As(err, &inner):
		what = "can't be reached: " + inner.Err.Error()
	}
	e := c.failure(server, what, "check that this network may ask it (UDP and TCP, port 53), or set resolver to another one")
	e.Reason = upstream.Network
	return e
}

func (c *Client) failure(server, what, next string) *upstream.Error {
	return &upstream.Error{Service: c.options.Service, Reason: upstream.Failure,
		Message: upstream.Redact(fmt.Sprintf("the resolver %s %s", server, what), c.options.Secrets...), Next: next}
}

func (o Options) bad(message, next string) error {
	return &upstream.Error{Service: o.Service, Reason: upstream.BadInput, Message: upstream.Redact(message, o.Secrets...), Next: next}
}
