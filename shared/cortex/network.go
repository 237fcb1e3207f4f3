package cortex

import (
	"crypto/tls"
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"slices"

	"github.com/waggle-cti/waggle/shared/fetch"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// network is how a job reaches the world.
type network struct {
	proxy     upstream.Proxy
	cacerts   string            // PEM, from the configuration
	bundles   []string          // files of PEM that Cortex left, which may be missing
	transport http.RoundTripper // tests' stand-in; nil is the network
}

// Upstream makes a client for a service, with the proxy, the certificate
// authorities, the secrets and the user agent of this job. The worker names
// service, base URL and header.
func (j *Job) Upstream(o upstream.Options) (*upstream.Client, error) {
	for _, s := range append(upstream.Secrets(o.Header, nil), o.Secrets...) {
		j.Hide(s)
	}
	o.Secrets = j.hidden()
	o.UserAgent = orDefault(o.UserAgent, j.UserAgent())
	o.Transport = j.network.transport
	if o.Transport != nil {
		return upstream.New(o)
	}
	o.Proxy = j.network.proxy
	pems, err := j.network.authorities()
	if err != nil {
		return nil, err
	}
	o.CACerts = slices.Concat(o.CACerts, pems)
	return upstream.New(o)
}

// Connect makes the client of a package that can work over an HTTP client made
// for it, as thehive and misp can, with the network of this job: Connect(job,
// misp.Over, misp.Options{…}).
func Connect[O interface{ Upstream() upstream.Options }, C any](j *Job, over func(*upstream.Client, O) C, o O) (client C, err error) {
	hc, err := j.Upstream(o.Upstream())
	if err != nil {
		return client, err
	}
	return over(hc, o), nil
}

// Fetch makes a client for addresses that strangers chose, with the network of
// this job. The worker sets the limits.
func (j *Job) Fetch(o fetch.Options) (*fetch.Client, error) {
	o.UserAgent = orDefault(o.UserAgent, j.UserAgent())
	if o.Transport = j.network.transport; o.Transport != nil {
		return fetch.New(o)
	}
	pems, err := j.network.authorities()
	if err != nil {
		return nil, err
	}
	o.Proxy, o.CACerts = j.network.proxy, slices.Concat(o.CACerts, pems)
	return fetch.New(o)
}

// UserAgent is what the job calls itself to services.
func (j *Job) UserAgent() string {
	return j.worker.Name + "/" + j.worker.Version + " (+" + DefaultURL + ")"
}

// TLS is how to meet servers by protocols other than HTTP, with the certificate
// authorities of this job. Upstream and Fetch use them already.
func (j *Job) TLS() (*tls.Config, error) {
	pems, err := j.network.authorities()
	if err != nil {
		return nil, err
	}
	return upstream.TLS(pems...)
}

// authorities are the PEM texts that Cortex handed over, to trust beside the
// usual authorities. Cortex writes the admin's PEM to input/cacerts and names it
// in REQUESTS_CA_BUNDLE, which Go does not know of.
func (n network) authorities() ([][]byte, error) {
	var pems [][]byte
	if n.cacerts != "" {
		pems = append(pems, []byte(n.cacerts))
	}
	for _, path := range n.bundles {
		pem, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, badInput("the certificate authorities in %s can't be read: %v", path, reason(err))
		}
		pems = append(pems, pem)
	}
	return pems, nil
}

// newNetwork gathers the network's settings of a job.
func newNetwork(c standard, folder Folder, s Surroundings) network {
	n := network{
		proxy:     upstream.Proxy{HTTP: c.ProxyHTTP, HTTPS: c.ProxyHTTPS},
		cacerts:   c.CACerts,
		transport: s.Transport,
	}
	if folder != "" {
		n.bundles = append(n.bundles, folder.input("cacerts"))
	}
	if bundle := s.Getenv("REQUESTS_CA_BUNDLE"); bundle != "" && !slices.Contains(n.bundles, bundle) {
		n.bundles = append(n.bundles, bundle)
	}
	return n
}

// passwords are the secrets in the proxies' addresses.
func (n network) passwords() []string {
	var secrets []string
	for _, address := range []string{n.proxy.HTTP, n.proxy.HTTPS} {
		if u, err := url.Parse(address); err == nil {
			if password, ok := u.User.Password(); ok {
				secrets = append(secrets, password)
			}
		}
	}
	return secrets
}
