package fetch

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/upstream"
)

func pack(t testing.TB, how string, text []byte) []byte {
	t.Helper()
	var packed bytes.Buffer
	var w io.WriteCloser
	switch how {
	case "gzip":
		w = gzip.NewWriter(&packed)
	case "zlib":
		w = zlib.NewWriter(&packed)
	case "flate":
		w, _ = flate.NewWriter(&packed, flate.BestCompression)
	case "brotli":
		w = brotli.NewWriter(&packed)
	default:
		return text
	}
	_, err := w.Write(text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return packed.Bytes()
}

func TestContentEncoding(t *testing.T) {
	text := []byte(strings.Repeat("threat report ", 1000))
	for name, tt := range map[string]struct {
		encoding, how string
		cut           int // bytes missing at the end
		reason        upstream.Reason
	}{
		"none":                 {"", "", 0, ""},
		"identity":             {"identity", "", 0, ""},
		"gzip":                 {"gzip", "gzip", 0, ""},
		"gzip, old name":       {"X-GZIP", "gzip", 0, ""},
		"deflate":              {"deflate", "zlib", 0, ""},
		"deflate, bare":        {"deflate", "flate", 0, ""},
		"brotli":               {"br", "brotli", 0, ""},
		"gzip, cut":            {"gzip", "gzip", 20, upstream.Failure},
		"deflate, cut":         {"deflate", "zlib", 20, upstream.Failure},
		"brotli, cut":          {"br", "brotli", 5, upstream.Failure},
		"said to be gzip":      {"gzip", "", 0, upstream.Failure},
		"said to be brotli":    {"br", "gzip", 0, upstream.Failure},
		"unknown":              {"zstd", "", 0, upstream.Failure},
		"packed twice":         {"gzip, br", "gzip", 0, upstream.Failure},
		"long and meaningless": {strings.Repeat("a", 1000), "", 0, upstream.Failure},
	} {
		t.Run(name, func(t *testing.T) {
			packed := pack(t, tt.how, text)
			url := site(t, func(w http.ResponseWriter, r *http.Request) {
				assert.Equal(t, acceptEncoding, r.Header.Get("Accept-Encoding"))
				if tt.encoding != "" {
					w.Header().Set("Content-Encoding", tt.encoding)
				}
				_, _ = w.Write(packed[:len(packed)-tt.cut])
			})
			response, err := reader(t).Get(t.Context(), Request{URL: url})
			if tt.reason == "" {
				require.NoError(t, err)
				assert.Equal(t, string(text), string(response.Body))
				return
			}
			require.ErrorIs(t, err, tt.reason)
			assert.Contains(t, err.Error(), "cannot be unpacked")
			assert.Less(t, len(err.Error()), 500)
		})
	}
}

func TestBodyLimit(t *testing.T) {
	const limit = 1 << 20
	for name, tt := range map[string]struct {
		encoding, how string
		size          int
		fits          bool
	}{
		"just fits":         {"", "", limit, true},
		"one byte too much": {"", "", limit + 1, false},
		"gzip, just fits":   {"gzip", "gzip", limit, true},
		"gzip bomb":         {"gzip", "gzip", 8 * limit, false},
		"deflate bomb":      {"deflate", "zlib", 8 * limit, false},
		"brotli bomb":       {"br", "brotli", 8 * limit, false},
	} {
		for _, perRequest := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				packed := pack(t, tt.how, make([]byte, tt.size))
				url := site(t, func(w http.ResponseWriter, _ *http.Request) {
					if tt.encoding != "" {
						w.Header().Set("Content-Encoding", tt.encoding)
					}
					_, _ = w.Write(packed)
				})
				c, r := reader(t, func(o *Options) { o.MaxBody = limit }), Request{URL: url}
				if perRequest {
					c, r.MaxBody = reader(t), limit
				}
				response, err := c.Get(t.Context(), r)
				if tt.fits {
					require.NoError(t, err)
					assert.Len(t, response.Body, tt.size)
					return
				}
				require.ErrorIs(t, err, upstream.BadInput)
				assert.Contains(t, err.Error(), "bad input (200): answered more than 1048576 bytes")
			})
		}
	}
}

// TestEndlessBody: the second kind has no content at all, so that what comes
// out never reaches a limit.
func TestEndlessBody(t *testing.T) {
	for name, piece := range map[string][]byte{
		"plain":              make([]byte, 1<<10),
		"empty gzip members": bytes.Repeat(pack(t, "gzip", nil), 50),
	} {
		t.Run(name, func(t *testing.T) {
			url := site(t, func(w http.ResponseWriter, _ *http.Request) {
				if name != "plain" {
					w.Header().Set("Content-Encoding", "gzip")
				}
				for {
					if _, err := w.Write(piece); err != nil {
						return
					}
				}
			})
			_, err := reader(t).Get(t.Context(), Request{URL: url, MaxBody: 1 << 20})
			require.ErrorIs(t, err, upstream.BadInput)
		})
	}
}

func TestEmptyBodyNeedsNoUnpacking(t *testing.T) {
	url := site(t, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Encoding", "gzip") })
	response, err := reader(t).Get(t.Context(), Request{URL: url})
	require.NoError(t, err)
	assert.Empty(t, response.Body)
}

func FuzzUnpack(f *testing.F) {
	for encoding, how := range map[string]string{"gzip": "gzip", "deflate": "zlib", "br": "brotli"} {
		f.Add(pack(f, how, []byte("threat report")), encoding)
	}
	f.Add([]byte("plain"), "")
	f.Fuzz(func(t *testing.T, body []byte, encoding string) {
		const limit = 1 << 16
		data, err := unpack("site.example", body, encoding, limit)
		if err != nil {
			assert.Empty(t, data)
			assert.NotEmpty(t, err.Reason)
		} else if len(data) > max(limit, len(body)) {
			t.Errorf("%d bytes came out, the limit is %d", len(data), limit)
		}
	})
}
