package misp

import (
	"cmp"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/waggle-cti/waggle/shared/ioc"
)

// FromObservable makes an attribute of a value of one of TheHive's data types.
// The data type decides where it says enough; the value does for hashes, other
// and custom types. ToIDS says whether a detection system can use the type.
//
// https://www.misp-project.org/datamodels/#types
func FromObservable(dataType, data string) Attribute {
	a := Attribute{Type: "text", Category: "Other", Value: data}
	switch kind := ioc.KindOf(dataType); {
	case dataType == "uri_path":
		a.Type, a.Category = "uri", "Network activity"
	case dataType == "hash" && hashType(data) != "":
		a.Type, a.Category = hashType(data), "Payload delivery"
	case kind != "":
		a.Type, a.Category = kind.MISP(Normalise("domain", data)) // a name's form decides between domain and hostname
	default:
		if i, ok := ioc.Parse(data); ok {
			return ofKind(i.Kind, i.Value)
		}
	}
	return a.checked()
}

// ofKind makes an attribute of a value of a kind.
func ofKind(kind ioc.Kind, value string) Attribute {
	a := Attribute{Value: value}
	a.Type, a.Category = kind.MISP(value)
	return a.checked()
}

// checked is the attribute with a type that MISP takes for the value, and says
// whether that is for detection.
func (a Attribute) checked() Attribute {
	if a.Type == "vulnerability" && !strings.HasPrefix(strings.ToUpper(a.Value), "CVE-") {
		a.Type = "text" // MISP takes CVEs only
	}
	a.ToIDS = detectable(a.Type)
	return a
}

// hashType names a hash in hexadecimal by its length; "" for what is none.
func hashType(hash string) string {
	if _, err := hex.DecodeString(hash); err != nil {
		return ""
	}
	return map[int]string{32: "md5", 40: "sha1", 56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}[len(hash)]
}

// detectable tells whether a type is of use to a detection system.
func detectable(typ string) bool {
	switch typ {
	case "text", "vulnerability", "weakness", "AS":
		return false
	}
	return true
}

// FromFile makes an attribute of each hash of a file, with its name.
func FromFile(name string, hashes []string) []Attribute {
	name = withoutBar(cmp.Or(name, "file"))
	var out []Attribute
	for _, hash := range hashes {
		if typ := hashType(hash); typ != "" {
			out = append(out, Attribute{Type: "filename|" + typ, Category: "Payload delivery", Value: name + "|" + hash, ToIDS: true})
		}
	}
	return out
}

// withoutBar makes a file's name fit for a composite, of which a bar parts the
// two halves.
func withoutBar(name string) string { return strings.ReplaceAll(name, "|", "_") }

// Spellings are a value as it was written and, where those are others, as MISP
// stores it: normalised, and with its import filters applied.
func Spellings(value string) []string {
	values := []string{value}
	add := func(v string) {
		if !slices.Contains(values, v) {
			values = append(values, v)
		}
	}
	if i, ok := ioc.Parse(value); ok {
		typ, _ := i.Kind.MISP(i.Value)
		add(Normalise(typ, i.Value))
	}
	for _, v := range international(value) {
		add(v)
	}
	if strings.Contains(value, "://") {
		add(escapedURL(value))
	}
	add(narrow(value))
	for _, v := range slices.Clone(values) {
		if filtered, taken := Filtered(v); taken {
			add(filtered)
		}
	}
	return values
}
