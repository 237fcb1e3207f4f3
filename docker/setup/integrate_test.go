package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/docker/setup/config"
	"github.com/waggle-cti/waggle/docker/setup/misp"
	"github.com/waggle-cti/waggle/shared/cortexapi/cortexapitest"
	"github.com/waggle-cti/waggle/shared/fakeserver"
	client "github.com/waggle-cti/waggle/shared/misp"
	"github.com/waggle-cti/waggle/shared/misp/misptest"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
)

// stack are three new servers and the settings for them.
type stack struct {
	hive   *thehivetest.Server
	cortex *cortexapitest.Server
	misp   *misptest.Server
	folder string
}

func newStack(t *testing.T, more ...string) stack {
	t.Helper()
	return newStackWith(t, thehivetest.Options{}, more...)
}

func newStackWith(t *testing.T, hive thehivetest.Options, more ...string) stack {
	t.Helper()
	s := stack{
		hive: thehivetest.Start(t, hive),
		cortex: cortexapitest.Start(t, cortexapitest.Options{New: true, Catalog: append(
			cortexapitest.ReadCatalog(t, "../../analyzers/analyzers.json", false), cortexapitest.ReadCatalog(t, "../../responders/responders.json", true)...)}),
		folder: t.TempDir(),
	}
	o := misptest.Options{}
	for _, name := range misp.Warninglists() {
		o.Warninglists = append(o.Warninglists, misptest.Warninglist{Warninglist: client.Warninglist{Name: name}, Disabled: true})
	}
	s.misp = misptest.Start(t, o)
	lines := append([]string{
		"ORGANISATION=Example", "THEHIVE_INSIDE=http://thehive:9000", "CORTEX_INSIDE=http://cortex:9001", "MISP_INSIDE=https://misp",
		"THEHIVE_URL=" + s.hive.URL, "THEHIVE_ADMIN=" + thehivetest.AdminLogin, "CORTEX_URL=" + s.cortex.URL,
		"MISP_URL=" + s.misp.URL, "MISP_ADMIN_KEY=" + misptest.Key, "WAGGLE_ABUSECH_KEY=key-of-abuse-ch",
		fmt.Sprintf("SETUP_OWNER=%d", os.Getuid()),
	}, more...)
	require.NoError(t, os.WriteFile(filepath.Join(s.folder, ".env"), []byte(strings.Join(lines, "\n")), 0o600))
	return s
}

// integrate runs the command.
func (s stack) integrate(t *testing.T, more ...string) (code int, out string) {
	t.Helper()
	for _, i := range config.Items() {
		t.Setenv(i.Name, "") // what the machine has set is not meant
	}
	var text bytes.Buffer
	code = setup(context.Background(), append([]string{"integrate", "--env", filepath.Join(s.folder, ".env"), "--wait", "5s"}, more...), strings.NewReader(""), &text, &text)
	return code, text.String()
}

// servers are all three.
func (s stack) servers() []*fakeserver.Server {
	return []*fakeserver.Server{s.hive.Server, s.cortex.Server, s.misp.Server}
}

// written counts the requests that could have changed something.
func (s stack) written() (n int) {
	for _, server := range s.servers() {
		for _, r := range server.Requests() {
			if !reads(r.Method, r.Path) {
				n++
			}
		}
	}
	return n
}

func reads(method, path string) bool {
	return method == http.MethodGet || strings.HasSuffix(path, "/_search") || path == "/api/v1/query"
}

// contents gives the contents of all files below a folder.
func contents(t *testing.T, folder string) map[string]string {
	t.Helper()
	out := map[string]string{}
	require.NoError(t, filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		out[path] = string(text)
		return err
	}))
	return out
}

// onEachHive runs a test with each version of TheHive that can be set up.
func onEachHive(t *testing.T, test func(*testing.T, thehivetest.Options)) {
	for name, version := range map[string]string{"TheHive 4.1": "4.1.24-1", "TheHive 5": "5.7.5-1"} {
		t.Run(name, func(t *testing.T) { test(t, thehivetest.Options{Version: version}) })
	}
}

