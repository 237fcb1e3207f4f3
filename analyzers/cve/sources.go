package cve

import (
	"net/http"
	"net/url"
	"time"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// patience is for one try: with one more, a service that hangs does not keep a
// job of a minute from its report.
const patience = 20 * time.Second

// circl is asked twice a job, and allows 20 requests a minute.
const circl = "https://vulnerability.circl.lu"

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
		ask("vulnerability-lookup", circl, upstream.Request{Path: "api/vulnerability/" + id,
			Accept: []int{http.StatusNotFound}}, readCIRCL),
		ask("CIRCL's copy of CISA KEV", circl, upstream.Request{Path: "api/kev/", Query: url.Values{"vuln_id": {id}, "per_page": {"1000"}}}, readKEV),
		ask("EPSS", "https://api.first.org", upstream.Request{Path: "data/v1/epss", Query: url.Values{"cve": {id}}}, readEPSS),
	}
}
