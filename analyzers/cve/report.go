package cve

import (
	"cmp"
	"net/url"
	"strconv"
	"strings"

	"github.com/waggle-cti/waggle/shared/cortex"
)

// notice is what NVD asks to be shown by whoever uses its API.
// https://nvd.nist.gov/developers/terms-of-use
const notice = "This product uses the NVD API but is not endorsed or certified by the NVD."

// full is the report. Times are as the services write them: ISO 8601, or a date.
type full struct {
	ID          string       `json:"id"`
	Found       bool         `json:"found"`
	Level       cortex.Level `json:"level"`
	Link        string       `json:"link"` // NVD's page
	Title       string       `json:"title,omitempty"`
	Description string       `json:"description,omitempty"`
	Status      string       `json:"status,omitempty"` // how far NVD is: "Analyzed", "Awaiting Analysis", "Rejected"…
	Published   string       `json:"published,omitempty"`
	Modified    string       `json:"modified,omitempty"`
	CVSS        *cvss        `json:"cvss,omitempty"`
	EPSS        *epss        `json:"epss,omitempty"`
	Exploited   string       `json:"exploited"` // by CISA's catalogue: "yes", "no", or "unknown" where its copy did not answer
	KEV         *kev         `json:"kev,omitempty"`
	SSVC        *ssvc        `json:"ssvc,omitempty"`
	Weaknesses  []string     `json:"weaknesses,omitempty"` // CWE ids
	Products    []string     `json:"products,omitempty"`   // "Vendor Product: 1.0 before 1.2"
	Fixes       []link       `json:"fixes,omitempty"`      // patches, mitigations, advisories of makers
	Exploits    []link       `json:"exploits,omitempty"`   // pages that show one
	Sources     []source     `json:"sources"`
	Notice      string       `json:"notice"`
}

type cvss struct {
	Base     float64 `json:"base"` // 0 to 10
	Version  string  `json:"version,omitempty"`
	Severity string  `json:"severity,omitempty"` // LOW, MEDIUM, HIGH, CRITICAL
	Vector   string  `json:"vector,omitempty"`
	By       string  `json:"by,omitempty"` // who scored
}

type epss struct {
	Probability float64 `json:"probability"` // of exploitation within 30 days, 0 to 1
	Percentile  float64 `json:"percentile"`  // share of vulnerabilities with no higher one, 0 to 1
	Date        string  `json:"date,omitempty"`
}

// kev is CISA's entry of a vulnerability that is known to be exploited.
type kev struct {
	Name       string `json:"name,omitempty"`
	Added      string `json:"added,omitempty"`
	Due        string `json:"due,omitempty"` // by when agencies of the United States must have acted
	Action     string `json:"action,omitempty"`
	Ransomware string `json:"ransomware"` // use in campaigns: "known" or "unknown"
}

// ssvc is CISA's assessment, https://www.cisa.gov/ssvc.
type ssvc struct {
	Exploitation string `json:"exploitation,omitempty"`     // none, poc, active
	Automatable  string `json:"automatable,omitempty"`      // yes, no
	Impact       string `json:"technical_impact,omitempty"` // partial, total
}

type link struct {
	URL  string `json:"url"` // http or https
	What string `json:"what"`
}

// source says of a service whether it answered.
type source struct {
	Name  string `json:"name"`
	Error string `json:"error,omitempty"` // empty: it answered
}

// report finishes the report that the services' answers made.
func (f *full) report(cfg Config) cortex.Report {
	f.Link = "https://nvd.nist.gov/vuln/detail/" + url.PathEscape(f.ID)
	f.Level, f.Exploited = cortex.Info, cmp.Or(f.Exploited, "unknown")
	if f.KEV != nil {
		f.KEV.Ransomware = cmp.Or(f.KEV.Ransomware, "unknown")
	}
	label := func(level cortex.Level, predicate, value string) cortex.Taxonomy {
		if level.Worse(f.Level) {
			f.Level = level
		}
		return cortex.Taxonomy{Level: level, Predicate: predicate, Value: value}
	}
	var labels []cortex.Taxonomy
	switch {
	case !f.Found:
		labels = append(labels, label(cortex.Info, "Known", "no"))
	case f.Status == "Rejected":
		labels = append(labels, label(cortex.Info, "Status", "rejected"))
	}
	switch {
	case f.KEV != nil:
		labels = append(labels, label(cortex.Level(cfg.Exploited), "Exploited", f.KEV.label()))
	case f.Found && f.Exploited == "no":
		labels = append(labels, label(cortex.Info, "Exploited", "not listed by CISA"))
	case f.Found:
		labels = append(labels, label(cortex.Info, "Exploited", "unknown"))
	}
	if f.CVSS != nil {
		labels = append(labels, label(from(f.CVSS.Base, cfg.CVSS), "CVSS", strings.TrimSpace(format(f.CVSS.Base, 1)+" "+f.CVSS.Severity)))
	}
	if f.EPSS != nil {
		labels = append(labels, label(from(f.EPSS.Probability, cfg.EPSS), "EPSS", format(f.EPSS.Probability*100, 2)+" %"))
	}
	return cortex.Report{Full: f, Taxonomies: labels}
}

func (k kev) label() string {
	text := "yes"
	if k.Ransomware == "known" {
		text += ", for ransomware"
	}
	if k.Due != "" {
		text += ", fix due " + k.Due
	}
	return text
}

// from is the level of a number by the threshold of the admin.
func from(n, threshold float64) cortex.Level {
	if threshold > 0 && n >= threshold {
		return cortex.Suspicious
	}
	return cortex.Info
}

func format(n float64, digits int) string { return strconv.FormatFloat(n, 'f', digits, 64) }
