package cve

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// patience is for one try: with one more, a service that hangs does not keep a
// job of a minute from its report.
const patience = 20 * time.Second

// question is what one service is asked, and what came of it.
type question struct {
	name    string // of the service
	options upstream.Options
	request upstream.Request
	read    func(*upstream.Response, *full) error // changes the report only where it gives no error

	answer *upstream.Response
	err    error
}

// sources are the services in the order in which their answers are read: what
// one has said stays.
func sources(id string, cfg Config) []*question {
	ask := func(name, base string, r upstream.Request, read func(*upstream.Response, *full) error) *question {
		return &question{name: name, request: r, read: read, options: upstream.Options{Service: name, BaseURL: base, Timeout: patience, Retries: 1}}
	}
	nvd := ask("NVD", "https://services.nvd.nist.gov", upstream.Request{Path: "rest/json/cves/2.0", Query: url.Values{"cveId": {id}},
		Accept: []int{http.StatusForbidden, http.StatusNotFound}}, readNVD)
	if cfg.Key != "" {
		nvd.options.Header = http.Header{"apiKey": {cfg.Key}}
		nvd.options.Secrets = []string{cfg.Key}
	}
	return []*question{
		nvd,
		ask("vulnerability-lookup", "https://vulnerability.circl.lu", upstream.Request{Path: "api/vulnerability/" + id,
			Accept: []int{http.StatusNotFound}}, readCIRCL),
		ask("CISA KEV", "https://www.cisa.gov", upstream.Request{Path: "sites/default/files/feeds/known_exploited_vulnerabilities.json"}, readKEV),
		ask("EPSS", "https://api.first.org", upstream.Request{Path: "data/v1/epss", Query: url.Values{"cve": {id}}}, readEPSS),
	}
}

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

// readKEV looks the id up in CISA's catalogue.
// https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities_schema.json
func readKEV(answer *upstream.Response, f *full) error {
	all := answer.Fields().List("vulnerabilities")
	if len(all) == 0 || all[0].Text("cveID") == "" {
		return answer.Strange("its answer is not CISA's catalogue")
	}
	f.Exploited, f.KEV = "no", nil // NVD's copy may be a day old
	for _, v := range all {
		if strings.EqualFold(v.Text("cveID"), f.ID) {
			f.addKEV(v)
		}
	}
	return nil
}

// readEPSS reads the probability of exploitation within 30 days. Numbers are texts.
func readEPSS(answer *upstream.Response, f *full) error {
	r := answer.Fields()
	if r.Text("status") != "OK" {
		return answer.Strange("its answer is not FIRST's")
	}
	for _, v := range r.List("data") {
		if p, ok := number(v, "epss", 1); ok && strings.EqualFold(v.Text("cve"), f.ID) {
			percentile, _ := number(v, "percentile", 1)
			f.Found, f.EPSS = true, &epss{Probability: p, Percentile: percentile, Date: v.Text("date")}
		}
	}
	return nil
}
