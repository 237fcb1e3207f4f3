package ioc

// trait is what is known of a kind beside the way it is read.
type trait struct {
	kind      Kind
	one, many string // in words: of one value, and as a heading
	example   string // a value, normalised
	label     string // what must stand before it, where its shape doesn't tell it
	hive      string // TheHive's data type
	misp      string // MISP's attribute type
	category  string // MISP's category of the attribute
}

// TheHive's data types, as far as more than one kind has them.
const (
	hiveHash  = "hash"
	hiveOther = "other"
	hiveFile  = "filename"
)

// MISP's categories, and the type of what has none of its own.
const (
	network   = "Network activity"
	delivery  = "Payload delivery"
	dropped   = "Artifacts dropped"
	external  = "External analysis"
	financial = "Financial fraud"
	social    = "Social network"
	unsorted  = "Other"
	mispText  = "text"
)

// kinds are all kinds, in the order in which they are shown. Docs are made of it.
//
// JA3S and JA4 are objects in MISP, and no attributes; analyzers of files look
// digests up, hence ssdeep and those of parts of a file are no "hash" to TheHive.
var kinds = [...]trait{
	{IP, "IP address", "IP addresses", "198.51.100.7", "", "ip", "ip-dst", network},
	{CIDR, "network", "Networks", "198.51.100.0/24", "", hiveOther, "ip-dst", network},
	{Domain, "domain", "Domains", "bad-host.net", "", "domain", "domain", network},
	{URL, "URL", "URLs", "http://bad-host.net/gate.php", "", "url", "url", network},
	{Email, "e-mail address", "E-mail addresses", "billing@bad-host.net", "", "mail", "email-src", delivery},
	{SHA512, "SHA-512", "SHA-512", hexExample + hexExample, "", hiveHash, "sha512", delivery},
	{SHA384, "SHA-384", "SHA-384", hexExample + hexExample[:32], "", hiveHash, "sha384", delivery},
	{SHA256, "SHA-256", "SHA-256", hexExample, "", hiveHash, "sha256", delivery},
	{SHA224, "SHA-224", "SHA-224", hexExample[:56], "", hiveHash, "sha224", delivery},
	{SHA1, "SHA-1", "SHA-1", hexExample[:40], "", hiveHash, "sha1", delivery},
	{MD5, "MD5", "MD5", hexExample[:32], "", hiveHash, "md5", delivery},
	{SSDeep, "ssdeep", "ssdeep", "1536:Ab3dEfGh1jKlMn0p/rStUvWx:yZ1aB2cD3e", "", hiveOther, "ssdeep", delivery},
	{TLSH, "TLSH", "TLSH", "T10F1E2D3C4B5A69788796A5B4C3D2E1F00F1E2D3C4B5A69788796A5B4C3D2E1F00F1E2D", "", hiveOther, "tlsh", delivery},
	{Imphash, "import hash", "Import hashes", hexExample[:32], "imphash: ", hiveOther, "imphash", delivery},
	{Authentihash, "Authentihash", "Authentihashes", hexExample, "authentihash: ", hiveOther, "authentihash", delivery},
	{PEHash, "pehash", "pehash", hexExample[:40], "pehash: ", hiveOther, "pehash", delivery},
	{VHash, "vhash", "vhash", "015056655d15556az3jz4bz1bz", "vhash: ", hiveOther, "vhash", delivery},
	{Filename, "file name", "File names", "invoice-7731.exe", "", hiveFile, "filename", delivery},
	{FilePath, "path", "Paths", `C:\Users\Public\upd.exe`, "", hiveFile, "filename", dropped},
	{NamedPipe, "named pipe", "Named pipes", `\\.\pipe\bad-pipe`, "", hiveOther, "named pipe", dropped},
	{Mutex, "mutex", "Mutexes", "Bad_Mutex_01", "Mutex: ", hiveOther, "mutex", dropped},
	{Task, "scheduled task", "Scheduled tasks", "Bad Update Check", "Scheduled task name: ", hiveOther, "windows-scheduled-task", dropped},
	{Service, "service", "Services", "BadUpdSvc", "Service name: ", hiveOther, "windows-service-name", dropped},
	{PowerShell, "encoded command", "Encoded commands", "cwB0AGEAcgB0ACAAaAB0AHQAcAA6AC8ALwBiAGEAZAAtAGgAbwBzAHQALgBuAGUAdAAvAGEA", "powershell -enc ", hiveOther, mispText, dropped},
	{UserAgent, "user agent", "User agents", "BadLoader/1.2 (Windows)", "User-Agent: ", "user-agent", "user-agent", network},
	{Subject, "mail subject", "Mail subjects", "Overdue invoice 7731", "Subject: ", "mail-subject", "email-subject", delivery},
	{Telegram, "Telegram account", "Telegram accounts", "@bad_actor_desk", "Telegram: ", hiveOther, mispText, social},
	{YARARule, "YARA rule", "YARA rules", "Bad_Loader_01", "YARA rule: ", hiveOther, mispText, unsorted},
	{SigmaRule, "Sigma rule", "Sigma rules", "Start of the Bad Loader", "title: ", hiveOther, mispText, unsorted},
	{Registry, "registry key", "Registry keys", `HKCU\Software\Microsoft\Windows\CurrentVersion\Run`, "", "registry", "regkey", "Persistence mechanism"},
	{JARM, "JARM fingerprint", "JARM fingerprints", hexExample[:62], "jarm: ", hiveOther, "jarm-fingerprint", network},
	{JA3, "JA3 fingerprint", "JA3 fingerprints", hexExample[:32], "ja3: ", hiveOther, "ja3-fingerprint-md5", network},
	{JA3S, "JA3S fingerprint", "JA3S fingerprints", hexExample[:32], "ja3s: ", hiveOther, mispText, network},
	{JA4, "JA4 fingerprint", "JA4 fingerprints", "t13d1516h2_0a1b2c3d4e5f_f5e4d3c2b1a0", "", hiveOther, mispText, network},
	{HASSH, "HASSH fingerprint", "HASSH fingerprints", hexExample[:32], "hassh: ", hiveOther, "hassh-md5", network},
	{MAC, "MAC address", "MAC addresses", "00:00:5e:00:53:07", "", hiveOther, "mac-address", network},
	{CVE, "vulnerability", "Vulnerabilities", "CVE-2021-0001", "", hiveOther, "vulnerability", external},
	{GHSA, "GitHub advisory", "GitHub advisories", "GHSA-2345-cfgh-jmpq", "", hiveOther, "vulnerability", external},
	{EUVD, "EUVD entry", "EUVD entries", "EUVD-2024-1234", "", hiveOther, "vulnerability", external},
	{CWE, "weakness", "Weaknesses", "CWE-79", "", hiveOther, "weakness", external},
	{Technique, "ATT&CK technique", "ATT&CK techniques", "T1059.001", "", hiveOther, mispText, unsorted},
	{Tactic, "ATT&CK tactic", "ATT&CK tactics", "TA0001", "", hiveOther, mispText, unsorted},
	{Group, "ATT&CK group", "ATT&CK groups", "G0999", "MITRE ATT&CK ", hiveOther, mispText, unsorted},
	{Software, "ATT&CK software", "ATT&CK software", "S1999", "MITRE ATT&CK ", hiveOther, mispText, unsorted},
	{ASN, "autonomous system", "Autonomous systems", "AS64496", "", "autonomous-system", "AS", network},
	{BTC, "Bitcoin address", "Bitcoin addresses", "bc1qa694cph4pntayqkmxkdf6jgm3naq79fzmf9wev", "", hiveOther, "btc", financial},
	{ETH, "Ethereum address", "Ethereum addresses", "0xEe8B5C06F50Cd7d202Db359a9d491b8cfa0F1522", "", hiveOther, mispText, financial},
	{XMR, "Monero address", "Monero addresses", "458y76ggK8SXdqPYXTCH4UNHcX291x9Z6VkuKREFVPSB3CECd7CgyiiUydLJyzi6CLMktyn2eTesjYPH73JYnCpi3Cswsmw", "", hiveOther, "xmr", financial},
	{TRON, "TRON address", "TRON addresses", "TLTa5XnYjFjeuCsAS7FvMcMukGeDpvfABK", "", hiveOther, mispText, financial},
	{LTC, "Litecoin address", "Litecoin addresses", "LaQQo3NAVDhVSGXQhoNoqNM7a413NFgFie", "", hiveOther, mispText, financial},
	{BCH, "Bitcoin Cash address", "Bitcoin Cash addresses", "qrhgkhqx75xd05szmv6e482frwx05rc4yg2lgjdgfq", "", hiveOther, mispText, financial},
	{DOGE, "Dogecoin address", "Dogecoin addresses", "DLJWB3mwokagxgEXPGys1AY45kXnrXzNYt", "", hiveOther, mispText, financial},
	{DASH, "Dash address", "Dash addresses", "XqGdxfA8dQ2nzYBp4rSEvJzgJPtGVZ5wvv", "", hiveOther, "dash", financial},
	{XRP, "XRP address", "XRP addresses", "rfdpS72oUBaSLufPzdbDSrHStrD1TbYXP", "", hiveOther, mispText, financial},
	{SOL, "Solana address", "Solana addresses", "H4BHNet1wCchWNXkX7chuRPgRBngcHKRmVDQM9H5WeQw", "Solana wallet: ", hiveOther, mispText, financial},
}

// hexExample are 64 hex digits, of which the examples of digests are made.
const hexExample = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0"

// trait gives the kind's row of the table; the zero trait where it has none.
func (k Kind) trait() trait {
	for _, t := range kinds {
		if t.kind == k {
			return t
		}
	}
	return trait{}
}
