package upstream

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/http/httpproxy"
)

// Proxy holds the proxies to reach services through, by the scheme of the
// service's address: "http://[user:password@]host:port", https:// or
// socks5://. The zero value means the environment's (HTTP_PROXY, HTTPS_PROXY);
// NO_PROXY counts either way. localhost and loopback addresses are never proxied.
type Proxy struct {
	HTTP  string
	HTTPS string
}

// Resolve returns the proxies in force, the environment's where p is zero. A
// proxy that cannot be read is an *Error: going around it would surprise.
func (p Proxy) Resolve() (*httpproxy.Config, error) {
	config := httpproxy.FromEnvironment()
	if p != (Proxy{}) {
		config.HTTPProxy, config.HTTPSProxy = p.HTTP, p.HTTPS
	}
	for _, address := range []string{config.HTTPProxy, config.HTTPSProxy} {
		if _, err := proxyURL(address); address != "" && err != nil {
			return nil, err
		}
	}
	return config, nil
}

// URLs returns the addresses of the proxies in force.
func (p Proxy) URLs() ([]*url.URL, error) {
	config, err := p.Resolve()
	if err != nil {
		return nil, err
	}
	var urls []*url.URL
	for _, address := range []string{config.HTTPProxy, config.HTTPSProxy} {
		if u, err := proxyURL(address); err == nil {
			urls = append(urls, u)
		}
	}
	return urls, nil
}

// Secrets returns the passwords in the addresses of the proxies in force.
func (p Proxy) Secrets() []string {
	urls, err := p.URLs()
	if err != nil {
		return nil // nothing can be sent through them either
	}
	var secrets []string
	for _, u := range urls {
		secrets = append(secrets, userSecrets(u)...)
	}
	return secrets
}

// userSecrets are the secrets in a URL's userinfo: the password, also joined
// with the name as Basic authentication sends it (RFC 7617), or a name alone,
// which is then a token.
func userSecrets(u *url.URL) []string {
	name := u.User.Username()
	if password, ok := u.User.Password(); ok {
		return []string{password, name + ":" + password}
	}
	return []string{name}
}

// proxyURL reads a proxy's address; without a scheme it is an http proxy.
func proxyURL(address string) (*url.URL, error) {
	if !strings.Contains(address, "://") {
		address = "http://" + address
	}
	u, err := url.Parse(address)
	if err == nil && u.Host != "" {
		switch u.Scheme {
		case "http", "https", "socks5", "socks5h":
			return u, nil
		}
	}
	return nil, &Error{
		Service: "proxy", Reason: BadInput,
		Message: "the proxy's address cannot be read",
		Next:    "write it as http://host:port",
	}
}

// refuseConnect turns a proxy's refusal of a CONNECT into an error that says so.
func refuseConnect(_ context.Context, _ *url.URL, _ *http.Request, res *http.Response) error {
	switch {
	case res.StatusCode == http.StatusOK:
		return nil
	case res.StatusCode == http.StatusProxyAuthRequired:
		return FromStatus("proxy", res.StatusCode, res.Header, nil)
	default:
		return &Error{
			Reason: Network, Status: res.StatusCode,
			Message: "the proxy would not connect to it",
			Next:    "check that the proxy allows this host and port",
		}
	}
}
