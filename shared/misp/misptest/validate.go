package misptest

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/misp"
)

// kind is a type of attribute: its default category, others that it may have,
// and whether it is for detection.
type kind struct {
	category string
	others   []string
	toIDs    bool
}

const (
	network  = "Network activity"
	delivery = "Payload delivery"
	analysis = "External analysis"
)

func kinds() map[string]kind {
	hash := kind{delivery, []string{analysis, "Artifacts dropped", "Payload installation"}, true}
	net := kind{network, []string{delivery, analysis}, true}
	return map[string]kind{
		"ip-dst": net, "ip-src": net, "domain": net, "hostname": net, "url": net, "ip-dst|port": net, "ip-src|port": net, "hostname|port": net, "domain|ip": net,
		"md5": hash, "sha1": hash, "sha224": hash, "sha256": hash, "sha384": hash, "sha512": hash, "filename": hash, "filename|sha256": hash, "filename|sha1": hash, "filename|md5": hash,
		"email-src": {delivery, []string{network}, true}, "email-dst": {network, []string{delivery}, true},
		"vulnerability": {analysis, []string{delivery}, false}, "weakness": {analysis, nil, false}, "link": {analysis, []string{"Internal reference", delivery}, false},
		"text": {"Other", []string{analysis, network, delivery, "Artifacts dropped", "Financial fraud", "Social network", "Internal reference"}, false},
		"port": {network, []string{"Other"}, false}, "malware-sample": hash,
		"uri": {network, nil, true}, "email-subject": {delivery, []string{network}, false}, "comment": {"Other", nil, false}, "other": {"Other", nil, false}, "AS": {network, nil, false},
		"regkey": {"Persistence mechanism", nil, true}, "user-agent": {network, nil, false}, "btc": {"Financial fraud", nil, true},
	}
}

// seenFormat is how MISP shows first and last sightings.
const seenFormat = "2006-01-02T15:04:05.000000-07:00"

// readAttribute reads an attribute as MISP stores it, or what it finds wrong.
func (s *Server) readAttribute(given gjson.Result) (*attribute, object) {
	problems := object{}
	refuse := func(field, message string) { problems[field] = []string{message} }
	a := &attribute{uuid: given.Get("uuid").String(), typ: given.Get("type").String(), category: given.Get("category").String(),
		raw: given.Get("value").String(), comment: given.Get("comment").String(), relation: given.Get("object_relation").String(), distribution: "5",
		uncorrelated: truth(given.Get("disable_correlation"))}
	k, known := kinds()[a.typ]
	switch {
	case a.typ == "":
		refuse("type", "No type set.")
		return a, problems
	case !known:
		refuse("type", "Invalid type.")
		return a, problems
	}
	a.toIDs = k.toIDs
	if v := given.Get("to_ids"); v.Exists() && v.Type != gjson.Null {
		a.toIDs = truth(v)
	}
	if a.category == "" {
		a.category = k.category
	}
	if a.category != k.category && !slices.Contains(k.others, a.category) {
		if !isCategory(a.category) {
			refuse("category", "Options : Payload delivery, Antivirus detection, Payload installation, Files dropped ...")
		}
		refuse("type", "Options depend on the selected category.")
	}
	a.pack(given)
	value, taken := misp.Filtered(stored(a.typ, a.raw))
	if a.value = value; !taken {
		refuse("value", "This value is blocked by a regular expression in the import filters.")
	}
	if message := fault(a.typ, a.value); message != "" {
		refuse("value", message)
	}
	if a.uuid != "" && !valid(a.uuid) {
		refuse("uuid", "Please provide a valid RFC 4122 UUID")
	} else if a.uuid != "" && s.taken(a.uuid) {
		refuse("uuid", "The UUID provided is not unique")
	}
	if d := given.Get("distribution"); d.Exists() {
		a.distribution = d.String()
		if integer(a.distribution) > 5 {
			refuse("distribution", "Options: Your organisation only, This community only, Connected communities, All communities, Sharing group, Inherit event")
		}
	}
	a.seen(given, refuse)
	return a, problems
}

