package docker_test

import (
	"crypto/x509"
	"encoding/pem"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/absent"
)

// adapt has Caddy itself read a configuration, with the environment that
// compose.yaml hands over, and load what it says without starting it.
func adapt(t *testing.T, file string, env ...string) gjson.Result {
	t.Helper()
	if _, err := exec.LookPath("caddy"); err != nil {
		absent.Skip(t, "caddy is not installed")
	}
	cmd := exec.Command("caddy", "adapt", "--validate", "--adapter", "caddyfile", "--config", "caddy/"+file)
	cmd.Env = append(os.Environ(), append(env, "HOME="+t.TempDir(), "XDG_DATA_HOME="+t.TempDir())...)
	var log strings.Builder
	cmd.Stderr = &log
	out, err := cmd.Output()
	require.NoError(t, err, "%s", log.String())
	return gjson.ParseBytes(out)
}

func TestCaddyServes(t *testing.T) {
	for name, c := range map[string]struct {
		file, domain string
		https        []string
		plain        []string
	}{
		"the stack":        {"stack.caddy", "soc.example.com", []string{"thehive", "cortex", "misp", "waggle"}, []string{":8787", ":9000", ":9001", ":9002"}},
		"the feeder alone": {"feeder.caddy", "soc.example.com", []string{"waggle"}, []string{":8787"}},
		"this machine":     {"stack.caddy", "localhost", []string{"thehive", "cortex", "misp", "waggle"}, []string{":8787", ":9000", ":9001", ":9002"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := adapt(t, c.file, "WAGGLE_DOMAIN="+c.domain)
			hosts, plain := []string{}, []string{}
			for _, server := range got.Get("apps.http.servers").Map() {
				switch listen := server.Get("listen.0").String(); listen {
				case ":443":
					for _, host := range server.Get("routes.#.match.0.host.0").Array() {
						hosts = append(hosts, strings.TrimSuffix(host.String(), "."+c.domain))
					}
				case "127.0.0.1:8079":
				default:
					plain = append(plain, listen)
				}
			}
			assert.ElementsMatch(t, c.https, hosts)
			assert.ElementsMatch(t, c.plain, plain)
			assert.True(t, got.Get("admin.disabled").Bool())
		})
	}
}

func TestCaddyTakesEveryKindOfCertificate(t *testing.T) {
	t.Run("of its own", func(t *testing.T) {
		got := adapt(t, "stack.caddy", "WAGGLE_DOMAIN=soc.example.com", "WAGGLE_TLS=internal")
		assert.Equal(t, "internal", got.Get("apps.tls.automation.policies.0.issuers.0.module").String())
	})
	t.Run("by ACME", func(t *testing.T) {
		got := adapt(t, "stack.caddy", "WAGGLE_DOMAIN=soc.example.com", "WAGGLE_TLS=it@example.com")
		assert.Equal(t, "it@example.com", got.Get("apps.tls.automation.policies.0.issuers.0.email").String())
	})
	t.Run("yours", func(t *testing.T) {
		certificate, key := selfSigned(t)
		got := adapt(t, "stack.caddy", "WAGGLE_DOMAIN=soc.example.com", "WAGGLE_TLS="+certificate+" "+key)
		assert.Equal(t, certificate, got.Get("apps.tls.certificates.load_files.0.certificate").String())
	})
}

// selfSigned gives the files of the certificate that test servers have, and of its key.
func selfSigned(t *testing.T) (certificate, key string) {
	t.Helper()
	server := httptest.NewTLSServer(nil)
	t.Cleanup(server.Close)
	pair := server.TLS.Certificates[0]
	private, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	require.NoError(t, err)
	folder := t.TempDir()
	write := func(name, kind string, der []byte) string {
		path := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600))
		return path
	}
	return write("cert.pem", "CERTIFICATE", pair.Certificate[0]), write("key.pem", "PRIVATE KEY", private)
}
