package ioc

// Kind is what sort of thing a value is.
type Kind string

// The kinds. The text of each is what `analyzers extract` prints as type. What
// else there is to know of them stands in the table of kinds.go.
const (
	IP           Kind = "ip" // IPv4 or IPv6 in canonical text, RFC 5952
	CIDR         Kind = "cidr"
	Domain       Kind = "domain" // lower case, punycode, no trailing dot
	URL          Kind = "url"
	Email        Kind = "email"
	MD5          Kind = "md5"
	SHA1         Kind = "sha1"
	SHA224       Kind = "sha224"
	SHA256       Kind = "sha256"
	SHA384       Kind = "sha384"
	SHA512       Kind = "sha512"
	CVE          Kind = "cve"             // upper case
	Technique    Kind = "attack"          // MITRE ATT&CK technique id, T1059 or T1059.001
	Tactic       Kind = "attack-tactic"   // MITRE ATT&CK tactic id, TA0001
	Group        Kind = "attack-group"    // MITRE ATT&CK group id, G0016
	Software     Kind = "attack-software" // MITRE ATT&CK software id, S0154
	CWE          Kind = "cwe"             // class of weaknesses, CWE-79
	GHSA         Kind = "ghsa"            // GitHub security advisory, GHSA-xxxx-xxxx-xxxx
	EUVD         Kind = "euvd"            // entry of the European vulnerability database, EUVD-2024-1234
	SSDeep       Kind = "ssdeep"
	TLSH         Kind = "tlsh"
	Imphash      Kind = "imphash"      // of the functions that a PE file imports
	Authentihash Kind = "authentihash" // of a PE file without its signature
	PEHash       Kind = "pehash"       // of the structure of a PE file
	VHash        Kind = "vhash"        // VirusTotal's, of the structure of a file
	JA3          Kind = "ja3"          // TLS fingerprint of a client, MD5
	JA3S         Kind = "ja3s"         // TLS fingerprint of a server's answer, MD5
	HASSH        Kind = "hassh"        // SSH fingerprint, MD5
	JARM         Kind = "jarm"         // TLS fingerprint of a server
	JA4          Kind = "ja4"          // TLS fingerprint of a client
	MAC          Kind = "mac"          // lower case, colons
	ASN          Kind = "asn"          // AS64496
	BTC          Kind = "btc"          // wallet addresses, by coin
	BCH          Kind = "bch"          // cash address without its prefix
	DASH         Kind = "dash"
	DOGE         Kind = "doge"
	ETH          Kind = "eth" // with the capitals of EIP-55
	LTC          Kind = "ltc"
	SOL          Kind = "sol"
	TRON         Kind = "tron"
	XMR          Kind = "xmr"
	XRP          Kind = "xrp"
	Registry     Kind = "registry"
	Filename     Kind = "filename"
	FilePath     Kind = "path"       // in Windows' or Unix' file system, separators single
	NamedPipe    Kind = "pipe"       // Windows named pipe, \\.\pipe\name
	Mutex        Kind = "mutex"      // these are told by a label
	UserAgent    Kind = "user-agent" // of HTTP, RFC 9110
	Subject      Kind = "mail-subject"
	Task         Kind = "scheduled-task" // name of a Windows scheduled task
	Service      Kind = "service"        // name of a Windows service
	Telegram     Kind = "telegram"       // user name, @name in small letters
	YARARule     Kind = "yara-rule"      // name of a YARA rule
	SigmaRule    Kind = "sigma-rule"     // title of a Sigma rule
	PowerShell   Kind = "powershell"     // encoded command, as it stood: Base64 of UTF-16LE
)

// Kinds gives all kinds in the order in which to show them: what is blocked
// first comes first.
func Kinds() []Kind {
	all := make([]Kind, len(kinds))
	for i, t := range kinds {
		all[i] = t.kind
	}
	return all
}

// Names gives the kind in words: "file name" of one value, and the heading "File
// names" over many. Of a text that is no kind it is that text.
func (k Kind) Names() (one, many string) {
	if t := k.trait(); t.kind != "" {
		return t.one, t.many
	}
	return string(k), string(k)
}

// Example gives a value of the kind, normalised, and the label that a text must
// have before it where the value's shape doesn't tell the kind; "" if it does.
func (k Kind) Example() (value, label string) {
	t := k.trait()
	return t.example, t.label
}

// Hash tells the digests of all of a file, which are the same file's only.
func (k Kind) Hash() bool { return k.trait().hive == hiveHash }

// Wallet tells the addresses that money is sent to.
func (k Kind) Wallet() bool { return k.trait().category == financial }

// Subject tells the kinds that say what a text is about, vulnerabilities and
// what ATT&CK names, from those that betray an attack when they are seen.
func (k Kind) Subject() bool {
	switch k {
	case CVE, GHSA, EUVD, Technique, Tactic, Group, Software:
		return true
	}
	return false
}
