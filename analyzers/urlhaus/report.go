package urlhaus

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/cortex"
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

func report(asked string, r gjson.Result, cfg Config) cortex.Report {
	f := full{Asked: asked, Found: r.Get("query_status").String() == "ok", Blacklists: map[string]string{}}
	if f.Found {
		f.read(r)
	}
	f.Level = f.level(cfg.Online)
	return cortex.Report{Full: f, Taxonomies: f.labels(), Artifacts: f.artifacts()}
}

// read takes over what URLhaus knows; every field may be missing.
func (f *full) read(r gjson.Result) {
	f.Threat, f.Status, f.Host = text(r, "threat"), text(r, "url_status"), text(r, "host")
	f.FirstSeen, f.LastSeen = text(r, "date_added", "firstseen"), text(r, "last_online", "lastseen")
	f.Reporter, f.Tags, f.URLCount = text(r, "reporter"), texts(r.Get("tags")), r.Get("url_count").Int()
	if link := text(r, "urlhaus_reference"); strings.HasPrefix(link, pages) {
		f.Link = link
	}
	for name, listed := range r.Get("blacklists").Map() {
		f.Blacklists[name] = listed.String()
	}
	for _, u := range r.Get("urls").Array() {
		e := entry{URL: text(u, "url"), Status: text(u, "url_status"), Threat: text(u, "threat"),
			Added: text(u, "date_added", "firstseen"), Tags: texts(u.Get("tags"))}
		if e.URL == "" {
			continue
		}
		if e.Status == "online" {
			f.URLsOnline++
		}
		f.URLs = append(f.URLs, e)
	}
	f.URLCount = max(f.URLCount, int64(len(f.URLs)))
	f.URLs = f.URLs[:min(most, len(f.URLs))]
	for _, p := range r.Get("payloads").Array() {
		if one := readPayload(p); one.hash() != "" {
			f.Payloads = append(f.Payloads, one)
		}
	}
	f.Payloads = f.Payloads[:min(most, len(f.Payloads))]
	if p := readPayload(r); f.Asked == "payload" {
		f.Payload = &p
	}
}

// readPayload reads a payload as the list of a URL has it, or as the answer
// about one.
func readPayload(p gjson.Result) payload {
	return payload{
		SHA256: text(p, "response_sha256", "sha256_hash"), MD5: text(p, "response_md5", "md5_hash"),
		Filename: text(p, "filename"), Type: text(p, "file_type"),
		Size:      max(p.Get("response_size").Int(), p.Get("file_size").Int()),
		Signature: text(p, "signature"), FirstSeen: text(p, "firstseen"),
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
		return cortex.Taxonomy{Level: f.Level, Namespace: service, Predicate: predicate, Value: value}
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
		out = append(out, cortex.Artifact{DataType: "hash", Data: p.hash(), Message: "URLhaus: served by this URL", Tags: tags(p.Signature)})
	}
	for _, u := range f.URLs {
		out = append(out, cortex.Artifact{DataType: "url", Data: u.URL, Message: "URLhaus: spreads malware, " + cmp.Or(u.Status, "unknown"), Tags: tags(u.Tags...)})
	}
	return out[:min(most, len(out))]
}

// tags are those of an artifact: where it is from, and what URLhaus calls it.
func tags(names ...string) []string {
	return append([]string{"urlhaus"}, slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == "" })...)
}

// text reads a text that has different names in different answers; anything
// but a text or number is none.
func text(r gjson.Result, names ...string) string {
	for _, name := range names {
		if v := r.Get(name); v.Type != gjson.JSON && v.String() != "" {
			return v.String()
		}
	}
	return ""
}

func texts(list gjson.Result) []string {
	var out []string
	for _, one := range list.Array() {
		if one.Type == gjson.String {
			out = append(out, one.String())
		}
	}
	return out
}
