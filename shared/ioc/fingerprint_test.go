package ioc

import (
	"strings"
	"testing"
)

func TestFingerprints(t *testing.T) {
	md5, other := "0f1e2d3c4b5a69780f1e2d3c4b5a6978", "a0b1c2d3e4f5061728394a5b6c7d8e9f"
	sha256 := md5 + other
	imphash := []string{"imphash " + md5}
	run(t, []readCase{
		{"an import hash", "imphash: " + md5, imphash},
		{"in capitals", "IMPHASH " + strings.ToUpper(md5), imphash},
		{"set bold", "- **Imphash:** `" + md5 + "`", imphash},
		{"in JSON", `"imphash": "` + md5 + `",`, imphash},
		{"with an equals sign", "imphash=" + md5, imphash},
		{"behind it, in brackets", md5 + " (imphash)", imphash},
		{"behind it, in a cell", "| " + md5 + " | Imphash |", imphash},
		{"among other hashes", "MD5: " + other + " Imphash: " + md5, []string{"md5 " + other, "imphash " + md5}},
		{"before the label of another", md5 + " imphash: " + other, []string{"md5 " + md5, "imphash " + other}},
		{"in a table's column", "| File | MD5 | Imphash |\n|---|---|---|\n| a | " + other + " | " + md5 + " |\n| b | - | " + md5[1:] + "0 |\n",
			[]string{"md5 " + other, "imphash " + md5, "imphash " + md5[1:] + "0"}},
		{"in a column parted by tabs", "md5\timphash\n" + other + "\t" + md5, []string{"md5 " + other, "imphash " + md5}},
		{"in a column parted by commas", "md5,imphash\r\n" + other + "," + md5, []string{"md5 " + other, "imphash " + md5}},
		{"in the table before", "| Imphash |\n\n| " + md5 + " |", []string{"md5 " + md5}},
		{"a sentence before", "It compares the imphash. " + md5 + " is a sample", []string{"md5 " + md5}},
		{"a hash of another length", "imphash: " + sha256, []string{"sha256 " + sha256}},
		{"a plain hash", "hash: " + md5, []string{"md5 " + md5}},
		{"an Authenticode hash", "Authentihash (SHA256): " + sha256, []string{"authentihash " + sha256}},
		{"pehash", "PEhash: " + (sha256)[:40], []string{"pehash " + sha256[:40]}},
		{"vhash", "Vhash " + md5, []string{"vhash " + md5}},
		{"JA3", "JA3 fingerprint: " + md5, []string{"ja3 " + md5}},
		{"JA3 hash", "the JA3 hash " + md5 + " was seen", []string{"ja3 " + md5}},
		{"JA3S", "JA3S: " + md5, []string{"ja3s " + md5}},
		{"HASSH", "hassh=" + md5, []string{"hassh " + md5}},
	})
}
