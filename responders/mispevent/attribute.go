package mispevent

import (
	"cmp"
	"strings"

	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/misp"
	"github.com/waggle-cti/waggle/shared/thehive"
)

// attributes gives an observable as MISP has it: a file as the hashes that
// TheHive knows of it, anything else as one attribute.
func (c Config) attributes(o thehive.Observable) []misp.Attribute {
	ids := c.ToIDS == idsAll || c.ToIDS == idsFlagged && o.IOC
	if o.Attachment == nil {
		typ, category, value := attributeType(o.DataType, o.Data)
		return []misp.Attribute{{Type: typ, Category: category, Value: value, ToIDS: ids && detectable(typ), Comment: o.Message}}
	}
	var out []misp.Attribute
	name := strings.ReplaceAll(cmp.Or(o.Attachment.Name, "file"), "|", "_")
	for _, hash := range o.Attachment.Hashes {
		if typ := hashType(hash); typ != "" {
			out = append(out, misp.Attribute{Type: "filename|" + typ, Category: "Payload delivery", Value: name + "|" + hash, ToIDS: ids, Comment: o.Message})
		}
	}
	return out
}

// hashType names a hash of those that TheHive makes of a file.
func hashType(hash string) string {
	switch len(hash) {
	case 32:
		return "md5"
	case 40:
		return "sha1"
	case 64:
		return "sha256"
	}
	return ""
}

// attributeType gives MISP's type and category for a value of a data type of
// TheHive. The data type decides where it says enough; the value does for
// hashes, other and custom types.
// https://www.misp-project.org/datamodels/#types
func attributeType(dataType, data string) (typ, category, value string) {
	switch dataType {
	case "mail-subject":
		return "email-subject", "Payload delivery", data
	case "user-agent":
		return "user-agent", "Network activity", data
	case "uri_path":
		return "uri", "Network activity", data
	}
	if kind := kindOfType(dataType); kind != "" {
		typ, category := kind.MISP(misp.Normalise("domain", data)) // a name's form decides between domain and hostname
		return typ, category, data
	}
	if i, ok := ioc.Parse(data); ok {
		typ, category := i.Kind.MISP(i.Value)
		return typ, category, i.Value
	}
	return "text", "Other", data
}

// kindOfType is the kind of every value of a data type; "" if only the value
// tells.
func kindOfType(dataType string) ioc.Kind {
	switch dataType {
	case "ip":
		return ioc.IP
	case "domain", "fqdn", "hostname":
		return ioc.Domain
	case "url":
		return ioc.URL
	case "mail":
		return ioc.Email
	case "filename":
		return ioc.Filename
	case "registry":
		return ioc.Registry
	case "autonomous-system":
		return ioc.ASN
	}
	return ""
}

// detectable tells whether a type is of use to a detection system.
func detectable(typ string) bool {
	switch typ {
	case "text", "vulnerability", "AS":
		return false
	}
	return true
}

// nameOf is how a report names an observable.
func nameOf(o thehive.Observable) string {
	if o.Attachment != nil {
		return o.Attachment.Name
	}
	return o.Data
}
