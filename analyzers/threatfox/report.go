package threatfox

import (
	"cmp"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// most is how many entries a report lists, and how many artifacts it has at most.
const most = 100

// full is the report. Times are as ThreatFox writes them:
// "2006-01-02 15:04:05 UTC".
type full struct {
	Found      bool         `json:"found"`
	Level      cortex.Level `json:"level"`
	Malware    []string     `json:"malware,omitempty"`    // names, the surest first
	Confidence int64        `json:"confidence,omitempty"` // 0 to 100, of the surest entry
	Count      int          `json:"count"`                // entries, of which the report lists 100
	Entries    []entry      `json:"entries,omitempty"`
}

type entry struct {
	IOC         string   `json:"ioc"`
	Type        string   `json:"type,omitempty"`   // ip:port, domain, url, md5_hash…
	Threat      string   `json:"threat,omitempty"` // botnet_cc, payload_delivery, payload, cc_skimming
	Relation    string   `json:"relation"`         // to what was asked: itself, url_on_host or server_of_sample
	Malware     string   `json:"malware,omitempty"`
	Malpedia    string   `json:"malpedia,omitempty"`
	Confidence  int64    `json:"confidence"` // 0 to 100
	Compromised bool     `json:"compromised,omitempty"`
	FirstSeen   string   `json:"first_seen,omitempty"`
	LastSeen    string   `json:"last_seen,omitempty"`
	Reporter    string   `json:"reporter,omitempty"`
	Reference   string   `json:"reference,omitempty"` // as the reporter gave it: no link to follow blindly
	Tags        []string `json:"tags,omitempty"`
	Samples     []string `json:"samples,omitempty"` // SHA-256, or MD5
	Link        string   `json:"link,omitempty"`
}

// What an entry is to the observable.
const (
	itself   = "itself"
	onHost   = "url_on_host"
	ofSample = "server_of_sample"
)

// read takes over the entries of an answer that concern the observable.
func (f *full) read(dataType, value string, q question, list []upstream.Fields) {
	for _, r := range list {
		e := readEntry(r)
		about, urlOnly := concerns(dataType, value, e.IOC)
		switch {
		case e.IOC == "":
			continue
		case q.Hash != "":
			e.Relation = ofSample
		case !about:
			continue
		case urlOnly:
			e.Relation = onHost
		}
		f.Entries = append(f.Entries, e)
	}
}

// readEntry reads an entry; every field may be missing.
func readEntry(r upstream.Fields) entry {
	e := entry{
		IOC: r.Text("ioc"), Type: r.Text("ioc_type"), Threat: r.Text("threat_type"), Relation: itself,
		Malware: r.Text("malware_printable", "malware"), Confidence: r.Number("confidence_level"), Compromised: r.Text("is_compromised") == "true",
		FirstSeen: r.Text("first_seen"), LastSeen: r.Text("last_seen"), Reporter: r.Text("reporter"), Reference: r.Text("reference"), Tags: r.Texts("tags"),
	}
	if strings.HasPrefix(r.Text("malware_malpedia"), "https://malpedia.caad.fkie.fraunhofer.de/") {
		e.Malpedia = r.Text("malware_malpedia")
	}
	if id := r.Number("id"); id > 0 {
		e.Link = fmt.Sprintf("%s%d/", pages, id)
	}
	for _, s := range r.List("malware_samples") {
		if hash := s.Text("sha256_hash", "md5_hash"); hash != "" && len(e.Samples) < most {
			e.Samples = append(e.Samples, hash)
		}
	}
	return e
}

// report judges what was read; see the package's documentation.
func (f *full) report(confidence int) cortex.Report {
	slices.SortStableFunc(f.Entries, func(a, b entry) int { return cmp.Compare(b.Confidence, a.Confidence) })
	f.Found, f.Count, f.Level = len(f.Entries) > 0, len(f.Entries), cortex.Info
	for _, e := range f.Entries {
		if e.Malware != "" && !slices.Contains(f.Malware, e.Malware) {
			f.Malware = append(f.Malware, e.Malware)
		}
		f.Confidence = max(f.Confidence, e.Confidence)
		if level := e.level(confidence); level.Worse(f.Level) {
			f.Level = level
		}
	}
	f.Entries = f.Entries[:min(most, len(f.Entries))]
	return cortex.Report{Full: f, Taxonomies: f.labels(), Artifacts: f.artifacts()}
}

// level is what one entry says of the observable.
func (e entry) level(confidence int) cortex.Level {
	if e.Relation == itself && e.Confidence >= int64(confidence) && !e.Compromised {
		return cortex.Malicious
	}
	return cortex.Suspicious
}

func (f *full) labels() []cortex.Taxonomy {
	label := func(predicate string, value any) cortex.Taxonomy {
		return cortex.Taxonomy{Level: f.Level, Predicate: predicate, Value: value}
	}
	if !f.Found {
		return []cortex.Taxonomy{label("Listed", "no")}
	}
	name := "listed"
	if len(f.Malware) > 0 {
		name = f.Malware[0]
	}
	if len(f.Malware) > 1 {
		name += fmt.Sprintf(" and %d more", len(f.Malware)-1)
	}
	return []cortex.Taxonomy{label("Malware", name), label("Confidence", f.Confidence)}
}

// artifacts are the servers of a sample, the URLs on a host, and the samples
// that came with an entry.
func (f *full) artifacts() []cortex.Artifact {
	var out []cortex.Artifact
	for _, e := range f.Entries {
		if e.Relation != itself {
			out = append(out, e.artifact())
		}
		for _, hash := range e.Samples {
			out = append(out, cortex.Artifact{DataType: "hash", Data: hash, Message: "ThreatFox: sample of " + cmp.Or(e.Malware, "malware"), Tags: []string{e.Malware}})
		}
	}
	return out[:min(most, len(out))]
}

func (e entry) artifact() cortex.Artifact {
	a := cortex.Artifact{DataType: "other", Data: e.IOC, Message: "ThreatFox: " + cmp.Or(e.Threat, "listed"), Tags: append([]string{e.Malware}, e.Tags...)}
	switch host, port, err := net.SplitHostPort(e.IOC); {
	case e.Type == "url":
		a.DataType = "url"
	case e.Type == "domain":
		a.DataType = ioc.Domain.TheHive(e.IOC)
	case e.Type == "ip:port" && err == nil && net.ParseIP(host) != nil:
		a.DataType, a.Data, a.Message = "ip", host, a.Message+", port "+port
	}
	return a
}
