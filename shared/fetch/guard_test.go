package fetch

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/upstream"
)

func TestPublic(t *testing.T) {
	for address, want := range map[string]bool{
		"1.1.1.1": true, "8.8.8.8": true, "99.255.255.255": true, "100.128.0.0": true, "172.15.0.1": true, "172.32.0.1": true,
		"192.169.0.1": true, "223.255.255.255": true, "2606:4700::1111": true, "2a00:1450::1": true, "2001:200::1": true,
		"::ffff:8.8.8.8": true, "64:ff9b::8.8.8.8": true, // IPv4-mapped, NAT64

		"0.0.0.0": false, "0.1.2.3": false, "10.0.0.1": false, "10.255.255.255": false, "100.64.0.1": false, "100.127.255.255": false,
		"127.0.0.1": false, "127.255.255.254": false, "169.254.169.254": false, "172.16.0.1": false, "172.31.255.255": false,
		"192.0.0.1": false, "192.0.0.192": false, "192.0.2.1": false, "192.88.99.1": false, "192.168.1.1": false,
		"198.18.0.1": false, "198.19.255.255": false, "198.51.100.1": false, "203.0.113.1": false,
		"224.0.0.1": false, "239.255.255.255": false, "240.0.0.1": false, "255.255.255.255": false,
		"168.63.129.16": false, "100.100.100.200": false, "fd00:ec2::254": false, // metadata services

		"::": false, "::1": false, "::7f00:1": false, "fc00::1": false, "fd12::1": false, "fe80::1": false, "fe80::1%eth0": false,
		"fec0::1": false, "ff02::1": false, "2001::1": false, "2001:db8::1": false, "2002:7f00:1::": false, "2002:808:808::": false,
		"3fff::1": false, "100::1": false, "4000::1": false, "2606:4700::1111%eth0": false,
		"::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "::ffff:169.254.169.254": false,
		"64:ff9b::127.0.0.1": false, "64:ff9b::10.0.0.1": false, "64:ff9b:1::8.8.8.8": false,
	} {
		assert.Equal(t, want, public(netip.MustParseAddr(address)), address)
	}
	assert.False(t, public(netip.Addr{}))
}

// TestOnlyPublicAddresses uses a live site on loopback that must not be reached.
func TestOnlyPublicAddresses(t *testing.T) {
	reached := false
	live := site(t, func(http.ResponseWriter, *http.Request) { reached = true })
	port := live[strings.LastIndex(live, ":"):]
	for name, address := range map[string]string{
		"loopback":              live,
		"name that leads there": "http://localhost" + port,
		"IPv4-mapped":           "http://[::ffff:127.0.0.1]" + port,
		"IPv6 loopback":         "http://[::1]" + port,
		"unspecified":           "http://0.0.0.0" + port,
		"unspecified IPv6":      "http://[::]" + port,
		"private":               "http://192.168.0.1" + port,
		"metadata":              "http://169.254.169.254/latest/meta-data/",
		"NAT64 of loopback":     "http://[64:ff9b::7f00:1]" + port,
		"zone":                  "http://[fe80::1%25lo]" + port,
		"documentation":         "https://198.51.100.7/",
		"unique-local":          "https://[fd00::1]/",
	} {
		t.Run(name, func(t *testing.T) {
			c, err := New(Options{})
			require.NoError(t, err)
			e := failure(t, c, Request{URL: address})
			assert.Equal(t, upstream.BadInput, e.Reason, e)
			assert.Contains(t, e.Error(), "which is not a public address")
			assert.Zero(t, e.Status)
		})
	}
	assert.False(t, reached)

	c, err := New(Options{AllowKey: "allow_networks"})
	require.NoError(t, err)
	assert.Contains(t, failure(t, c, Request{URL: live}).Error(), "name its network under allow_networks")
}

// TestNumbersAsHosts: some resolvers read these as 127.0.0.1. Whether the name
// is refused or does not resolve depends on the resolver; nothing may be read.
func TestNumbersAsHosts(t *testing.T) {
	reached := false
	live := site(t, func(http.ResponseWriter, *http.Request) { reached = true })
	port := live[strings.LastIndex(live, ":"):]
	for _, host := range []string{"2130706433", "0x7f.1", "0177.0.0.1", "127.1"} {
		c, err := New(Options{})
		require.NoError(t, err)
		failure(t, c, Request{URL: "http://" + host + port})
	}
	assert.False(t, reached)
}

