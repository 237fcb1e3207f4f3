package cortex

import (
	"strings"

	"golang.org/x/net/idna"
)

// DomainName reads the name of a host or domain on the Internet, of two labels at
// least, and gives it as DNS has it: in small letters, those beyond ASCII as
// Punycode (RFC 5891), and without a dot at its ends.
func DomainName(text string) (string, error) {
	// As idna.Lookup, which lets empty and endless labels pass.
	profile := idna.New(idna.MapForLookup(), idna.BidiRule(), idna.Transitional(false), idna.VerifyDNSLength(true))
	name, err := profile.ToASCII(strings.Trim(strings.TrimSpace(text), "."))
	if err != nil || !strings.Contains(name, ".") {
		return "", badInput("%q is not a domain name of the Internet: nothing was sent", clip(text, 64))
	}
	return name, nil
}
