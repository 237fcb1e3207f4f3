package knownbenign

// Effect is what it means that a list holds a value.
type Effect string

// The effects.
const (
	Benign Effect = "benign" // the value is harmless
	Flags  Effect = "flags"  // worth knowing, and no reason to let the value pass
)

// Where the effect of a list is not Benign by the table below, it is Flags,
// whatever the list is: most lists hold what is often met, not what is
// harmless. Malware runs on rented servers, behind VPNs and CDNs, on trusted
// sites and dynamic names, and each top-million list has some of it. Measured
// on addresses and names known to be malicious, vpn-ipv4 alone would let a
// large part of them pass.
//
// No list makes a URL harmless: whose site it is on says nothing of a page that
// a stranger put there. Lists that match by substring or regex are not in the
// table, since anybody can register a name that has another one in it.
var benign = [...]struct {
	list  string // its name in list.json
	kinds Kinds
}{
	// Addresses that nobody has on the internet.
	{"List of RFC 1918 CIDR blocks", IP},
	{"List of RFC 3849 CIDR blocks", IP},
	{"List of RFC 5735 CIDR blocks", IP},
	{"List of RFC 6598 CIDR blocks", IP},
	{"List of RFC 5771 multicast CIDR blocks", IP},
	{"List of IPv6 link local blocks", IP},
	// Addresses whose owner alone uses them.
	{"List of known Apple IP ranges", IP},
	{"cisco-umbrella-blockpage-ipv4", IP},
	{"cisco-umbrella-blockpage-ipv6", IP},
	// Names that nobody has, or whose owner alone uses them.
	{"List of RFC 6761 Special-Use Domain Names", Domain},
	{"TLDs as known by IANA", Domain},
	{"CRL and OCSP domains", Domain},
	{"Captive Portal Detection Hostnames", Domain},
	{"List of known bank domains", Domain},
	{"List of known dax30 webpages", Domain},
	{"List of known google domains", Domain},
	{"List of known microsoft domains", Domain},
	{"List of known Office 365 URLs", Domain},
	{"List of known Windows 10 connection endpoints", Domain},
	{"List of known domains to know external IP", Domain},
	{"List of known hostname used for querying your source IP. This can be used as exclusion for your Passive DNS lookup.", Domain},
	{"List of known security providers/vendors blog domain", Domain},
	{"cisco-umbrella-blockpage-hostname", Domain},
	// Files and certificates that were looked at.
	{"Fingerprint of known intermediate of trusted certificates", Hash},
	{"Fingerprint of trusted CA certificates", Hash},
	{"Hashes that are often included in IOC lists but are false positives.", Hash},
	{"List of hashes for EICAR test virus", Hash},
	{"List of known hashes for Windows binaries", Hash},
	{"List of known hashes for benign files", Hash},
	{"List of known hashes for empty files", Hash},
	{"List of known hashes with common false-positives (based on Florian Roth input list)", Hash},
}

// harmless gives the kinds of value that are benign when the list holds them.
func harmless(list string) Kinds {
	for _, b := range benign {
		if b.list == list {
			return b.kinds
		}
	}
	return 0
}
