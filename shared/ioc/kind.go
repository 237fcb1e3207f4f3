package ioc

// TheHive gives the data type that TheHive 4 and 5 ship for the kind. The
// value decides between a host of its own (fqdn) and a registrable name
// (domain). Kinds for which TheHive has no type of its own are "other".
//
// The types are those of TheHive's default observable types:
// https://docs.strangebee.com/thehive/administration/observable-types/
func (k Kind) TheHive(value string) string {
	switch k {
	case IP:
		return "ip"
	case Domain:
		if registrable(value) {
			return "domain"
		}
		return "fqdn"
	case URL:
		return "url"
	case Email:
		return "mail"
	case MD5, SHA1, SHA224, SHA256, SHA384, SHA512: // not ssdeep and TLSH: analyzers look hashes up
		return "hash"
	case Filename, FilePath:
		return "filename"
	case Registry:
		return "registry"
	case ASN:
		return "autonomous-system"
	case UserAgent, Subject:
		return string(k)
	}
	return "other"
}

// Subject tells the kinds that say what a text is about, vulnerabilities and
// what ATT&CK names, from those that betray an attack when they are seen.
func (k Kind) Subject() bool {
	switch k {
	case CVE, GHSA, EUVD, Technique, Tactic, Group, Software:
		return true
	}
	return false
}

// MISP gives the attribute type and the category for the kind, as a
// destination seen in an attack. A type that needs a value of another shape
// (asn without its prefix) is left to the caller, who has the value.
//
// https://www.misp-project.org/datamodels/#types
func (k Kind) MISP(value string) (typ, category string) {
	switch k {
	case IP, CIDR:
		return "ip-dst", "Network activity"
	case Domain:
		if registrable(value) {
			return "domain", "Network activity"
		}
		return "hostname", "Network activity"
	case URL:
		return "url", "Network activity"
	case Email:
		return "email-src", "Payload delivery"
	case MD5, SHA1, SHA224, SHA256, SHA384, SHA512, SSDeep, TLSH, Imphash, Authentihash, PEHash, VHash:
		return string(k), "Payload delivery"
	case Filename:
		return "filename", "Payload delivery"
	case FilePath:
		if hasFold(value, max(0, len(value)-4), ".pdb") {
			return "pdb", "Artifacts dropped"
		}
		return "filename", "Artifacts dropped"
	case Mutex:
		return "mutex", "Artifacts dropped"
	case Task:
		return "windows-scheduled-task", "Artifacts dropped"
	case Service:
		return "windows-service-name", "Artifacts dropped"
	case UserAgent:
		return "user-agent", "Network activity"
	case Subject:
		return "email-subject", "Payload delivery"
	case Telegram:
		return "text", "Social network"
	case PowerShell:
		return "text", "Artifacts dropped"
	case NamedPipe:
		return "named pipe", "Artifacts dropped"
	case CVE, GHSA, EUVD:
		return "vulnerability", "External analysis"
	case CWE:
		return "weakness", "External analysis"
	case JA3:
		return "ja3-fingerprint-md5", "Network activity"
	case HASSH:
		return "hassh-md5", "Network activity"
	case JA3S, JA4: // MISP has them as objects only
		return "text", "Network activity"
	case JARM:
		return "jarm-fingerprint", "Network activity"
	case MAC:
		return "mac-address", "Network activity"
	case ASN:
		return "AS", "Network activity"
	case BTC, XMR, DASH:
		return string(k), "Financial fraud"
	case BCH, DOGE, ETH, LTC, SOL, TRON, XRP:
		return "text", "Financial fraud"
	case Registry:
		return "regkey", "Persistence mechanism"
	}
	return "text", "Other"
}
