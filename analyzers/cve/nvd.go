package cve

import (
	"net/http"
	"strings"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// readNVD reads NVD's record. NVD says what is wrong in the field "message" of
// the header, with 404 even for a wrong key, and throttles with 403.
// https://csrc.nist.gov/schema/nvd/api/2.0/cve_api_json_2.0.schema
func readNVD(answer *upstream.Response, f *full) error {
	message := answer.Header.Get("message")
	refused := &upstream.Error{Service: "NVD", Status: answer.Status}
	switch {
	case answer.Status == http.StatusForbidden:
		refused.Reason, refused.Message = upstream.RateLimited, "it throttles this network or key"
		refused.Next = "wait half a minute, or set key, which allows ten times as much"
		return refused
	case strings.Contains(strings.ToLower(message), "apikey"):
		refused.Reason, refused.Message = upstream.Auth, "it does not know the key"
		refused.Next = "check the key: was it activated, or replaced by a newer one?"
		return refused
	case answer.Fields().Text("format") != "NVD_CVE":
		return answer.Strange("its answer is not NVD's")
	}
	for _, v := range answer.Fields().List("vulnerabilities") {
		if strings.EqualFold(v.Text("cve.id"), f.ID) {
			f.addNVD(v)
		}
	}
	return nil
}

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
	if added := v.Text("cve.cisaExploitAdd"); added != "" {
		f.exploited(kev{Name: v.Text("cve.cisaVulnerabilityName"), Added: added, Due: v.Text("cve.cisaActionDue"), Action: v.Text("cve.cisaRequiredAction")})
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