// seen reads when the value was seen first and last.
func (a *attribute) seen(given gjson.Result, refuse func(field, message string)) {
	for field, to := range map[string]*string{"first_seen": &a.first, "last_seen": &a.last} {
		text := given.Get(field).String()
		if text == "" {
			continue
		}
		when, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			when, err = time.Parse(time.DateOnly, text)
		}
		if err != nil {
			refuse(field, "Invalid ISO 8601 format")
			continue
		}
		*to = when.UTC().Truncate(time.Microsecond).Format(seenFormat)
	}
	if a.first != "" && a.last != "" && a.last < a.first {
		refuse("last_seen", "Last seen value should be greater than first seen value")
	}
}

// stored is the value as MISP stores it. It keeps a host name's last dot, for
// which it then refuses it.
func stored(typ, value string) string {
	if typ == "hostname" {
		return strings.ToLower(strings.TrimSpace(value))
	}
	return misp.Normalise(typ, value)
}

// truth reads a bool as PHP does: any text but "0" and "" is true.
func truth(v gjson.Result) bool {
	if v.Type == gjson.String {
		return v.String() != "" && v.String() != "0"
	}
	return v.Bool()
}

func isCategory(name string) bool {
	return slices.Contains([]string{"Internal reference", "Targeting data", "Antivirus detection", delivery, "Artifacts dropped",
		"Payload installation", "Persistence mechanism", network, "Payload type", "Attribution", analysis, "Financial fraud", "Support Tool",
		"Social network", "Person", "Other"}, name)
}

// fault says what is wrong with a stored value, in MISP's words.
func fault(typ, value string) string {
	const check = " has an invalid format. Please double check the value or select type \"other\"."
	switch {
	case value == "":
		return "Value cannot be empty."
	case len(value) > 65535:
		return "The entered string is too long and would get truncated. Please consider adding the data as an attachment instead"
	}
	switch typ {
	case "ip-dst", "ip-src":
		if !isAddress(value) {
			return "IP address has an invalid format."
		}
	case "ip-dst|port", "ip-src|port":
		host, port, _ := strings.Cut(value, "|")
		if n, err := strconv.Atoi(port); !isAddress(host) || err != nil || n < 1 || n > 65535 {
			return "IP address has an invalid format."
		}
	case "domain":
		if !isHost(value) {
			return "Domain" + check
		}
	case "hostname":
		if !isHost(value) {
			return "Hostname" + check
		}
	case "email-src", "email-dst":
		if name, host, ok := strings.Cut(value, "@"); !ok || name == "" || host == "" || strings.ContainsAny(value, " \t\n") || strings.Contains(host, "@") {
			return "Email address" + check
		}
	case "vulnerability":
		if parts := strings.Split(value, "-"); len(parts) != 3 || parts[0] != "CVE" || len(parts[1]) != 4 || len(parts[2]) < 4 || !digits(parts[1]+parts[2]) {
			return "Invalid format. Expected: CVE-xxxx-xxxx..."
		}
	case "md5", "sha1", "sha224", "sha256", "sha384", "sha512":
		want := map[string]int{"md5": 32, "sha1": 40, "sha224": 56, "sha256": 64, "sha384": 96, "sha512": 128}[typ]
		if len(value) != want || strings.Trim(value, "0123456789abcdef") != "" {
			return "Checksum has an invalid length or format (expected: " + strconv.Itoa(want) + " hexadecimal characters). Please double check the value or select type \"other\"."
		}
	case "AS":
		if n, err := strconv.ParseUint(value, 10, 32); err != nil || n == 0 {
			return "AS number have to be integers between 1 and 4294967295"
		}
	}
	return ""
}

func isAddress(value string) bool {
	if _, err := netip.ParseAddr(value); err == nil {
		return true
	}
	_, err := netip.ParsePrefix(value)
	return err == nil
}

// isHost tells a name of two labels or more.
func isHost(value string) bool {
	labels := strings.Split(value, ".")
	for _, l := range labels {
		if l == "" || strings.Trim(l, "abcdefghijklmnopqrstuvwxyz0123456789_-") != "" || l[0] == '-' || l[len(l)-1] == '-' {
			return false
		}
	}
	return len(labels) > 1
}

func digits(text string) bool { return strings.Trim(text, "0123456789") == "" }
