package virustotal

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// read reads an answer: an object, or an error NotFoundError with status 404.
// Every attribute may be missing.
func read(kind string, answer *upstream.Response, cfg Config) (full, error) {
	r := answer.Fields()
	id := r.Text("data.id")
	switch {
	case answer.Status == http.StatusNotFound && r.Text("error.code") == "NotFoundError":
		return full{Level: cortex.Info}, nil
	case answer.Status == http.StatusNotFound || id == "":
		return full{}, answer.Strange("its answer is not VirusTotal's")
	}
	pages := map[string]string{"files": "file", "urls": "url", "domains": "domain", "ip_addresses": "ip-address"}
	f := full{
		Found: true, Link: "https://www.virustotal.com/gui/" + pages[kind] + "/" + url.PathEscape(id),
		Analysed: at(r, "last_analysis_date"), FirstSeen: at(r, "first_submission_date", "creation_date"),
		LastSeen: at(r, "last_submission_date"), Submitted: r.Number("data.attributes.times_submitted"),
		Votes:  votes{Malicious: r.Number("data.attributes.total_votes.malicious"), Harmless: r.Number("data.attributes.total_votes.harmless")},
		Threat: text(r, "popular_threat_classification.suggested_threat_label"), Reputation: r.Number("data.attributes.reputation"),
		Tags: first(r.Texts("data.attributes.tags")), FinalURL: text(r, "last_final_url"), Title: text(r, "title"),
		Categories: r.Map("data.attributes.categories"), Registrar: text(r, "registrar"), ASN: r.Number("data.attributes.asn"),
		Owner: text(r, "as_owner"), Network: text(r, "network"), Country: text(r, "country"),
	}
	if kind == "files" {
		f.File = &file{Name: text(r, "meaningful_name"), Names: first(r.Texts("data.attributes.names")), Type: text(r, "type_description"),
			Size: r.Number("data.attributes.size"), MD5: text(r, "md5"), SHA1: text(r, "sha1"), SHA256: text(r, "sha256"), SSDeep: text(r, "ssdeep"),
			TLSH: text(r, "tlsh"), Signer: text(r, "signature_info.signers")}
	}
	f.readLists(r)
	f.judge(r, cfg)
	return f, nil
}

// readLists reads the attributes that are lists of objects.
func (f *full) readLists(r upstream.Fields) {
	for _, n := range r.List("data.attributes.popular_threat_classification.popular_threat_name") {
		if name := n.Text("value"); name != "" && len(f.Families) < most {
			f.Families = append(f.Families, name)
		}
	}
	for _, y := range r.List("data.attributes.crowdsourced_yara_results") {
		if name := y.Text("rule_name"); name != "" && !slices.Contains(f.YARA, name) && len(f.YARA) < most {
			f.YARA = append(f.YARA, name)
		}
	}
	for _, d := range r.List("data.attributes.last_dns_records") {
		if one := (record{d.Text("type"), d.Text("value")}); one.Type != "" && one.Value != "" && len(f.DNS) < most {
			f.DNS = append(f.DNS, one)
		}
	}
	for engine, e := range r.Members("data.attributes.last_analysis_results") {
		verdict := e.Text("category")
		if (verdict == "malicious" || verdict == "suspicious") && len(f.Detections) < most {
			f.Detections = append(f.Detections, detection{Engine: cmp.Or(e.Text("engine_name"), engine), Verdict: verdict, Name: e.Text("result")})
		}
	}
	for name, s := range r.Members("data.attributes.sandbox_verdicts") {
		if one := (sandbox{cmp.Or(s.Text("sandbox_name"), name), s.Text("category"), first(s.Texts("malware_names"))}); one.Verdict != "" && len(f.Sandboxes) < most {
			f.Sandboxes = append(f.Sandboxes, one)
		}
	}
	slices.SortFunc(f.Sandboxes, func(a, b sandbox) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(f.Detections, func(a, b detection) int {
		return cmp.Or(cmp.Compare(a.Verdict, b.Verdict), cmp.Compare(a.Engine, b.Engine))
	})
}

// judge counts engines and gives the verdict; see the package's documentation.
func (f *full) judge(r upstream.Fields, cfg Config) {
	count := func(name string) int64 { return r.Number("data.attributes.last_analysis_stats." + name) }
	f.Stats = stats{Malicious: count("malicious"), Suspicious: count("suspicious")}
	f.Stats.Total = f.Stats.Malicious + f.Stats.Suspicious + count("undetected") + count("harmless")
	switch bad := f.Stats.Malicious; {
	case bad > 0 && bad >= cfg.Malicious:
		f.Level = cortex.Malicious
	case bad+f.Stats.Suspicious > 0 && bad+f.Stats.Suspicious >= cfg.Suspicious:
		f.Level = cortex.Suspicious
	default:
		f.Level = cortex.Info
	}
}

// readQuota reads the quotas of a user. They are no reason to fail.
func readQuota(answer *upstream.Response, err error) quota {
	if err != nil {
		return quota{Note: err.Error()}
	}
	r := answer.Fields()
	const daily, monthly = "data.api_requests_daily.user.", "data.api_requests_monthly.user."
	q := quota{Allowed: r.Number(daily + "allowed"), Used: r.Number(daily + "used"), MonthAllowed: r.Number(monthly + "allowed"), MonthUsed: r.Number(monthly + "used")}
	if q.Allowed == 0 {
		q.Note = "VirusTotal did not tell"
	}
	return q
}

func text(r upstream.Fields, name string) string { return r.Text("data.attributes." + name) }

// at reads a time in seconds since 1970.
func at(r upstream.Fields, names ...string) time.Time {
	for _, name := range names {
		if n := r.Number("data.attributes." + name); n > 0 && n < 1<<36 {
			return time.Unix(n, 0).UTC()
		}
	}
	return time.Time{}
}
