package lists_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/lists"
	"github.com/waggle-cti/waggle/shared/fetch"
	"github.com/waggle-cti/waggle/shared/knownbenign"
	"github.com/waggle-cti/waggle/shared/misp"
)

const (
	ranges = `{"name":"Rented ranges","version":2,"type":"cidr","description":"Invented","matching_attributes":["ip-src"],"list":["198.51.100.0/24","nine"]}`
	ours   = `{"name":"Our own","version":1,"type":"hostname","description":"Invented","matching_attributes":["domain"],"list":["acme.example"]}`
	phones = `{"name":"Phones","version":1,"type":"regex","description":"Invented","matching_attributes":["phone-number"],"list":["/1/"]}`
)

// collection is a checkout of lists, by path.
func collection() map[string]string {
	return map[string]string{
		"misp-lists-main/README.md":              "# Lists",
		"misp-lists-main/schema.json":            `{"name":"Not a list"}`,
		"misp-lists-main/lists/ours/list.json":   ours,
		"misp-lists-main/lists/phones/list.json": phones,
		"misp-lists-main/lists/ranges/list.json": ranges,
	}
}

func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o750))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	return root
}

func zipped(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, text := range files {
		w, err := z.Create(name)
		require.NoError(t, err)
		_, err = w.Write([]byte(text))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return out.Bytes()
}

func tarred(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	packed := gzip.NewWriter(&out)
	w := tar.NewWriter(packed)
	require.NoError(t, w.WriteHeader(&tar.Header{Name: "misp-lists-main/lists/link/list.json", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"}))
	for name, text := range files {
		require.NoError(t, w.WriteHeader(&tar.Header{Name: name, Size: int64(len(text)), Mode: 0o600, Typeflag: tar.TypeReg}))
		_, err := w.Write([]byte(text))
		require.NoError(t, err)
	}
	require.NoError(t, errors.Join(w.Close(), packed.Close()))
	return out.Bytes()
}

func saved(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, data, 0o600))
	return path
}

// web answers every address with the same bytes, or an error.
type web struct {
	body []byte
	err  error
}

func (w web) Get(context.Context, fetch.Request) (*fetch.Response, error) {
	if w.err != nil {
		return nil, w.err
	}
	return &fetch.Response{Status: 200, Body: w.body}, nil
}

// server is a MISP with these lists enabled.
type server struct {
	lists []misp.Warninglist
	err   error
}

func (s server) Warninglists(context.Context) ([]misp.Warninglist, error) { return s.lists, s.err }

func TestUpdateFromEveryPlace(t *testing.T) {
	kept := server{lists: []misp.Warninglist{
		{Name: "Our own", Version: 1, Type: "hostname", Attributes: []string{"domain"}, Entries: []string{"acme.example"}},
		{Name: "Phones", Version: 1, Type: "regex", Attributes: []string{"phone-number"}, Entries: []string{"/1/"}},
		{Name: "Rented ranges", Version: 2, Type: "cidr", Attributes: []string{"ip-src"}, Entries: []string{"198.51.100.0/24", "nine"}},
	}}
	for name, o := range map[string]lists.Options{
		"a folder":              {From: []string{folder(t, collection())}},
		"a ZIP":                 {From: []string{saved(t, "lists.zip", zipped(t, collection()))}},
		"a packed tar":          {From: []string{saved(t, "lists.tar.gz", tarred(t, collection()))}},
		"an address":            {From: []string{"https://lists.example.com/main.zip"}, Getter: web{body: zipped(t, collection())}},
		"a MISP":                {From: []string{"misp"}, MISP: kept},
		"three files":           {From: []string{saved(t, "a.json", []byte(ranges)), saved(t, "b.json", []byte(phones)), saved(t, "c.json", []byte(ours))}},
		"a folder and the same": {From: []string{folder(t, collection()), "https://lists.example.com/x"}, Getter: web{body: tarred(t, collection())}},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "data", lists.File)
			o.Benign = []string{"Our own"}
			compiled, left, err := lists.Update(t.Context(), path, o)
			require.NoError(t, err)
			assert.Len(t, compiled, 2)
			require.NotEmpty(t, left)
			assert.Contains(t, []string{left[0].Name, left[len(left)-1].Name}, "Phones")

			l, err := knownbenign.Open(path)
			require.NoError(t, err)
			defer l.Close()
			assert.Equal(t, []knownbenign.Hit{{List: "Our own", Effect: knownbenign.Benign, Match: "acme.example"}}, l.Lookup("domain", "www.acme.example"))
			assert.Equal(t, []knownbenign.Hit{{List: "Rented ranges", Effect: knownbenign.Flags, Match: "198.51.100.7"}}, l.Lookup("ip", "198.51.100.7"))
			for _, one := range l.Loaded() {
				if one.Name == "Rented ranges" {
					assert.Equal(t, 1, one.Refused)
					assert.Equal(t, int64(2), one.Version)
				}
			}
		})
	}
}

