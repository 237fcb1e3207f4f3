package abuseipdb

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/harmless"
	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/upstream"
)

const (
	mostReports = 20  // listed in a report, the latest first
	mostComment = 300 // characters of a reporter's comment
	mostNames   = 100 // of an address
)

// full is the report. Times are those of RFC 3339.
type full struct {
	Level        cortex.Level `json:"level"`
	Link         string       `json:"link"`
	Score        int64        `json:"score"` // 0 to 100
	Reports      int64        `json:"reports"`
	Reporters    int64        `json:"reporters"`
	LastReported string       `json:"last_reported,omitempty"`
	Whitelisted  bool         `json:"whitelisted"`
	Tor          bool         `json:"tor"`
	Country      string       `json:"country,omitempty"` // two letters
	ISP          string       `json:"isp,omitempty"`
	Usage        string       `json:"usage,omitempty"`
	Domain       string       `json:"domain,omitempty"` // of the ISP
	Hostnames    []string     `json:"hostnames,omitempty"`
	Categories   []category   `json:"categories,omitempty"` // of the reports that AbuseIPDB lists, the most frequent first
	Latest       []event      `json:"latest,omitempty"`
	Quota        quota        `json:"quota,omitzero"`
}

type category struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

type event struct {
	Time       string   `json:"time,omitempty"`
	Country    string   `json:"country,omitempty"` // of the reporter, two letters
	Categories []string `json:"categories,omitempty"`
	Comment    string   `json:"comment,omitempty"` // mostly a line of a log; hostile
}

// quota is what the account may still ask today.
type quota struct {
	Limit     int64 `json:"limit"`
	Remaining int64 `json:"remaining"`
}

// categoryName names one of AbuseIPDB's: https://www.abuseipdb.com/categories.
func categoryName(id int64) string {
	names := [...]string{
		1: "DNS compromise", 2: "DNS poisoning", 3: "fraud orders", 4: "DDoS attack", 5: "FTP brute force", 6: "ping of death", 7: "phishing",
		8: "fraud VoIP", 9: "open proxy", 10: "web spam", 11: "email spam", 12: "blog spam", 13: "VPN", 14: "port scan", 15: "hacking",
		16: "SQL injection", 17: "spoofing", 18: "brute force", 19: "bad web bot", 20: "exploited host", 21: "web app attack", 22: "SSH", 23: "IoT targeted",
	}
	if id > 0 && id < int64(len(names)) {
		return names[id]
	}
	return "category " + strconv.FormatInt(id, 10)
}

// report reads the answer, of which every field but the address may be missing.
func report(answer *upstream.Response, cfg Config) (cortex.Report, error) {
	r := answer.Fields()
	ip := r.Text("data.ipAddress")
	if ip == "" {
		return cortex.Report{}, answer.Strange("its answer is not AbuseIPDB's")
	}
	f := full{
		Link: "https://www.abuseipdb.com/check/" + url.PathEscape(ip), Score: r.Number("data.abuseConfidenceScore"), Reports: r.Number("data.totalReports"),
		Reporters: r.Number("data.numDistinctUsers"), LastReported: r.Text("data.lastReportedAt"), Whitelisted: r.Text("data.isWhitelisted") == "true",
		Tor: r.Text("data.isTor") == "true", Country: r.Text("data.countryCode"), ISP: r.Text("data.isp"),
		Usage: r.Text("data.usageType"), Domain: r.Text("data.domain"), Quota: left(answer.Header),
	}
	f.Hostnames = r.Texts("data.hostnames")
	f.Hostnames = f.Hostnames[:min(mostNames, len(f.Hostnames))]
	f.readReports(r.List("data.reports"))
	switch {
	case f.Score >= cfg.Malicious:
		f.Level = cortex.Malicious
	case f.Score >= cfg.Suspicious:
		f.Level = cortex.Suspicious
	default:
		f.Level = cortex.Info
	}
	return cortex.Report{Full: f, Taxonomies: f.labels(), Artifacts: f.artifacts()}, nil
}

// readReports counts categories, and keeps the latest reports, which come first.
func (f *full) readReports(list []upstream.Fields) {
	count := map[string]int{}
	for i, r := range list {
		e := event{Time: r.Text("reportedAt"), Country: r.Text("reporterCountryCode"), Comment: harmless.Cut(r.Text("comment"), mostComment)}
		for _, id := range r.Numbers("categories") {
			name := categoryName(id)
			e.Categories = append(e.Categories, name)
			count[name]++
		}
		if i < mostReports {
			f.Latest = append(f.Latest, e)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(count)) {
		f.Categories = append(f.Categories, category{name, count[name]})
	}
	slices.SortStableFunc(f.Categories, func(a, b category) int { return cmp.Compare(b.Count, a.Count) })
}

// left reads the quota: https://docs.abuseipdb.com/#api-daily-rate-limits.
func left(header http.Header) (q quota) {
	limit, err := strconv.ParseInt(header.Get("X-RateLimit-Limit"), 10, 64)
	remaining, err2 := strconv.ParseInt(header.Get("X-RateLimit-Remaining"), 10, 64)
	if err != nil || err2 != nil {
		return quota{} // it did not tell
	}
	return quota{Limit: limit, Remaining: remaining}
}

func (f full) labels() []cortex.Taxonomy {
	out := []cortex.Taxonomy{{Level: f.Level, Predicate: "Score", Value: f.Score}}
	if f.Reports > 0 {
		out = append(out, cortex.Taxonomy{Level: f.Level, Predicate: "Reports", Value: fmt.Sprintf("%d by %d", f.Reports, f.Reporters)})
	}
	if f.Whitelisted {
		out = append(out, cortex.Taxonomy{Level: cortex.Info, Predicate: "Whitelisted", Value: "yes"})
	}
	if f.Tor {
		out = append(out, cortex.Taxonomy{Level: cortex.Info, Predicate: "Tor", Value: "yes"})
	}
	return out
}

// artifacts are the address' host names.
func (f full) artifacts() []cortex.Artifact {
	var out []cortex.Artifact
	for _, name := range f.Hostnames {
		out = append(out, cortex.Artifact{DataType: ioc.Domain.TheHive(name), Data: name, Message: "AbuseIPDB: name of this address"})
	}
	return out
}
