package ioc

import (
	"strings"
	"testing"
)

func TestHashes(t *testing.T) {
	hash := func(n int) string { return strings.Repeat("0f1e2d3c4b5a6978", 8)[:n] }
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
		{"an autonomous system", "AS64496, ASN64511", []string{"asn AS64496", "asn AS64511"}},
		{"an autonomous system glued to a word", "AS64496x as64496", nil},
		{"a Bitcoin address", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", []string{"btc 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"}},
		{"a Bitcoin address with a wrong checksum", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3", nil},
		{"a Bitcoin SegWit address", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", []string{"btc bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"}},
		{"a Bitcoin SegWit address with a wrong checksum", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", nil},
		{"a registry key", `the value in HKLM\Software\Microsoft\Windows NT\CurrentVersion\Run was added`,
			[]string{`registry HKLM\Software\Microsoft\Windows NT\CurrentVersion\Run`}},
		{"a registry key in full", `"HKEY_CURRENT_USER\Environment"`, []string{`registry HKEY_CURRENT_USER\Environment`}},
		{"a hive alone", "HKLM and HKCU", nil},
		{"a file name", "it drops loader.exe.", []string{"filename loader.exe"}},
		{"a document", "notes.txt", nil},
	})
}
