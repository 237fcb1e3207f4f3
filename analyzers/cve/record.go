package cve

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// readCIRCL reads the CVE record, of version 5. An id that is not known is {} or
// 404. https://cveproject.github.io/cve-schema/schema/docs/
func readCIRCL(answer *upstream.Response, f *full) error {
	body := answer.JSON()
	r := answer.Fields()
	switch id := r.Text("cveMetadata.cveId"); {
	case body.IsObject() && (len(body.Map()) == 0 || answer.Status == http.StatusNotFound):
		return nil
	case !strings.EqualFold(id, f.ID):
		return answer.Strange("its answer is not a CVE record")
	}
	f.addRecord(r)
	return nil
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

// assessment takes CISA's decision points, and that its catalogue holds the
// vulnerability. https://www.cisa.gov/stakeholder-specific-vulnerability-categorization-ssvc
func (f *full) assessment(m upstream.Fields) {
	if added := m.Text("other.content.dateAdded"); m.Text("other.type") == "kev" && added != "" {
		f.exploited(kev{Added: added})
	}
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
