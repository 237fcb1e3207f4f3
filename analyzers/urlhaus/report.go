package urlhaus

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// most is how many URLs or payloads a report lists, and how many artifacts it
// has at most.
const most = 100

// full is the report. Times are as URLhaus writes them, mostly
// "2006-01-02 15:04:05 UTC".
type full struct {
	Found      bool              `json:"found"`
	Level      cortex.Level      `json:"level"`
	Asked      string            `json:"asked"` // url, host or payload
	Link       string            `json:"link,omitempty"`
	Threat     string            `json:"threat,omitempty"`
	Status     string            `json:"status,omitempty"` // of a URL: online, offline, unknown
	Host       string            `json:"host,omitempty"`
	FirstSeen  string            `json:"first_seen,omitempty"`
	LastSeen   string            `json:"last_seen,omitempty"`
	Reporter   string            `json:"reporter,omitempty"`
	Tags       []string          `json:"tags,omitempty"`
	Blacklists map[string]string `json:"blacklists,omitempty"`
	Payload    *payload          `json:"payload,omitempty"` // what was asked for
	URLCount   int64             `json:"url_count,omitempty"`
	URLsOnline int               `json:"urls_online"` // of those that URLhaus lists
	URLs       []entry           `json:"urls,omitempty"`
	Payloads   []payload         `json:"payloads,omitempty"` // that the URL served
}

type entry struct {
	URL    string   `json:"url"`
	Status string   `json:"status,omitempty"`
	Threat string   `json:"threat,omitempty"`
	Added  string   `json:"added,omitempty"`
	Tags   []string `json:"tags,omitempty"`
}

type payload struct {
	SHA256    string `json:"sha256,omitempty"`
	MD5       string `json:"md5,omitempty"`
	Filename  string `json:"filename,omitempty"`
	Type      string `json:"type,omitempty"`
	Size      int64  `json:"size,omitempty"` // bytes
	Signature string `json:"signature,omitempty"`
	FirstSeen string `json:"first_seen,omitempty"`
}

func report(asked string, found bool, r upstream.Fields, cfg Config) cortex.Report {
	f := full{Asked: asked, Found: found}
	if found {
		f.read(r)
	}
	f.Level = f.level(cfg.Online)
	return cortex.Report{Full: f, Taxonomies: f.labels(), Artifacts: f.artifacts()}
}

// read takes over what URLhaus knows; every field may be missing.
func (f *full) read(r upstream.Fields) {
	f.Threat, f.Status, f.Host, f.Reporter = r.Text("threat"), r.Text("url_status"), r.Text("host"), r.Text("reporter")
	f.FirstSeen, f.LastSeen = r.Text("date_added", "firstseen"), r.Text("last_online", "lastseen")
	f.Tags, f.Blacklists = r.Texts("tags"), r.Map("blacklists")
	if link := r.Text("urlhaus_reference"); strings.HasPrefix(link, pages) {
		f.Link = link
	}
	if f.Asked == "payload" {
		p := readPayload(r)
		f.Payload = &p
	}
	for _, u := range r.List("urls") {
		e := entry{URL: u.Text("url"), Status: u.Text("url_status"), Threat: u.Text("threat"), Added: u.Text("date_added", "firstseen"), Tags: u.Texts("tags")}
		if e.URL != "" {
			f.URLs = append(f.URLs, e)
		}
		if e.URL != "" && e.Status == "online" {
			f.URLsOnline++
		}
	}
	for _, p := range r.List("payloads") {
		if one := readPayload(p); one.hash() != "" {
			f.Payloads = append(f.Payloads, one)
		}
	}
	f.URLCount = max(r.Number("url_count"), int64(len(f.URLs)))
	f.URLs, f.Payloads = f.URLs[:min(most, len(f.URLs))], f.Payloads[:min(most, len(f.Payloads))]
}

// readPayload reads a payload as the list of a URL has it, or as the answer
// about one.
func readPayload(p upstream.Fields) payload {
	return payload{
		SHA256: p.Text("response_sha256", "sha256_hash"), MD5: p.Text("response_md5", "md5_hash"), Filename: p.Text("filename"),
		Type: p.Text("file_type"), Size: p.Number("response_size", "file_size"), Signature: p.Text("signature"), FirstSeen: p.Text("firstseen"),
	}
}

func (p payload) hash() string { return cmp.Or(p.SHA256, p.MD5) }

// level is the verdict; see the package's documentation.
func (f full) level(online int) cortex.Level {
	switch {
	case !f.Found:
		return cortex.Info
	case f.Asked == "payload", f.Asked == "url" && f.Status == "online", f.Asked == "host" && f.URLsOnline >= max(online, 1):
		return cortex.Malicious
	}
	return cortex.Suspicious
}

func (f full) labels() []cortex.Taxonomy {
	label := func(predicate, value string) cortex.Taxonomy {
		return cortex.Taxonomy{Level: f.Level, Predicate: predicate, Value: value}
	}
	switch {
	case !f.Found:
		return []cortex.Taxonomy{label("Listed", "no")}
	case f.Asked == "payload":
		return []cortex.Taxonomy{label("Payload", cmp.Or(f.Payload.Signature, f.Payload.Type, "listed"))}
	case f.Asked == "host":
		return []cortex.Taxonomy{label("URLs", fmt.Sprintf("%d online of %d", f.URLsOnline, f.URLCount))}
	}
	return []cortex.Taxonomy{label("Threat", cmp.Or(f.Threat, "listed")), label("Status", cmp.Or(f.Status, "unknown"))}
}

// artifacts are the payloads of a URL, and the URLs of a host or payload.
func (f full) artifacts() []cortex.Artifact {
	var out []cortex.Artifact
	for _, p := range f.Payloads {
		out = append(out, cortex.Artifact{DataType: "hash", Data: p.hash(), Message: "URLhaus: served by this URL", Tags: []string{p.Signature}})
	}
	for _, u := range f.URLs {
		out = append(out, cortex.Artifact{DataType: "url", Data: u.URL, Message: "URLhaus: spreads malware, " + cmp.Or(u.Status, "unknown"), Tags: u.Tags})
	}
	return out[:min(most, len(out))]
}
