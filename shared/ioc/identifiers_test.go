package ioc

import (
	"strings"
	"testing"
)

func TestHashes(t *testing.T) {
	hash := func(n int) string { return strings.Repeat("0f1e2d3c4b5a6978", 8)[:n] }
	one := strings.Repeat("1a2b3c4d", 4)
	run(t, []readCase{
		{"MD5", hash(32), []string{"md5 " + hash(32)}},
		{"SHA-1", hash(40), []string{"sha1 " + hash(40)}},
		{"SHA-224", hash(56), []string{"sha224 " + hash(56)}},
		{"SHA-256", hash(64), []string{"sha256 " + hash(64)}},
		{"SHA-384", hash(96), []string{"sha384 " + hash(96)}},
		{"SHA-512", hash(128), []string{"sha512 " + hash(128)}},
		{"capitals", strings.ToUpper(hash(32)), []string{"md5 " + hash(32)}},
		{"one digit too few", hash(31), nil},
		{"one digit too many", hash(33), nil},
		{"capitals and small letters mixed", "0f1E2d3C4b5A69780f1E2d3C4b5A6978", nil},
		{"a label before it", "MD5:" + hash(32), []string{"md5 " + hash(32)}},
		{"joined by an underscore", "sample_" + hash(64), []string{"sha256 " + hash(64)}},
		{"a file named by it", hash(32) + ".vir", []string{"md5 " + hash(32)}},
		{"broken over two lines", hash(64)[:38] + "\n  " + hash(64)[38:] + "\nnext", []string{"sha256 " + hash(64)}},
		{"two lines of a list", hash(32) + "\r\n" + strings.ToUpper(hash(40)[8:]), []string{"md5 " + hash(32), "md5 " + hash(40)[8:]}},
		{"two halves below the word", "SHA-256:\n" + hash(32) + "\n" + hash(32) + "\n" + one + "\n" + hash(32) + "\n", []string{"sha256 " + hash(64), "sha256 " + one + hash(32)}},
		{"two halves above a whole one", hash(32) + "\n" + one + "\n" + hash(64) + "\n", []string{"sha256 " + hash(32) + one, "sha256 " + hash(64)}},
		{"two halves below a whole one", hash(64) + "\n" + hash(32) + "\n" + one, []string{"sha256 " + hash(64), "sha256 " + hash(32) + one}},
		{"two halves behind a label", "sha256: " + hash(32) + "\n    " + one + "\n", []string{"sha256 " + hash(32) + one}},
		{"MD5s below a word", "MD5:\n" + hash(32) + "\n" + one + "\n", []string{"md5 " + hash(32), "md5 " + one}},
		{"MD5s with something behind", "SHA-256:\n" + hash(32) + " x\n" + one + " y\n", []string{"md5 " + hash(32), "md5 " + one}},
		{"two parts that make no hash", hash(38) + "\n" + hash(20), nil},
		{"an unseen character within", hash(32) + "\u200b" + hash(32), []string{"sha256 " + hash(32) + hash(32)}},
		{"a soft hyphen within", hash(20) + "000000\u00ad" + hash(14), []string{"sha1 " + hash(20) + "000000" + hash(14)}},
		{"in a table", "|" + hash(40) + "|x.exe|", []string{"sha1 " + hash(40), "filename x.exe"}},
	})
}

func TestCVEs(t *testing.T) {
	one := []string{"cve CVE-2018-8174"}
	run(t, []readCase{
		{"plain", "CVE-2018-8174,", one},
		{"small letters", "cve-2018-8174", one},
		{"underscores", "CVE_2018_8174", one},
		{"Unicode hyphens", "CVE\u20112018\u20118174", one},
		{"an en dash", "CVE\u20132018\u20138174", one},
		{"a space behind the hyphen", "CVE- 2018-8174", one},
		{"a line break behind the hyphen", "CVE-2018-\n8174", one},
		{"in a detection's name", "Win32/Exploit.CVE-2018-8174.A", one},
		{"a letter behind", "CVE-2018-8174x", nil},
		{"three digits", "CVE-2018-817", nil},
		{"a year before there were any", "CVE-1970-1234", nil},
		{"a word before", "xCVE-2018-8174", nil},
	})
}

