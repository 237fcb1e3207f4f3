package web

import (
	"slices"

	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/ioc"
)

// kind is a kind of indicator in words: one of them, and a heading over many.
type kind struct {
	Kind      ioc.Kind
	One, Many string
}

// kinds in the order they are shown: what is blocked first comes first.
var kinds = []kind{
	{ioc.IP, "IP address", "IP addresses"},
	{ioc.CIDR, "network", "Networks"},
	{ioc.Domain, "domain", "Domains"},
	{ioc.URL, "URL", "URLs"},
	{ioc.Email, "e-mail address", "E-mail addresses"},
	{ioc.SHA512, "SHA-512", "SHA-512"},
	{ioc.SHA384, "SHA-384", "SHA-384"},
	{ioc.SHA256, "SHA-256", "SHA-256"},
	{ioc.SHA224, "SHA-224", "SHA-224"},
	{ioc.SHA1, "SHA-1", "SHA-1"},
	{ioc.MD5, "MD5", "MD5"},
	{ioc.SSDeep, "ssdeep", "ssdeep"},
	{ioc.TLSH, "TLSH", "TLSH"},
	{ioc.Imphash, "import hash", "Import hashes"},
	{ioc.Authentihash, "Authentihash", "Authentihashes"},
	{ioc.PEHash, "pehash", "pehash"},
	{ioc.VHash, "vhash", "vhash"},
	{ioc.Filename, "file name", "File names"},
	{ioc.FilePath, "path", "Paths"},
	{ioc.NamedPipe, "named pipe", "Named pipes"},
	{ioc.Mutex, "mutex", "Mutexes"},
	{ioc.Task, "scheduled task", "Scheduled tasks"},
	{ioc.Service, "service", "Services"},
	{ioc.PowerShell, "encoded command", "Encoded commands"},
	{ioc.UserAgent, "user agent", "User agents"},
	{ioc.Subject, "mail subject", "Mail subjects"},
	{ioc.Telegram, "Telegram account", "Telegram accounts"},
	{ioc.YARARule, "YARA rule", "YARA rules"},
	{ioc.SigmaRule, "Sigma rule", "Sigma rules"},
	{ioc.Registry, "registry key", "Registry keys"},
	{ioc.JARM, "JARM fingerprint", "JARM fingerprints"},
	{ioc.JA3, "JA3 fingerprint", "JA3 fingerprints"},
	{ioc.JA3S, "JA3S fingerprint", "JA3S fingerprints"},
	{ioc.JA4, "JA4 fingerprint", "JA4 fingerprints"},
	{ioc.HASSH, "HASSH fingerprint", "HASSH fingerprints"},
	{ioc.MAC, "MAC address", "MAC addresses"},
	{ioc.CVE, "vulnerability", "Vulnerabilities"},
	{ioc.GHSA, "GitHub advisory", "GitHub advisories"},
	{ioc.EUVD, "EUVD entry", "EUVD entries"},
	{ioc.CWE, "weakness", "Weaknesses"},
	{ioc.Technique, "ATT&CK technique", "ATT&CK techniques"},
	{ioc.Tactic, "ATT&CK tactic", "ATT&CK tactics"},
	{ioc.Group, "ATT&CK group", "ATT&CK groups"},
	{ioc.Software, "ATT&CK software", "ATT&CK software"},
	{ioc.ASN, "autonomous system", "Autonomous systems"},
	{ioc.BTC, "Bitcoin address", "Bitcoin addresses"},
	{ioc.ETH, "Ethereum address", "Ethereum addresses"},
	{ioc.XMR, "Monero address", "Monero addresses"},
	{ioc.TRON, "TRON address", "TRON addresses"},
	{ioc.LTC, "Litecoin address", "Litecoin addresses"},
	{ioc.BCH, "Bitcoin Cash address", "Bitcoin Cash addresses"},
	{ioc.DOGE, "Dogecoin address", "Dogecoin addresses"},
	{ioc.DASH, "Dash address", "Dash addresses"},
	{ioc.XRP, "XRP address", "XRP addresses"},
	{ioc.SOL, "Solana address", "Solana addresses"},
}

func kindOf(k ioc.Kind) kind {
	if i := rankOf(k); i < len(kinds) {
		return kinds[i]
	}
	return kind{k, string(k), string(k)}
}

// rankOf is a kind's place in the order, after all others without one.
func rankOf(k ioc.Kind) int {
	if i := slices.IndexFunc(kinds, func(n kind) bool { return n.Kind == k }); i >= 0 {
		return i
	}
	return len(kinds)
}

// group is a story's indicators of one kind.
type group struct {
	kind
	Indicators []waggle.Indicator
}

// groupByKind keeps the order of kinds, kinds without a name last, and within
// a group the order the story has.
func groupByKind(all []waggle.Indicator) []group {
	var groups []group
	for _, i := range all {
		at := slices.IndexFunc(groups, func(g group) bool { return g.Kind == i.Kind })
		if at < 0 {
			at, groups = len(groups), append(groups, group{kind: kindOf(i.Kind)})
		}
		groups[at].Indicators = append(groups[at].Indicators, i)
	}
	slices.SortStableFunc(groups, func(a, b group) int { return rankOf(a.Kind) - rankOf(b.Kind) })
	return groups
}
