package cve

import (
	"cmp"
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

// addNVD takes NVD's record: {"cve":{…}}.
func (f *full) addNVD(v upstream.Fields) {
	f.Found = true
	f.Status, f.Published, f.Modified = v.Text("cve.vulnStatus"), v.Text("cve.published"), v.Text("cve.lastModified")
	f.Description = english(v.List("cve.descriptions"))
	for _, version := range []string{"V31", "V30", "V40", "V2"} { // the one most in use first
		metrics := v.List("cve.metrics.cvssMetric" + version)
		for _, own := range []bool{true, false} { // NVD's own first
			for _, m := range metrics {
				if (m.Text("type") == "Primary") == own {
					f.score(m, "cvssData.", m.Text("source"))
				}
			}
		}
	}
	for _, w := range v.List("cve.weaknesses") {
		for _, d := range w.List("description") {
			f.weakness(d.Text("value"))
		}
	}
	f.links(v.List("cve.references"))
	if v.Text("cve.cisaExploitAdd") != "" {
		f.Exploited = "yes"
		f.KEV = &kev{Name: v.Text("cve.cisaVulnerabilityName"), Added: v.Text("cve.cisaExploitAdd"), Due: v.Text("cve.cisaActionDue"),
			Action: v.Text("cve.cisaRequiredAction"), Ransomware: "unknown"}
	}
}

// addRecord takes a CVE record: what the authority that gave the id says, and
// what others add, such as CISA.
func (f *full) addRecord(r upstream.Fields) {
	f.Found = true
	f.Title = r.Text("containers.cna.title")
	f.Description = cmp.Or(f.Description, english(r.List("containers.cna.descriptions")), english(r.List("containers.cna.rejectedReasons")))
	f.Published = cmp.Or(f.Published, r.Text("cveMetadata.datePublished"))
	f.Modified = cmp.Or(f.Modified, r.Text("cveMetadata.dateUpdated"))
	if state := r.Text("cveMetadata.state"); state == "REJECTED" {
		f.Status = "Rejected"
	}
	for _, name := range []string{"cna", "adp"} {
		for _, container := range containers(r, name) {
			by := container.Text("providerMetadata.shortName")
			for _, m := range container.List("metrics") {
				for _, version := range []string{"cvssV3_1", "cvssV3_0", "cvssV4_0", "cvssV2_0"} {
					f.score(m, version+".", by)
				}
				f.assessment(m)
			}
			for _, problem := range container.List("problemTypes") {
				for _, d := range problem.List("descriptions") {
					f.weakness(d.Text("cweId"))
				}
			}
			f.products(container.List("affected"))
			f.links(container.List("references"))
		}
	}
}

// containers gives the one container of the authority, "cna", or those of
// others, "adp".
func containers(r upstream.Fields, name string) (out []upstream.Fields) {
	for member, one := range r.Members("containers") {
		if member == name {
			out = append(out, one)
		}
	}
	return out
}

// addKEV takes an entry of CISA's catalogue.
func (f *full) addKEV(v upstream.Fields) {
	f.Found, f.Exploited = true, "yes"
	f.KEV = &kev{Name: v.Text("vulnerabilityName"), Added: v.Text("dateAdded"), Due: v.Text("dueDate"), Action: v.Text("requiredAction"),
		Ransomware: "unknown"}
	if v.Text("knownRansomwareCampaignUse") == "Known" {
		f.KEV.Ransomware = "known"
	}
	f.Title = cmp.Or(f.Title, v.Text("vulnerabilityName"))
	f.Description = cmp.Or(f.Description, v.Text("shortDescription"))
	f.product(strings.TrimSpace(v.Text("vendorProject") + " " + v.Text("product")))
	for _, w := range v.Texts("cwes") {
		f.weakness(w)
	}
	// The notes are pages with semicolons between them, the maker's first.
	for _, page := range strings.Fields(strings.ReplaceAll(v.Text("notes"), ";", " ")) {
		if !strings.HasPrefix(page, "https://nvd.nist.gov/") {
			f.link(&f.Fixes, page, "named by CISA")
		}
	}
}

// score takes a CVSS score where none is known yet.
func (f *full) score(m upstream.Fields, prefix, by string) {
	base, ok := number(m, prefix+"baseScore", 10)
	if f.CVSS != nil || !ok {
		return
	}
	f.CVSS = &cvss{Base: base, Version: m.Text(prefix + "version"), Vector: m.Text(prefix + "vectorString"), By: by,
		Severity: strings.ToUpper(m.Text(prefix+"baseSeverity", "baseSeverity"))}
}

// assessment takes CISA's decision points. https://www.cisa.gov/stakeholder-specific-vulnerability-categorization-ssvc
func (f *full) assessment(m upstream.Fields) {
	if m.Text("other.type") != "ssvc" {
		return
	}
	var s ssvc
	for _, o := range m.List("other.content.options") {
		s.Exploitation = cmp.Or(s.Exploitation, o.Text("Exploitation"))
		s.Automatable = cmp.Or(s.Automatable, o.Text("Automatable"))
		s.Impact = cmp.Or(s.Impact, o.Text("Technical Impact"))
	}
	if s != (ssvc{}) {
		f.SSVC = &s
	}
}

// products takes what is affected, with its versions.
func (f *full) products(affected []upstream.Fields) {
	for _, a := range affected {
		var versions []string
		for _, v := range a.List("versions") {
			if v.Text("status") == "affected" && len(versions) < maxVersions {
				versions = append(versions, versionsOf(v))
			}
		}
		name := strings.TrimSpace(strings.TrimPrefix(a.Text("vendor")+" ", "n/a ") + strings.TrimPrefix(a.Text("product"), "n/a"))
		if len(versions) > 0 && name != "" {
			name += ": " + strings.Join(versions, ", ")
		}
		f.product(name)
	}
}

// versionsOf says in words which versions an entry is of.
func versionsOf(v upstream.Fields) string {
	from := v.Text("version")
	if from == "0" || from == "*" || from == "n/a" {
		from = ""
	}
	switch to, until := v.Text("lessThan"), v.Text("lessThanOrEqual"); {
	case to != "" && to != "*":
		return strings.TrimSpace(from + " before " + to)
	case until != "" && until != "*":
		return strings.TrimSpace(from + " to " + until)
	case to != "" || until != "":
		return strings.TrimSpace(from + " and later")
	}
	return cmp.Or(from, "all")
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

// english gives the text in English of a list of {"lang","value"}.
func english(texts []upstream.Fields) string {
	for _, t := range texts {
		if strings.HasPrefix(strings.ToLower(t.Text("lang")), "en") {
			return t.Text("value")
		}
	}
	return ""
}

// number reads a number from 0 to most, which may be written as text.
func number(f upstream.Fields, name string, most float64) (float64, bool) {
	n, err := strconv.ParseFloat(f.Text(name), 64)
	return n, err == nil && n >= 0 && n <= most
}
