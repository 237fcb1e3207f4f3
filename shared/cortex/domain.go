package cortex

import (
	"errors"
	"strings"

	"golang.org/x/net/idna"
)

// DomainName reads the name of a host or domain on the Internet, of two labels at
// least, and gives it as DNS has it: in small letters, those beyond ASCII as
// Punycode (RFC 5891), and without a dot at its ends. A name in a network of
// one's own, such as wiki.internal, is refused.
func DomainName(text string) (string, error) {
	name, err := ascii(strings.Trim(strings.TrimSpace(text), "."))
	if err != nil {
		return "", badInput("%q is not a domain name of the Internet: nothing was sent", clip(text, 64))
	}
	return foreign(name)
}

// ascii gives a name of two labels at least as DNS has it.
func ascii(name string, options ...idna.Option) (string, error) {
	// As idna.Lookup, which lets empty and endless labels pass.
	options = append([]idna.Option{idna.MapForLookup(), idna.BidiRule(), idna.Transitional(false), idna.VerifyDNSLength(true)}, options...)
	name, err := idna.New(options...).ToASCII(name)
	if err == nil && !strings.Contains(name, ".") {
		err = errors.New("it has one label only")
	}
	return name, err
}
