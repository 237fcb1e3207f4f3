package fetch

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"strings"

	"github.com/andybalholm/brotli"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// acceptEncoding names what unpack can read.
const acceptEncoding = "gzip, deflate, br"

// unpack undoes a body's content coding, RFC 9110 section 8.4.1. What grows
// beyond limit is an error of reason BadInput; what is broken, or packed in an
// unknown way, one of reason Failure.
func unpack(host string, body []byte, encoding string, limit int64) ([]byte, *upstream.Error) {
	encoding = strings.ToLower(strings.TrimSpace(encoding))
	if encoding == "" || encoding == "identity" || len(body) == 0 {
		return body, nil
	}
	reader, err := unpacker(body, encoding)
	if err != nil {
		return nil, broken(host, encoding, err)
	}
	data, failure := upstream.ReadBody(host, io.NopCloser(reader), limit)
	if failure != nil && failure.Reason == upstream.Network {
		return nil, broken(host, encoding, failure.Err)
	}
	return data, failure
}

func unpacker(body []byte, encoding string) (io.Reader, error) {
	packed := bytes.NewReader(body)
	switch encoding {
	case "gzip", "x-gzip":
		return gzip.NewReader(packed)
	case "br":
		return brotli.NewReader(packed), nil
	case "deflate":
		// It means zlib (RFC 1950); some servers send bare deflate (RFC 1951).
		if reader, err := zlib.NewReader(packed); err == nil {
			return reader, nil
		}
		return flate.NewReader(bytes.NewReader(body)), nil
	default:
		return nil, fmt.Errorf("unknown content coding %.20q", encoding)
	}
}

func broken(host, encoding string, err error) *upstream.Error {
	return &upstream.Error{
		Service: host, Reason: upstream.Failure, Err: err,
		Message: fmt.Sprintf("its answer cannot be unpacked as %.20q: %v", encoding, err),
		Next:    "try again later; if it lasts, the site is broken for every reader",
	}
}