func TestRedirectToPrivateAddress(t *testing.T) {
	reached := false
	inner := site(t, func(http.ResponseWriter, *http.Request) { reached = true })
	for name, location := range map[string]string{
		"loopback": strings.Replace(inner, "127.0.0.1", "127.0.0.2", 1),
		"mapped":   strings.Replace(inner, "127.0.0.1", "[::ffff:127.0.0.2]", 1),
		"metadata": "http://169.254.169.254/",
		"a file":   "file:///etc/passwd",
		"userinfo": "http://user:password@example.com/",
	} {
		t.Run(name, func(t *testing.T) {
			outer := site(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, location, http.StatusFound) })
			c := reader(t, func(o *Options) { o.Allow = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")} })
			assert.Equal(t, upstream.BadInput, failure(t, c, Request{URL: outer}).Reason)
		})
	}
	assert.False(t, reached)
}

func TestRedirectLimit(t *testing.T) {
	hops := 0
	url := site(t, func(w http.ResponseWriter, r *http.Request) {
		hops++
		http.Redirect(w, r, r.URL.Path+"x", http.StatusFound)
	})
	for name, tt := range map[string]struct{ limit, hops int }{"default": {0, 11}, "none": {-1, 1}, "two": {2, 3}} {
		t.Run(name, func(t *testing.T) {
			hops = 0
			e := failure(t, reader(t, func(o *Options) { o.MaxRedirects = tt.limit }), Request{URL: url})
			assert.Equal(t, upstream.BadInput, e.Reason)
			assert.Contains(t, e.Message, "redirects more than")
			assert.Equal(t, tt.hops, hops)
		})
	}
}

func TestRedirectKeepsSecretsHome(t *testing.T) {
	var other, home http.Header
	var back string
	elsewhere := site(t, func(w http.ResponseWriter, r *http.Request) {
		other = r.Header.Clone()
		if back != "" {
			http.Redirect(w, r, back, http.StatusFound)
		}
	})
	start := site(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/away":
			http.Redirect(w, r, elsewhere+"/landing", http.StatusFound)
		case "/around":
			http.Redirect(w, r, "/home", http.StatusFound)
		default:
			home = r.Header.Clone()
		}
	})
	own := http.Header{"Authorization": {"Bearer k"}, "X-Feed-Key": {"k"}, "Cookie": {"s=k"}}

	_, err := reader(t).Get(t.Context(), Request{URL: start + "/around?token=k", Header: own})
	require.NoError(t, err)
	assert.Equal(t, "k", home.Get("X-Feed-Key"), "the same host gets them")
	assert.Empty(t, home.Get("Referer"))

	_, err = reader(t).Get(t.Context(), Request{URL: start + "/away?token=k", Header: own, ETag: `"e"`})
	require.NoError(t, err)
	for _, name := range []string{"Authorization", "X-Feed-Key", "Cookie", "Referer"} {
		assert.Empty(t, other.Get(name), name)
	}
	assert.Equal(t, `"e"`, other.Get("If-None-Match"))
	assert.Equal(t, upstream.UserAgent(), other.Get("User-Agent"))

	back, home = start+"/home", nil
	_, err = reader(t).Get(t.Context(), Request{URL: start + "/away", Header: own})
	require.NoError(t, err)
	assert.Empty(t, home.Get("X-Feed-Key"), "not either when another host sends us back")
	assert.Equal(t, "k", own.Get("X-Feed-Key"), "the caller's own stay as they were")
}

func TestLeaves(t *testing.T) {
	for name, tt := range map[string]struct {
		from, to string
		want     bool
	}{
		"same":               {"http://a.example/x", "http://A.example:80/y", false},
		"to https":           {"http://a.example/", "https://a.example/", false},
		"back to http":       {"https://a.example/", "http://a.example/", true},
		"another host":       {"https://a.example/", "https://b.example/", true},
		"subdomain":          {"https://example.com/", "https://www.example.com/", true},
		"another port":       {"https://a.example/", "https://a.example:8443/", true},
		"to https, own port": {"http://a.example:8080/", "https://a.example/", true},
	} {
		t.Run(name, func(t *testing.T) {
			from, err := parse(tt.from)
			require.NoError(t, err)
			to, err := parse(tt.to)
			require.NoError(t, err)
			assert.Equal(t, tt.want, leaves(from, to))
		})
	}
}

