package cve

import (
	"strconv"
	"strings"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/vulnerability"
)

// full is the report.
type full struct {
	Level cortex.Level `json:"level"`
	Link  string       `json:"link"` // NVD's page
	vulnerability.Record
	Notice string `json:"notice"`
}

// judge labels what is known; the worst label's level is the report's.
func (f *full) judge(cfg Config) (labels []cortex.Taxonomy) {
	label := func(level cortex.Level, predicate, value string) {
		if level.Worse(f.Level) {
			f.Level = level
		}
		labels = append(labels, cortex.Taxonomy{Level: level, Predicate: predicate, Value: value})
	}
	switch {
	case !f.Found:
		label(cortex.Info, "Known", "no")
	case f.Status == vulnerability.Rejected:
		label(cortex.Info, "Status", "rejected")
	}
	switch {
	case f.KEV != nil:
		label(cortex.Level(cfg.Exploited), "Exploited", exploited(*f.KEV))
	case f.Found && f.Exploited == vulnerability.No:
		label(cortex.Info, "Exploited", "not listed by CISA")
	case f.Found:
		label(cortex.Info, "Exploited", "unknown")
	}
	if f.CVSS != nil {
		label(from(f.CVSS.Base, cfg.CVSS), "CVSS", strings.TrimSpace(format(f.CVSS.Base, 1)+" "+f.CVSS.Severity))
	}
	if f.EPSS != nil {
		label(from(f.EPSS.Probability, cfg.EPSS), "EPSS", format(f.EPSS.Probability*100, 2)+" %")
	}
	return labels
}

// exploited says what CISA's entry demands in the width of a label.
func exploited(k vulnerability.KEV) string {
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