func TestIntegrateTwice(t *testing.T) {
	onEachHive(t, func(t *testing.T, hive thehivetest.Options) {
		s := newStackWith(t, hive)
		code, out := s.integrate(t)
		require.Equal(t, exitWell, code, out)
		assert.NotContains(t, out, "COULD NOT")
		assert.Contains(t, out, "analyzer Waggle_URLhaus_1_0")
		assert.Contains(t, out, "to enable it, set WAGGLE_VIRUSTOTAL_KEY")
		assert.Contains(t, out, "docker compose up -d feeder")
		assert.Contains(t, out, "dashboard Threats for our business")
		written, kept := s.written(), contents(t, s.folder)

		code, out = s.integrate(t)
		require.Equal(t, exitWell, code, out)
		assert.Regexp(t, `\n\d+ was there, \d+ left out\n$`, out)
		assert.Equal(t, written, s.written(), "nothing was written to a server")
		assert.Equal(t, kept, contents(t, s.folder), "nor to a file")
	})
}

func TestFiveIsConnected(t *testing.T) {
	s := newStackWith(t, thehivetest.Options{Version: "5.7.5-1"})
	code, out := s.integrate(t)
	require.Equal(t, exitWell, code, out)
	kept := contents(t, filepath.Join(s.folder, "keys"))
	for connector, key := range map[string]string{"cortex": "cortex-thehive-key", "misp": "misp-thehive-key"} {
		held, err := json.Marshal(s.hive.Config(connector))
		require.NoError(t, err)
		assert.Contains(t, string(held), strings.TrimSpace(kept[filepath.Join(s.folder, "keys", key)]))
	}
	assert.Equal(t, []string{"Phishing", "Ransomware", "Vulnerability"}, s.hive.CaseTemplates())
	assert.Contains(t, out, "FEEDER_INSIDE with /hooks/thehive", "the webhook is told of")
}

func TestWhatIsConnected(t *testing.T) {
	s := newStack(t)
	code, out := s.integrate(t)
	require.Equal(t, exitWell, code, out)
	kept := contents(t, filepath.Join(s.folder, "keys"))
	key := func(name string) string {
		return strings.TrimSpace(kept[filepath.Join(s.folder, "keys", filepath.FromSlash(name))])
	}

	cortexes, _ := json.Marshal(s.hive.Config("cortex.servers"))
	assert.Contains(t, string(cortexes), key("cortex-thehive-key"))
	assert.Contains(t, string(cortexes), "http://cortex:9001")
	misps, _ := json.Marshal(s.hive.Config("misp.servers"))
	assert.Contains(t, string(misps), key("misp-thehive-key"))
	assert.Contains(t, string(misps), "acceptAnyCertificate")
	hooks, _ := json.Marshal(s.hive.Config("notification.webhook.endpoints"))
	assert.Contains(t, string(hooks), "http://feeder:8787/hooks/thehive")
	for _, w := range s.cortex.Enabled() {
		if w.Name == "Waggle_MISPEvent_1_0" {
			assert.Equal(t, key("thehive-responder-key"), w.Config["thehive_key"])
			assert.Equal(t, key("misp-cortex-key"), w.Config["misp_key"])
			assert.Equal(t, false, w.Config["verify_tls"])
		}
	}
	assert.Equal(t, []string{"Phishing", "Ransomware", "Vulnerability"}, s.hive.CaseTemplates())
	assert.Len(t, s.hive.Dashboards(), 3)
	assert.Contains(t, kept[filepath.Join(s.folder, "keys", "feeder", "waggle.yaml")], "url: http://thehive:9000")
}

func TestDryRunRefusesNoWrite(t *testing.T) {
	onEachHive(t, func(t *testing.T, hive thehivetest.Options) {
		s := newStackWith(t, hive)
		for _, server := range s.servers() {
			server.Fail(func(r *http.Request) fakeserver.Fault {
				if !reads(r.Method, r.URL.Path) {
					t.Errorf("%s %s would change something", r.Method, r.URL.Path)
					return fakeserver.Fault{Status: http.StatusForbidden}
				}
				return fakeserver.Fault{}
			})
		}
		before := contents(t, s.folder)
		code, out := s.integrate(t, "--dry-run")
		assert.Equal(t, exitWell, code, out)
		assert.Contains(t, out, "would do")
		assert.NotContains(t, out, "done ")
		assert.Equal(t, before, contents(t, s.folder))
	})
}