func TestProxy(t *testing.T) {
	asked := ""
	proxy := site(t, func(w http.ResponseWriter, r *http.Request) {
		asked = r.RequestURI
		if r.Host == "inward.example" {
			http.Redirect(w, r, "http://10.0.0.1/", http.StatusFound)
			return
		}
		_, _ = io.WriteString(w, "through")
	})
	resolver := func(_ context.Context, _, host string) ([]netip.Addr, error) {
		switch host {
		case "intranet.example":
			return []netip.Addr{netip.MustParseAddr("8.8.8.8"), netip.MustParseAddr("10.0.0.1")}, nil
		case "public.example":
			return []netip.Addr{netip.MustParseAddr("8.8.8.8")}, nil
		default:
			return nil, errors.New("no DNS here")
		}
	}
	for name, tt := range map[string]struct {
		url  string
		read bool
	}{
		"public name":                  {"http://public.example/", true},
		"name only the proxy knows":    {"http://unknown.example/", true},
		"name of an inner host":        {"http://intranet.example/", false},
		"inner address":                {"http://10.0.0.1/", false},
		"redirect to inner address":    {"http://inward.example/", false},
		"the proxy itself":             {proxy, false},
		"the proxy by another name":    {strings.Replace(proxy, "127.0.0.1", "localhost", 1), false},
		"loopback, which has no proxy": {"http://127.0.0.2/", false},
	} {
		t.Run(name, func(t *testing.T) {
			asked = ""
			g, err := newGuard(Options{Proxy: upstream.Proxy{HTTP: proxy}})
			require.NoError(t, err)
			g.lookup = resolver
			c, err := New(Options{})
			require.NoError(t, err)
			c.http = upstream.NewResty(g, redirects(5))
			if tt.read {
				response, err := c.Get(t.Context(), Request{URL: tt.url})
				require.NoError(t, err)
				assert.Equal(t, "through", string(response.Body))
				assert.Equal(t, tt.url, asked)
				return
			}
			assert.Equal(t, upstream.BadInput, failure(t, c, Request{URL: tt.url}).Reason)
			assert.NotContains(t, asked, "10.0.0.1")
		})
	}
}

// TestProxyIsNoTarget: connections to the proxy are not guarded, so a post must
// not lead there by the name the proxy was configured under.
func TestProxyIsNoTarget(t *testing.T) {
	reached := false
	proxy := strings.Replace(site(t, func(http.ResponseWriter, *http.Request) { reached = true }), "127.0.0.1", "localhost", 1)
	c, err := New(Options{Proxy: upstream.Proxy{HTTP: proxy}})
	require.NoError(t, err)
	e := failure(t, c, Request{URL: proxy})
	assert.Equal(t, upstream.BadInput, e.Reason)
	assert.False(t, reached)
}

func TestAllowedNetwork(t *testing.T) {
	inner := site(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "inner") })
	for _, host := range []string{"127.0.0.1", "[::ffff:127.0.0.1]", "localhost"} {
		t.Run(host, func(t *testing.T) {
			response, err := reader(t).Get(t.Context(), Request{URL: strings.Replace(inner, "127.0.0.1", host, 1)})
			require.NoError(t, err)
			assert.Equal(t, "inner", string(response.Body))
		})
	}
}

func TestHostPort(t *testing.T) {
	for address, want := range map[string]string{
		"http://Proxy.example":         "proxy.example:80",
		"https://proxy.example":        "proxy.example:443",
		"socks5://proxy.example":       "proxy.example:1080",
		"socks5h://[2001:db8::1]:9050": "[2001:db8::1]:9050",
	} {
		u, err := url.Parse(address)
		require.NoError(t, err)
		assert.Equal(t, want, hostPort(u))
	}
}

func TestProxyOfTheEnvironment(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "through") }))
	t.Cleanup(proxy.Close)
	for _, variable := range []string{"HTTP_PROXY", "http_proxy"} {
		t.Setenv(variable, proxy.URL)
	}
	t.Setenv("NO_PROXY", "")
	t.Setenv("no_proxy", "")
	c, err := New(Options{})
	require.NoError(t, err)
	response, err := c.Get(t.Context(), Request{URL: "http://8.8.8.8/"})
	require.NoError(t, err)
	assert.Equal(t, "through", string(response.Body))
}