func TestUpdateThatFailsChangesNothing(t *testing.T) {
	for _, test := range []struct {
		name string
		o    lists.Options
		why  string
	}{
		{"no such folder", lists.Options{From: []string{filepath.Join(t.TempDir(), "nothing")}}, "no such file"},
		{"a folder without lists", lists.Options{From: []string{t.TempDir()}}, "no list was found"},
		{"a page instead of an archive", lists.Options{From: []string{"https://lists.example.com/"}, Getter: web{body: []byte("<html>")}}, "neither a ZIP nor"},
		{"an address that does not answer", lists.Options{From: []string{"https://lists.example.com/"}, Getter: web{err: errors.New("lists.example.com: network")}}, "lists.example.com: network"},
		{"a cut ZIP", lists.Options{From: []string{saved(t, "a.zip", zipped(t, collection())[:80])}}, "reading the ZIP"},
		{"a cut tar", lists.Options{From: []string{saved(t, "a.tar.gz", tarred(t, collection())[:80])}}, "reading the archive"},
		{"no MISP", lists.Options{From: []string{"misp"}}, "no MISP is configured"},
		{"a MISP without lists", lists.Options{From: []string{"misp"}, MISP: server{}}, "no warninglist is enabled"},
		{"a MISP that refuses", lists.Options{From: []string{"misp"}, MISP: server{err: errors.New("MISP: auth")}}, "MISP: auth"},
		{"nothing usable", lists.Options{From: []string{saved(t, "a.json", []byte(phones))}}, "nothing was changed; the first: Phones"},
		{"a broken list alone", lists.Options{From: []string{saved(t, "a.json", []byte(`{"name":`))}}, "not JSON"},
		{"one good place, one bad", lists.Options{From: []string{folder(t, collection()), t.TempDir()}}, "no list was found"},
		{"a name that no list has", lists.Options{From: []string{folder(t, collection())}, Benign: []string{"Our won"}}, `"Our won"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), lists.File)
			require.NoError(t, os.WriteFile(path, []byte("as it was"), 0o600))
			_, _, err := lists.Update(t.Context(), path, test.o)
			require.ErrorContains(t, err, test.why)
			left, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Equal(t, "as it was", string(left))
		})
	}
}

func TestAListThatUnpacksTooLargeIsRefused(t *testing.T) {
	_, _, err := lists.Update(t.Context(), filepath.Join(t.TempDir(), lists.File), lists.Options{From: []string{saved(t, "a.zip", bomb(t, 129))}})
	assert.ErrorContains(t, err, "more than 128 MB")
}

// bomb is a small ZIP of a list that unpacks to so many MB of spaces: one MB,
// packed once, again and again.
func bomb(t *testing.T, size int) []byte {
	t.Helper()
	var packed, out bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestSpeed)
	require.NoError(t, err)
	_, err = w.Write(bytes.Repeat([]byte(" "), 1<<20))
	require.NoError(t, errors.Join(err, w.Flush()))
	z := zip.NewWriter(&out)
	content := bytes.Repeat(packed.Bytes(), size)
	raw, err := z.CreateRaw(&zip.FileHeader{Name: "lists/a/list.json", Method: zip.Deflate,
		CompressedSize64: uint64(len(content)), UncompressedSize64: uint64(size) << 20})
	require.NoError(t, err)
	_, err = raw.Write(content)
	require.NoError(t, errors.Join(err, z.Close()))
	require.Less(t, out.Len(), 2<<20)
	return out.Bytes()
}

func TestStoppedWhileGathering(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	for name, from := range map[string]string{"folder": folder(t, collection()), "tar": saved(t, "a.tar.gz", tarred(t, collection()))} {
		t.Run(name, func(t *testing.T) {
			_, _, err := lists.Update(ctx, filepath.Join(t.TempDir(), lists.File), lists.Options{From: []string{from}})
			assert.ErrorIs(t, err, context.Canceled)
		})
	}
}