// No output shows a secret: neither one that was given nor one that was made,
// also where servers answer with failures.
func TestNoSecretIsPrinted(t *testing.T) {
	s := newStack(t, "THEHIVE_ADMIN_PASSWORD=hunter2-of-the-hive", "CORTEX_ADMIN_PASSWORD=hunter2-of-cortex", "WAGGLE_BLOCKS_TOKEN=hunter2-of-blocks")
	_, out := s.integrate(t)
	for _, server := range s.servers() {
		server.Fail(func(r *http.Request) fakeserver.Fault {
			if strings.Contains(r.URL.Path, "user") {
				return fakeserver.Fault{Status: http.StatusInternalServerError}
			}
			return fakeserver.Fault{}
		})
	}
	_, more := s.integrate(t)
	assert.Contains(t, more, "COULD NOT")
	out += more
	for path, text := range contents(t, filepath.Join(s.folder, "keys")) {
		if !strings.HasSuffix(path, ".yaml") {
			assert.NotContains(t, out, strings.TrimSpace(text), path)
		}
	}
	for _, text := range []string{"hunter2", misptest.Key, "key-of-abuse-ch"} {
		assert.NotContains(t, out, text)
	}
}

func TestServersMayBeLeftOut(t *testing.T) {
	s := newStack(t, "MISP_URL=none", "CORTEX_URL=none")
	code, out := s.integrate(t)
	assert.Equal(t, exitWell, code, out)
	assert.Contains(t, out, "MISP_URL is none")
	assert.Empty(t, s.misp.Requests())
	assert.Empty(t, s.cortex.Requests())
}

func TestAServerThatIsAwayIsToldWithWhatToDo(t *testing.T) {
	s := newStack(t, "MISP_URL=http://127.0.0.1:9")
	code, out := s.integrate(t, "--wait", "1ms")
	assert.Equal(t, exitIncomplete, code)
	assert.Contains(t, out, "docker compose logs misp")
	assert.Contains(t, out, "dashboard Threats for our business", "the others are set up all the same")
}

func TestWrongSettings(t *testing.T) {
	s := newStack(t, "MISP_PURPOSE=everything")
	code, out := s.integrate(t)
	assert.Equal(t, exitWrong, code)
	assert.Contains(t, out, "MISP_PURPOSE")
}

func TestReportTemplates(t *testing.T) {
	packed := func(names ...string) string {
		var out bytes.Buffer
		z := zip.NewWriter(&out)
		for _, name := range names {
			f, err := z.Create(name)
			require.NoError(t, err)
			_, err = f.Write([]byte("<p>" + name + "</p>"))
			require.NoError(t, err)
		}
		require.NoError(t, z.Close())
		path := filepath.Join(t.TempDir(), "templates.zip")
		require.NoError(t, os.WriteFile(path, out.Bytes(), 0o600))
		return path
	}
	notAZip := filepath.Join(t.TempDir(), "none.zip")
	require.NoError(t, os.WriteFile(notAZip, []byte("none"), 0o600))
	for name, test := range map[string]struct {
		path, says string
		code       int
	}{
		"imported":   {packed("Waggle_DNS_1_0/long.html", "Waggle_Tor_1_0/long.html"), "report templates of 2 analyzers", exitWell},
		"stray file": {packed("Waggle_DNS_1_0/long.html", "readme.txt"), "readme.txt is no <worker>/long.html", exitWrong},
		"no zip":     {notAZip, "SETUP_TEMPLATES", exitWrong},
		"missing":    {"missing.zip", "make templates", exitWell},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStack(t, "CORTEX_URL=none", "MISP_URL=none", "SETUP_TEMPLATES="+test.path)
			code, out := s.integrate(t)
			assert.Equal(t, test.code, code, out)
			assert.Contains(t, out, test.says)
		})
	}
}
