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
	f := full{Asked: asked, Found: text(r, "query_status") == "ok", Blacklists: map[string]string{}}
	if !f.Found {
		return cortex.Report{Full: f, Taxonomies: []cortex.Taxonomy{label(cortex.Info, "Listed", "no")}}
	}
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
	if p := readPayload(r); asked == "payload" {
		f.Payload = &p
	}
	return cortex.Report{Full: f, Taxonomies: f.labels(cfg.Online), Artifacts: f.artifacts()}
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

func (f full) labels(online int) []cortex.Taxonomy {
	switch f.Asked {
	case "payload":
		return []cortex.Taxonomy{label(cortex.Malicious, "Payload", cmp.Or(f.Payload.Signature, f.Payload.Type, "listed"))}
	case "host":
		level := cortex.Suspicious
		if f.URLsOnline > 0 && f.URLsOnline >= online {
			level = cortex.Malicious
		}
		return []cortex.Taxonomy{label(level, "URLs", fmt.Sprintf("%d online of %d", f.URLsOnline, f.URLCount))}
	}
	level := cortex.Suspicious
	if f.Status == "online" {
		level = cortex.Malicious
	}
	return []cortex.Taxonomy{label(level, "Threat", cmp.Or(f.Threat, "listed")), label(level, "Status", cmp.Or(f.Status, "unknown"))}
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

func label(level cortex.Level, predicate string, value any) cortex.Taxonomy {
	return cortex.Taxonomy{Level: level, Namespace: service, Predicate: predicate, Value: value}
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
