package misp

import (
	"net/netip"
	"strconv"
	"strings"

	"golang.org/x/net/idna"

	"github.com/waggle-cti/waggle/shared/ioc"
)

// Normalise gives a value as MISP stores it for a type, so that what was sent
// can be compared with what is held: trimmed and refanged, domains, hashes and
// mail addresses in lower case, CVEs in upper, addresses in their short form,
// international names in punycode, "ip:port" as "ip|port". Where MISP refuses
// what has one plain meaning (a host name's last dot, "AS" and a number) it
// gives what MISP takes. A value that does not fit its type comes back trimmed.
// In a URL characters that MISP's database cannot hold are percent-encoded,
// which means the same (RFC 3986, section 2.1); in others they are "?".
//
// MISP does so itself, in app/Lib/Tools/AttributeValidationTool.php and
// ComplexTypeTool.php, but compares raw values when it looks for duplicates in
// a new event.
func Normalise(typ, value string) string {
	value = strings.TrimSpace(narrow(escaped(typ, value)))
	first, second, composite := strings.Cut(typ, "|")
	if !composite {
		return normaliseOne(typ, value)
	}
	a, b, ok := cutComposite(second, value)
	if !ok {
		return value
	}
	return normaliseOne(first, a) + "|" + normaliseOne(second, b)
}

// cutComposite parts the value of a composite type.
func cutComposite(second, value string) (a, b string, ok bool) {
	if a, b, ok = strings.Cut(value, "|"); ok || second != "port" {
		return a, b, ok
	}
	if a, b, ok = strings.Cut(value, "]:"); ok && strings.HasPrefix(a, "[") {
		return a[1:], b, true
	}
	at := strings.LastIndexByte(value, ':')
	if at < 0 {
		return "", "", false
	}
	return value[:at], value[at+1:], true
}

func normaliseOne(typ, value string) string {
	value = strings.TrimSpace(value)
	switch typ {
	case "ip", "ip-src", "ip-dst":
		return address(ioc.Refang(value))
	case "domain", "hostname":
		return host(ioc.Refang(value))
	case "url", "uri", "link":
		return ioc.Refang(value)
	case "email", "email-src", "email-dst", "email-reply-to", "target-email", "whois-registrant-email", "dns-soa-email":
		return strings.ToLower(ioc.Refang(value))
	case "vulnerability", "weakness":
		return strings.ToUpper(strings.ReplaceAll(value, "–", "-"))
	case "x509-fingerprint-md5", "x509-fingerprint-sha1", "x509-fingerprint-sha256":
		return strings.ToLower(strings.ReplaceAll(value, ":", ""))
	case "AS":
		return autonomousSystem(value)
	case "mac-address", "mac-eui-64":
		return hardware(value)
	}
	if lowerCase(typ) {
		return strings.ToLower(value)
	}
	return value
}

// lowerCase tells the types that MISP stores in lower case, beside hosts and
// mail addresses.
func lowerCase(typ string) bool {
	switch typ {
	case "md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha512/224", "sha512/256",
		"sha3-224", "sha3-256", "sha3-384", "sha3-512", "authentihash", "imphash", "pehash", "telfhash", "tlsh", "vhash",
		"cdhash", "dom-hash", "ja3-fingerprint-md5", "jarm-fingerprint", "hassh-md5", "hasshserver-md5",
		"onion-address", "anonymised":
		return true
	}
	return false
}

// address gives an IP address or a range of them in the short form.
func address(value string) string {
	addr, bits, isRange := strings.Cut(value, "/")
	ip, err := netip.ParseAddr(strings.Trim(addr, "[]"))
	switch {
	case err != nil:
		return value
	case isRange && bits != strconv.Itoa(ip.BitLen()): // a range of one is kept as the address
		return ip.String() + "/" + bits
	}
	return ip.String()
}

// host gives a domain or host name in ASCII and lower case.
func host(value string) string {
	value = strings.Trim(strings.ToLower(value), ".")
	if ascii, err := idna.Punycode.ToASCII(value); err == nil {
		return ascii
	}
	return value
}

// autonomousSystem gives the bare number; "1.10" is 65546, RFC 5396.
func autonomousSystem(value string) string {
	number := strings.TrimSpace(value)
	if len(number) > 2 && strings.EqualFold(number[:2], "AS") {
		number = strings.TrimSpace(number[2:])
	}
	high, low, dotted := strings.Cut(number, ".")
	if !dotted {
		return number
	}
	h, errHigh := strconv.ParseUint(high, 10, 16)
	l, errLow := strconv.ParseUint(low, 10, 16)
	if errHigh != nil || errLow != nil {
		return number
	}
	return strconv.FormatUint(h<<16|l, 10)
}

// hardware gives a MAC address as pairs with colons.
func hardware(value string) string {
	digits := strings.NewReplacer(".", "", ":", "", "-", "", " ", "").Replace(strings.ToLower(value))
	var pairs []string
	for i := 0; i < len(digits); i += 2 {
		pairs = append(pairs, digits[i:min(i+2, len(digits))])
	}
	return strings.Join(pairs, ":")
}
