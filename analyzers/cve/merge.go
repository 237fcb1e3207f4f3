package cve

import (
	"slices"
	"strconv"
	"strings"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// Limits of a report's lists.
const (
	maxLinks    = 30
	maxProducts = 30
	maxVersions = 8 // of one product
)

// score takes a CVSS score where none is known yet.
func (f *full) score(m upstream.Fields, prefix, by string) {
	base, ok := number(m, prefix+"baseScore", 10)
	if f.CVSS != nil || !ok {
		return
	}
	f.CVSS = &cvss{Base: base, Version: m.Text(prefix + "version"), Vector: m.Text(prefix + "vectorString"), By: by,
		Severity: strings.ToUpper(m.Text(prefix+"baseSeverity", "baseSeverity"))}
}

// product adds a product unless one of that name is there.
func (f *full) product(name string) {
	same := func(has string) bool {
		known, _, _ := strings.Cut(has, ": ")
		bare, _, _ := strings.Cut(name, ": ")
		return strings.EqualFold(known, bare)
	}
	if name != "" && len(f.Products) < maxProducts && !slices.ContainsFunc(f.Products, same) {
		f.Products = append(f.Products, name)
	}
}

// weakness adds a CWE id.
func (f *full) weakness(id string) {
	if strings.HasPrefix(id, "CWE-") && len(f.Weaknesses) < maxLinks && !slices.Contains(f.Weaknesses, id) {
		f.Weaknesses = append(f.Weaknesses, id)
	}
}

// links sorts the references whose tags say that they help. NVD writes "Vendor
// Advisory" and CVE records "vendor-advisory".
func (f *full) links(references []upstream.Fields) {
	for _, r := range references {
		for _, tag := range r.Texts("tags") {
			switch what := strings.ReplaceAll(strings.ToLower(tag), "-", " "); what {
			case "patch", "mitigation", "vendor advisory":
				f.link(&f.Fixes, r.Text("url"), what)
			case "exploit":
				f.link(&f.Exploits, r.Text("url"), what)
			}
		}
	}
}

// link adds a page unless it is there already.
func (f *full) link(to *[]link, page, what string) {
	web := strings.HasPrefix(page, "https://") || strings.HasPrefix(page, "http://")
	if web && len(*to) < maxLinks && !slices.ContainsFunc(*to, func(l link) bool { return l.URL == page }) {
		*to = append(*to, link{URL: page, What: what})
	}
}

// number reads a number from 0 to most, which may be written as text.
func number(f upstream.Fields, name string, most float64) (float64, bool) {
	n, err := strconv.ParseFloat(f.Text(name), 64)
	return n, err == nil && n >= 0 && n <= most
}