func TestIdentifiers(t *testing.T) {
	run(t, []readCase{
		{"a technique", "T1059 and T1546.004.", []string{"attack T1059", "attack T1546.004"}},
		{"a technique with a fourth digit", "T1156.0012", nil},
		{"a technique glued to a word", "T1329FUN FOOT1329", nil},
		{"a tactic", "TA0001 and TA0043, not TA0000 or TA00011", []string{"attack-tactic TA0001", "attack-tactic TA0043"}},
		{"a tactic of the second hundred", "TA0112 and TA0104, not TA0200", []string{"attack-tactic TA0112", "attack-tactic TA0104"}},
		{"a group and a software", "MITRE ATT&CK: G0999 uses S1999", []string{"attack-group G0999", "attack-software S1999"}},
		{"a letter and four digits", "the models S0999 and G1999", nil},
		{"a weakness", "CWE-79, cwe-1021; CWE-0 CWE-x CWE-123456", []string{"cwe CWE-79", "cwe CWE-1021"}},
		{"a GitHub advisory", "GHSA-2345-CFGH-jmpq GHSA-aaaa-2345-2345", []string{"ghsa GHSA-2345-cfgh-jmpq"}},
		{"a European vulnerability", "EUVD-2024-1234 EUVD-2024-x", []string{"euvd EUVD-2024-1234"}},
		{"a MAC address", "from 00:1B:44:11:3a:b7.", []string{"mac 00:1b:44:11:3a:b7"}},
		{"a MAC address with hyphens, named", "the MAC 00-1B-44-11-3A-B7", []string{"mac 00:1b:44:11:3a:b7"}},
		{"a MAC address with hyphens in a table", "| MAC | host |\n|---|---|\n| 00-1B-44-11-3A-B7 | a |", []string{"mac 00:1b:44:11:3a:b7"}},
		{"a MAC address with hyphens under indicators", "## Indicators of compromise\n\n- 00-1B-44-11-3A-B7", []string{"mac 00:1b:44:11:3a:b7"}},
		{"six pairs with hyphens in prose", "the serial 00-1B-44-11-3A-B7, made 24-11-23-10-15-30", nil},
		{"a certificate's fingerprint", "00:1B:44:11:3A:B7:00:1B:44:11:3A:B7:00:1B:44:11:3A:B7:00:1B", nil},
		{"an ssdeep hash", "ssdeep 1536:Ab3dEfGh1jKlMn0p/rStUvWx:yZ1aB2cD3e,", []string{"ssdeep 1536:Ab3dEfGh1jKlMn0p/rStUvWx:yZ1aB2cD3e"}},
		{"numbers with colons", "1535:Ab3dEfGh1jKlMn0p/rStUvWx:yZ1aB2cD3e 12:abcdefghij:klmnop 3:30:15", nil},
		{"a TLSH digest", "T1" + strings.Repeat("0F1E2D3C4B", 7), []string{"tlsh T1" + strings.Repeat("0F1E2D3C4B", 7)}},
		{"a JARM fingerprint", "JARM: " + strings.Repeat("0f1e2d3c4b", 6) + "aa", []string{"jarm " + strings.Repeat("0f1e2d3c4b", 6) + "aa"}},
		{"a hash two digits short", "hash: " + strings.Repeat("0f1e2d3c4b", 6) + "aa", nil},
		{"a JA4 fingerprint", "t13d1516h2_0a1b2c3d4e5f_f5e4d3c2b1a0", []string{"ja4 t13d1516h2_0a1b2c3d4e5f_f5e4d3c2b1a0"}},
		{"a TRON address", "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8 TJRabPrwbZy45sbavfcjinPJC18kjpRTv9", []string{"tron TJRabPrwbZy45sbavfcjinPJC18kjpRTv8"}},
		{"an autonomous system", "AS64496, ASN64511", []string{"asn AS64496", "asn AS64511"}},
		{"an autonomous system with a space", "on ASN 64496, AS 64511.", []string{"asn AS64496", "asn AS64511"}},
		{"a year behind AS", "AS 2024 ENDS, OS 64511, NAS 64511, as 64511", nil},
		{"an autonomous system glued to a word", "AS64496x as64496", nil},
		{"a Bitcoin address", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", []string{"btc 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"}},
		{"a Bitcoin address with a wrong checksum", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3", nil},
		{"a Bitcoin SegWit address", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", []string{"btc bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"}},
		{"a Bitcoin SegWit address with a wrong checksum", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", nil},
		{"a registry key", `the value in HKLM\Software\Microsoft\Windows NT\CurrentVersion\Run was added`,
			[]string{`registry HKLM\Software\Microsoft\Windows NT\CurrentVersion\Run`}},
		{"a registry key in full", `"HKEY_CURRENT_USER\Environment"`, []string{`registry HKEY_CURRENT_USER\Environment`}},
		{"a registry key in PowerShell's spelling", `HKCU:\Software\Bad`, []string{`registry HKCU\Software\Bad`}},
		{"a registry key with its backslashes escaped", `"HKLM\\Software\\Bad Co\\Run" was`, []string{`registry HKLM\Software\Bad Co\Run`}},
		{"a hive alone", "HKLM and HKCU", nil},
		{"a file name", "it drops loader.exe.", []string{"filename loader.exe"}},
		{"a document", "notes.txt", nil},
	})
}
