package dns

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/resolver"
)

// most is how many records of one type a report has, and how many artifacts.
const most = 100

// full is the report.
type full struct {
	Found   bool     `json:"found"`
	Name    string   `json:"name"` // as it was asked for
	Records []record `json:"records"`
	Failed  []failed `json:"failed,omitempty"` // types that the resolver gave no answer for
}

type record struct {
	Type   string `json:"type"`             // A, MX…
	Name   string `json:"name,omitempty"`   // whose it is, if not that of the report: behind a CNAME
	Value  string `json:"value"`            // as a zone file has it, without quotes, escapes and the dot at the end
	Target string `json:"target,omitempty"` // the address or host in it
	TTL    uint32 `json:"ttl"`              // seconds
}

type failed struct {
	Type  string `json:"type"`
	Error string `json:"error"`
}

// report reads the answers. Some name servers fail at the rarer types; the job
// fails where there is no answer at all.
func report(name string, questions []question) (cortex.Report, error) {
	f := full{Name: name, Records: []record{}}
	for _, q := range questions {
		if q.err != nil {
			f.Failed = append(f.Failed, failed{dns.TypeToString[q.kind], q.err.Error()})
			continue
		}
		for _, rr := range q.answer[:min(most, len(q.answer))] {
			r := read(rr, name)
			again := func(had record) bool { return had.Type == r.Type && had.Name == r.Name && had.Value == r.Value }
			if r.Value != "" && !slices.ContainsFunc(f.Records, again) {
				f.Records = append(f.Records, r)
			}
		}
	}
	f.Found = len(f.Records) > 0
	if len(f.Failed) == len(questions) {
		return cortex.Report{}, questions[0].err
	}
	return cortex.Report{Full: f, Taxonomies: f.labels(), Artifacts: f.artifacts()}, nil
}

// read reads a record.
func read(rr dns.RR, name string) record {
	h := rr.Header()
	r := record{Type: dns.TypeToString[h.Rrtype], TTL: h.Ttl}
	switch rr := rr.(type) {
	case *dns.A:
		r.Value = rr.A.String()
		r.Target = r.Value
	case *dns.AAAA:
		r.Value = rr.AAAA.String()
		r.Target = r.Value
	case *dns.CNAME:
		r.Target = host(rr.Target)
		r.Value = r.Target
	case *dns.NS:
		r.Target = host(rr.Ns)
		r.Value = r.Target
	case *dns.PTR:
		r.Target = host(rr.Ptr)
		r.Value = r.Target
	case *dns.MX:
		r.Target = host(rr.Mx) // empty: no mail at all, RFC 7505
		r.Value = strings.TrimSpace(fmt.Sprintf("%d %s", rr.Preference, r.Target))
	case *dns.TXT:
		r.Value = resolver.Text(rr.Txt...)
	case *dns.SOA:
		r.Value = fmt.Sprintf("%s %s %d", host(rr.Ns), host(rr.Mbox), rr.Serial)
	case *dns.CAA:
		r.Value = fmt.Sprintf("%d %s %s", rr.Flag, rr.Tag, resolver.Text(rr.Value))
	}
	if _, isPTR := rr.(*dns.PTR); !isPTR && !strings.EqualFold(host(h.Name), name) {
		r.Name = host(h.Name)
	}
	return r
}

func host(name string) string { return strings.TrimSuffix(name, ".") }

// labels are a line of the first addresses, or of what else there is.
func (f full) labels() []cortex.Taxonomy {
	label := func(predicate, value string) cortex.Taxonomy {
		return cortex.Taxonomy{Level: cortex.Info, Predicate: predicate, Value: value}
	}
	var out []cortex.Taxonomy
	for _, kind := range []string{"A", "AAAA", "PTR", "MX"} {
		var values []string
		for _, r := range f.Records {
			if r.Type == kind && r.Target != "" {
				values = append(values, r.Target)
			}
		}
		if n := len(values); n > 3 {
			values = append(values[:3], fmt.Sprintf("%d more", n-3))
		}
		if len(values) > 0 {
			out = append(out, label(kind, strings.Join(values, ", ")))
		}
	}
	if len(out) == 0 && f.Found {
		out = append(out, label("Records", fmt.Sprint(len(f.Records))))
	}
	if !f.Found {
		out = append(out, label("Records", "none"))
	}
	return out
}

// artifacts are the addresses and hosts in the records, but private addresses:
// many names lead there, and they stand for no one.
func (f full) artifacts() []cortex.Artifact {
	var out []cortex.Artifact
	var seen []string
	for _, r := range f.Records {
		kind := "ip"
		if _, err := netip.ParseAddr(r.Target); err != nil {
			kind = ioc.Domain.TheHive(r.Target)
		} else if _, err := cortex.PublicAddress(r.Target); err != nil {
			continue
		}
		if r.Target == "" || strings.EqualFold(r.Target, f.Name) || slices.Contains(seen, r.Target) || len(out) == most {
			continue
		}
		seen = append(seen, r.Target)
		out = append(out, cortex.Artifact{DataType: kind, Data: r.Target, Message: "DNS: " + r.Type + " of " + f.Name, Tags: []string{"dns:" + r.Type}})
	}
	return out
}
