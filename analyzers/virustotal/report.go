package virustotal

import (
	"fmt"
	"time"

	"github.com/waggle-cti/waggle/shared/cortex"
)

// most is how many values each list of a report has at most, and how many
// artifacts it has at most.
const most = 100

// full is the report.
type full struct {
	Found      bool              `json:"found"`
	Level      cortex.Level      `json:"level"`
	Link       string            `json:"link,omitempty"`
	Stats      stats             `json:"stats"`
	Analysed   time.Time         `json:"analysed,omitzero"`
	FirstSeen  time.Time         `json:"first_seen,omitzero"` // of files and URLs: first submitted; of domains: registered
	LastSeen   time.Time         `json:"last_seen,omitzero"`  // last submitted
	Submitted  int64             `json:"submitted,omitempty"` // so many times
	Votes      votes             `json:"votes"`               // of users
	Threat     string            `json:"threat,omitempty"`    // VirusTotal's name for it
	Families   []string          `json:"families,omitempty"`
	Reputation int64             `json:"reputation"` // by users' votes; below 0 is bad
	Tags       []string          `json:"tags,omitempty"`
	Detections []detection       `json:"detections,omitempty"`
	File       *file             `json:"file,omitempty"`
	YARA       []string          `json:"yara,omitempty"` // names of crowdsourced rules
	Sandboxes  []sandbox         `json:"sandboxes,omitempty"`
	FinalURL   string            `json:"final_url,omitempty"`
	Title      string            `json:"title,omitempty"`
	Categories map[string]string `json:"categories,omitempty"` // of a URL or domain, by who says so
	Registrar  string            `json:"registrar,omitempty"`
	DNS        []record          `json:"dns,omitempty"`
	ASN        int64             `json:"asn,omitempty"`
	Owner      string            `json:"owner,omitempty"` // of the AS
	Network    string            `json:"network,omitempty"`
	Country    string            `json:"country,omitempty"` // two letters
	Quota      quota             `json:"quota,omitzero"`
}

// stats count engines.
type stats struct {
	Malicious  int64 `json:"malicious"`
	Suspicious int64 `json:"suspicious"`
	Total      int64 `json:"total"` // that gave a verdict
}

type detection struct {
	Engine  string `json:"engine"`
	Verdict string `json:"verdict"` // malicious or suspicious
	Name    string `json:"name,omitempty"`
}

type votes struct {
	Malicious int64 `json:"malicious"`
	Harmless  int64 `json:"harmless"`
}

// sandbox is what one says of a file that it ran.
type sandbox struct {
	Name    string   `json:"name"`
	Verdict string   `json:"verdict"` // malicious, suspicious, harmless, undetected
	Malware []string `json:"malware,omitempty"`
}

type file struct {
	Name   string   `json:"name,omitempty"`
	Names  []string `json:"names,omitempty"`
	Type   string   `json:"type,omitempty"`
	Size   int64    `json:"size,omitempty"` // bytes
	MD5    string   `json:"md5,omitempty"`
	SHA1   string   `json:"sha1,omitempty"`
	SHA256 string   `json:"sha256,omitempty"`
	SSDeep string   `json:"ssdeep,omitempty"`
	TLSH   string   `json:"tlsh,omitempty"`
	Signer string   `json:"signer,omitempty"`
}

type record struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}

// quota is what the user may ask and has asked today and this month; accounts
// without a limit a month have none of that. Note says why it is not known.
type quota struct {
	Allowed      int64  `json:"allowed,omitempty"`
	Used         int64  `json:"used,omitempty"`
	MonthAllowed int64  `json:"month_allowed,omitempty"`
	MonthUsed    int64  `json:"month_used,omitempty"`
	Note         string `json:"note,omitempty"`
}

func first[T any](list []T) []T { return list[:min(most, len(list))] }

func (f full) labels() []cortex.Taxonomy {
	label := func(predicate string, value any) cortex.Taxonomy {
		return cortex.Taxonomy{Level: f.Level, Predicate: predicate, Value: value}
	}
	switch {
	case !f.Found:
		return []cortex.Taxonomy{label("Known", "no")}
	case f.Stats.Total == 0:
		return []cortex.Taxonomy{label("Detections", "not analysed")}
	}
	detections := fmt.Sprintf("%d/%d", f.Stats.Malicious, f.Stats.Total)
	if f.Stats.Suspicious > 0 {
		detections += fmt.Sprintf(", %d suspicious", f.Stats.Suspicious)
	}
	out := []cortex.Taxonomy{label("Detections", detections)}
	if f.Threat != "" {
		out = append(out, label("Threat", f.Threat))
	}
	return out
}

// artifacts are the addresses of a domain, but private ones, and where a URL led.
func (f full) artifacts() []cortex.Artifact {
	var out []cortex.Artifact
	for _, r := range f.DNS {
		if r.Type != "A" && r.Type != "AAAA" {
			continue
		}
		if _, err := cortex.PublicAddress(r.Value); err == nil {
			out = append(out, cortex.Artifact{DataType: "ip", Data: r.Value, Message: "VirusTotal: last " + r.Type + " record"})
		}
	}
	if f.FinalURL != "" {
		out = append(out, cortex.Artifact{DataType: "url", Data: f.FinalURL, Message: "VirusTotal: the URL led there"})
	}
	return first(out)
}
