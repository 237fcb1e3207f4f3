package sample

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"

	"github.com/waggle-cti/waggle/shared/ioc"
)

// Link is a URL in the file.
type Link struct {
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

// ReadURLs searches the file as it lies there, its readable runs if it is
// binary. What is compressed is searched by those who unpack it.
func (f *File) ReadURLs(ctx context.Context) error {
	text := f.Is("text/plain") || strings.HasPrefix(f.Type, "text/")
	buffer, held := make([]byte, window), 0
	for from := f.Whole(); ; {
		n, err := io.ReadFull(from, buffer[held:])
		held += n
		cut := held
		if err == nil {
			cut = between(buffer[:held])
		}
		f.LinksIn(readable(buffer[:cut], text), "the file as it is")
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

// LinksIn notes the URLs in a text; where says which one it is.
func (f *File) LinksIn(text, where string) {
	if !strings.Contains(text, "://") && !strings.Contains(text, "[") { // defanged ones have brackets
		return
	}
	for _, in := range ioc.Find(text, ioc.Options{}) {
		if in.Kind == ioc.URL {
			f.addLink(in, where)
		}
	}
}

// Link notes a target that the file names as one.
func (f *File) Link(target, where string) {
	for _, in := range ioc.Find(target, ioc.Options{}) {
		if in.Kind == ioc.URL && in.Start == 0 {
			f.addLink(in, where)
		}
	}
}

// addLink notes a URL once. Those that are not known to be harmless come first.
func (f *File) addLink(in ioc.Indicator, where string) {
	one := Link{URL: in.Value, Where: where}
	if in.Role == ioc.Benign {
		one.Benign, one.Why = true, in.Why
	}
	if slices.ContainsFunc(formats, func(prefix string) bool { return strings.HasPrefix(one.URL+"/", prefix) }) {
		one.Benign, one.Why = true, "belongs to the file's format, or to a signature"
	}
	if len(one.URL) > 2000 || f.URLsTotal >= mostURLs || slices.ContainsFunc(f.URLs, func(l Link) bool { return l.URL == one.URL }) {
		return
	}
	f.URLsTotal++
	at := len(f.URLs)
	if !one.Benign {
		if at = slices.IndexFunc(f.URLs, func(l Link) bool { return l.Benign }); at < 0 {
			at = len(f.URLs)
		}
	}
	f.URLs = slices.Insert(f.URLs, at, one)
	f.URLs = f.URLs[:min(Most, len(f.URLs))]
}
