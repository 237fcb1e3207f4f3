package fileinfo

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"

	"github.com/waggle-cti/waggle/shared/ioc"
)

// link is a URL in the file.
type link struct {
	URL    string `json:"url"`
	Where  string `json:"where"`
	Benign bool   `json:"benign,omitempty"` // known to be harmless: of a schema, a standard, a vendor
	Why    string `json:"why,omitempty"`    // why it is
}

const (
	window   = 1 << 20  // bytes that are searched at a time
	mostURLs = 5000     // that are told apart
	longest  = 64 << 10 // bytes that a window gives on to the next at most
)

// formats begin the URLs that are in files because of their format: names of XML
// namespaces, and where certificates of signers are checked.
var formats = []string{
	"http://www.w3.org/", "http://schemas.microsoft.com/", "http://schemas.openxmlformats.org/", "http://schemas.xmlsoap.org/", "http://ns.adobe.com/",
	"http://purl.org/dc/", "http://purl.oclc.org/ooxml/", "http://iptc.org/std/", "http://cipa.jp/exif/", "http://www.aiim.org/pdf", "http://www.xfa.org/schema/",
	"http://docs.oasis-open.org/", "http://ocsp.digicert.com/", "http://crl3.digicert.com/", "http://crl4.digicert.com/", "http://cacerts.digicert.com/",
	"http://crl.microsoft.com/", "http://www.microsoft.com/pki", "http://ocsp.sectigo.com/", "http://crl.sectigo.com/", "http://crt.sectigo.com/",
	"http://ocsp.globalsign.com/", "http://ocsp2.globalsign.com/", "http://crl.globalsign.com/", "http://secure.globalsign.com/cacert/",
	"http://ocsp.verisign.com/", "http://crl.verisign.com/", "http://ocsp.usertrust.com/", "http://crl.usertrust.com/", "http://crt.usertrust.com/",
}

// readURLs searches the file as it lies there, its readable runs if it is
// binary. What is compressed is searched by those who unpack it.
func readURLs(ctx context.Context, s *subject) error {
	text := strings.HasPrefix(s.Type, "text/") || s.is("text/plain")
	buffer, held := make([]byte, window), 0
	for from := s.whole(); ; {
		n, err := io.ReadFull(from, buffer[held:])
		held += n
		cut := held
		if err == nil {
			cut = between(buffer[:held])
		}
		s.linksIn(readable(buffer[:cut], text), "the file as it is")
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return nil
		}
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		held = copy(buffer, buffer[cut:held])
	}
}

// readable gives what there is to read in a window. Text is searched as it is,
// whatever its alphabet: URLs are ASCII.
func readable(data []byte, text bool) string {
	if text && !bytes.ContainsRune(data, 0) {
		return string(data)
	}
	return ioc.Runs(data)
}

// between gives a place near the window's end that is in no URL: behind white
// space, or two bytes that are none of a text.
func between(data []byte) int {
	for i := len(data) - 1; i > len(data)-longest; i-- {
		c, before := data[i], data[i-1]
		if c == '\n' || c == ' ' || (c < ' ' || c > '~') && (before < ' ' || before > '~') {
			return i + 1
		}
	}
	return len(data)
}

// linksIn notes the URLs in a text.
func (s *subject) linksIn(text, where string) {
	if !strings.Contains(text, "://") && !strings.Contains(text, "[") { // defanged ones have brackets
		return
	}
	for _, in := range ioc.Find(text, ioc.Options{}) {
		if in.Kind == ioc.URL {
			s.addLink(in, where)
		}
	}
}

// link notes a target that the file names as one.
func (s *subject) link(target, where string) {
	for _, in := range ioc.Find(target, ioc.Options{}) {
		if in.Kind == ioc.URL && in.Start == 0 {
			s.addLink(in, where)
		}
	}
}

// addLink notes a URL once. Those that are not known to be harmless come first.
func (s *subject) addLink(in ioc.Indicator, where string) {
	one := link{URL: in.Value, Where: where}
	if in.Role == ioc.Benign {
		one.Benign, one.Why = true, in.Why
	}
	if slices.ContainsFunc(formats, func(prefix string) bool { return strings.HasPrefix(one.URL+"/", prefix) }) {
		one.Benign, one.Why = true, "belongs to the file's format, or to a signature"
	}
	if len(one.URL) > 2000 || s.URLsTotal >= mostURLs || slices.ContainsFunc(s.URLs, func(l link) bool { return l.URL == one.URL }) {
		return
	}
	s.URLsTotal++
	at := len(s.URLs)
	if !one.Benign {
		if at = slices.IndexFunc(s.URLs, func(l link) bool { return l.Benign }); at < 0 {
			at = len(s.URLs)
		}
	}
	s.URLs = slices.Insert(s.URLs, at, one)
	s.URLs = s.URLs[:min(most, len(s.URLs))]
}
