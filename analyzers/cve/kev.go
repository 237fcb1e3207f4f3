package cve

import (
	"cmp"
	"slices"
	"strings"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// cisaOrigin is CISA's catalogue among those that CIRCL gathers.
// https://gcve.eu/dist/references.json
const cisaOrigin = "405284c2-e461-4670-8979-7fd2c9755a60"

// readKEV reads what catalogues of exploited vulnerabilities say, as CIRCL has
// gathered them, and takes CISA's entry. That there is none is said only if NVD
// and the CVE record, which copy CISA's catalogue as well, know of none.
// https://gcve.eu/bcp/gcve-bcp-07/
func readKEV(answer *upstream.Response, f *full) error {
	if !answer.JSON().Get("data").IsArray() || answer.Fields().Text("metadata.count") == "" {
		return answer.Strange("its answer is not a list of exploited vulnerabilities")
	}
	for _, v := range answer.Fields().List("data") { // the id, and ids that begin with it
		if strings.EqualFold(v.Text("vulnerability.vulnId"), f.ID) && v.Text("status.exploited") == "true" && isCISA(v) {
			f.addKEV(v)
		}
	}
	f.Exploited = cmp.Or(f.Exploited, "no")
	return nil
}

// isCISA tells whether an entry is CISA's: by its origin, or by what it cites.
func isCISA(v upstream.Fields) bool {
	return v.Text("gcve.origin_uuid") == cisaOrigin ||
		slices.ContainsFunc(v.List("evidence"), func(e upstream.Fields) bool { return e.Text("source") == "cisa-kev" })
}

// addKEV takes CISA's entry. The fields of CISA's own file are in the details of
// the evidence.
func (f *full) addKEV(v upstream.Fields) {
	f.Found = true
	entry := kev{}
	for _, e := range v.List("evidence") {
		entry.Name = cmp.Or(entry.Name, e.Text("details.vulnerabilityName"))
		entry.Added = cmp.Or(entry.Added, e.Text("details.date_added", "details.dateAdded"))
		entry.Due = cmp.Or(entry.Due, e.Text("details.due_date", "details.dueDate"))
		entry.Action = cmp.Or(entry.Action, e.Text("details.requiredAction", "details.required_action"))
		if e.Text("details.knownRansomwareCampaignUse") == "Known" {
			entry.Ransomware = "known"
		}
		f.product(strings.TrimSpace(e.Text("details.vendorProject") + " " + e.Text("details.product")))
		for _, w := range e.Texts("details.cwes") {
			f.weakness(w)
		}
	}
	entry.Added = cmp.Or(entry.Added, v.Text("timestamps.asserted_at"))
	f.exploited(entry)
	f.Title = cmp.Or(f.Title, entry.Name)
	f.Description = cmp.Or(f.Description, v.Text("scope.notes"))
	for _, r := range v.List("references") {
		if page := r.Text("url"); !strings.HasPrefix(page, "https://nvd.nist.gov/") && !strings.HasPrefix(page, "https://www.cisa.gov/") {
			f.link(&f.Fixes, page, "named by CISA")
		}
	}
}

// exploited takes what a service says of CISA's entry, where no earlier one has
// said it. Of times only the day is kept.
func (f *full) exploited(k kev) {
	f.Exploited = "yes"
	if f.KEV == nil {
		f.KEV = &kev{}
	}
	day := func(text string) string { return text[:min(len(text), len("2006-01-02"))] }
	f.KEV.Name, f.KEV.Action = cmp.Or(f.KEV.Name, k.Name), cmp.Or(f.KEV.Action, k.Action)
	f.KEV.Added, f.KEV.Due = cmp.Or(f.KEV.Added, day(k.Added)), cmp.Or(f.KEV.Due, day(k.Due))
	f.KEV.Ransomware = cmp.Or(f.KEV.Ransomware, k.Ransomware)
}
