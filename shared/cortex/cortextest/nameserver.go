package cortextest

import (
	"bytes"
	"cmp"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/cortex/recorded"
)

// nobody is an address where no DNS server answers.
const nobody = "127.0.0.1:9"

// StartNameserver starts a DNS server on the loopback for as long as the test
// runs, and gives its address. It answers as the lookups say, and any other
// question with NXDOMAIN.
func StartNameserver(t *testing.T, lookups ...recorded.Lookup) string {
	t.Helper()
	return startNameserver(t, &recorded.Nameserver{Lookups: lookups})
}

func startNameserver(t *testing.T, s *recorded.Nameserver) string {
	t.Helper()
	address, err := s.Start()
	require.NoError(t, err)
	t.Cleanup(s.Close)
	return address
}

// withNameserver puts a DNS server into a job's folder in the place of
// recorded.Resolver, if its worker asks one. finish checks what it was asked and puts
// recorded.Resolver back into the report.
func withNameserver(t *testing.T, w *cortex.Worker, dir string, folder cortex.Folder) (finish func(report []byte) []byte) {
	t.Helper()
	if !asksDNS(w) {
		return func(report []byte) []byte { return report }
	}
	path := filepath.Join(string(folder), "input", "input.json")
	in, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Contains(t, string(in), `"`+recorded.Resolver+`"`, "input.json must name the resolver %s", recorded.Resolver)
	lookups, err := recorded.Lookups(dir)
	require.NoError(t, err)
	var mu sync.Mutex
	asked := map[int]bool{}
	address := startNameserver(t, &recorded.Nameserver{Lookups: lookups, Asked: func(name, kind string, lookup int) {
		if lookup < 0 {
			t.Errorf("unexpected question to DNS: %s %s", name, kind)
		}
		mu.Lock()
		defer mu.Unlock()
		asked[lookup] = true
	}})
	WriteInput(t, folder, "input.json", bytes.ReplaceAll(in, []byte(`"`+recorded.Resolver+`"`), []byte(`"`+address+`"`)))
	return func(report []byte) []byte {
		mu.Lock()
		defer mu.Unlock()
		for i, l := range lookups {
			assert.True(t, asked[i], "DNS was never asked: %s %s (entry %d of dns.json)", cmp.Or(l.Type, "A"), l.Name, i+1)
		}
		return bytes.ReplaceAll(report, []byte(address), []byte(recorded.Resolver))
	}
}

// asksDNS tells whether a worker has an item for the DNS resolver to ask.
func asksDNS(w *cortex.Worker) bool {
	for _, i := range w.Items() {
		if i.Name == resolverItem {
			return true
		}
	}
	return false
}

// resolverItem is what such an item is called.
const resolverItem = "resolver"
