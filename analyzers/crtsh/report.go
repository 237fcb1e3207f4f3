package crtsh

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// Limits of a report's lists.
const (
	most     = 100 // certificates, names, artifacts
	mostSANs = 20  // names of one certificate
)

// full is the report. Times are as crt.sh writes them: 2006-01-02T15:04:05, in UTC.
type full struct {
	Found        bool          `json:"found"`
	Name         string        `json:"name"`
	Link         string        `json:"link"`
	Expired      bool          `json:"expired"` // expired certificates were asked for, too
	Count        int           `json:"count"`   // of all certificates, of which the newest are listed
	Names        []string      `json:"names,omitempty"`
	Issuers      []string      `json:"issuers,omitempty"`
	Certificates []certificate `json:"certificates"`
	Failed       string        `json:"failed,omitempty"` // why names below the domain are missing
}

type certificate struct {
	ID     string   `json:"id"`
	Link   string   `json:"link"`
	Names  []string `json:"names,omitempty"`
	Issuer string   `json:"issuer,omitempty"`
	From   string   `json:"from,omitempty"` // of its validity
	Until  string   `json:"until,omitempty"`
	Logged string   `json:"logged,omitempty"`
	Serial string   `json:"serial,omitempty"` // hexadecimal
}

// add takes certificates.
func (f *full) add(list []upstream.Fields) {
	for _, r := range list {
		c := certificate{ID: r.Text("id"), Issuer: issuer(r.Text("issuer_name")), From: r.Text("not_before"), Until: r.Text("not_after"),
			Logged: r.Text("entry_timestamp"), Serial: r.Text("serial_number")}
		if c.ID == "" {
			continue
		}
		c.Link = "https://crt.sh/?id=" + url.QueryEscape(c.ID)
		for line := range strings.Lines(r.Text("name_value") + "\n" + r.Text("common_name")) {
			name := strings.ToLower(strings.TrimSpace(line))
			if name != "" && len(c.Names) < mostSANs && !slices.Contains(c.Names, name) {
				c.Names = append(c.Names, name)
			}
		}
		f.Certificates = append(f.Certificates, c)
	}
}

// issuer gives the organisation and name out of a distinguished name, such as
// "C=US, O=Example CA, CN=E1"; the whole where it has none.
func issuer(dn string) string {
	var parts []string
	for part := range strings.SplitSeq(dn, ", ") {
		if value, ok := strings.CutPrefix(part, "O="); ok {
			parts = append(parts, strings.Trim(value, `"`))
		} else if value, ok := strings.CutPrefix(part, "CN="); ok {
			parts = append(parts, strings.Trim(value, `"`))
		}
	}
	return cmp.Or(strings.Join(parts, ", "), dn)
}

func (f full) report() cortex.Report {
	slices.SortFunc(f.Certificates, func(a, b certificate) int { return cmp.Or(cmp.Compare(b.From, a.From), cmp.Compare(a.ID, b.ID)) })
	f.Certificates = slices.CompactFunc(f.Certificates, func(a, b certificate) bool { return a.ID == b.ID }) // both questions find some
	f.Count, f.Found = len(f.Certificates), len(f.Certificates) > 0
	for _, c := range f.Certificates {
		f.Names = append(f.Names, c.Names...)
		if c.Issuer != "" {
			f.Issuers = append(f.Issuers, c.Issuer)
		}
	}
	f.Names, f.Issuers = sorted(f.Names), sorted(f.Issuers)
	label := cortex.Taxonomy{Level: cortex.Info, Predicate: "Certificates", Value: "none"}
	if f.Found {
		label.Value = fmt.Sprintf("%d, the newest of %.10s", f.Count, cmp.Or(f.Certificates[0].From, "no date"))
	}
	f.Certificates = append([]certificate{}, f.Certificates[:min(most, f.Count)]...)
	return cortex.Report{Full: f, Taxonomies: []cortex.Taxonomy{label}, Artifacts: f.artifacts()}
}

func sorted(list []string) []string {
	slices.Sort(list)
	list = slices.Compact(list)
	return list[:min(most, len(list))]
}

// artifacts are the hosts named in the certificates: no wildcards, and none of
// the addresses and organisations that stand among the names of some.
func (f full) artifacts() []cortex.Artifact {
	var out []cortex.Artifact
	for _, name := range f.Names {
		if read, ok := ioc.Parse(name); ok && read.Kind == ioc.Domain && name != f.Name {
			out = append(out, cortex.Artifact{DataType: ioc.Domain.TheHive(name), Data: name, Message: "crt.sh: in a certificate with or below " + f.Name})
		}
	}
	return out
}
