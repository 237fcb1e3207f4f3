package rdap

import (
	"context"
	"net/netip"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/fetch"
)

// registry finds the server to ask in IANA's list (RFC 9224): its address with a
// slash at the end, "" if there is none. The narrowest entry that fits counts.
func registry(ctx context.Context, client *fetch.Client, q question) (string, error) {
	body, err := read(ctx, client, fetch.Request{URL: "https://data.iana.org/rdap/" + q.list + ".json", Accept: "application/json"})
	if err != nil {
		return "", err
	}
	services := gjson.GetBytes(body, "services").Array()
	if !gjson.ValidBytes(body) || len(services) == 0 {
		return "", strange("IANA's list of registries can't be read")
	}
	best, server := -1, ""
	for _, service := range services {
		for _, key := range service.Get("0").Array() {
			if width := q.fits(key.String()); width > best {
				if address := secure(service.Get("1")); address != "" {
					best, server = width, address
				}
			}
		}
	}
	return server, nil
}

// secure gives the server that is asked by https.
func secure(addresses gjson.Result) string {
	for _, a := range addresses.Array() {
		if strings.HasPrefix(a.String(), "https://") {
			return strings.TrimRight(a.String(), "/") + "/"
		}
	}
	return ""
}

// fits tells how narrowly an entry of the list fits: "net", "198.51.100.0/24",
// "64496-64511"; -1 if it does not.
func (q question) fits(entry string) int {
	switch q.class {
	case "domain":
		entry = strings.ToLower(entry)
		if q.name == entry || strings.HasSuffix(q.name, "."+entry) {
			return len(entry)
		}
	case "ip network":
		if p, err := netip.ParsePrefix(entry); err == nil && p.Contains(q.address) {
			return p.Bits()
		}
	case "autnum":
		first, last, isRange := strings.Cut(entry, "-")
		if !isRange {
			last = first
		}
		from, err1 := strconv.ParseUint(first, 10, 32)
		to, err2 := strconv.ParseUint(last, 10, 32)
		if err1 == nil && err2 == nil && uint64(q.number) >= from && uint64(q.number) <= to {
			return 0 // entries do not overlap
		}
	}
	return -1
}
