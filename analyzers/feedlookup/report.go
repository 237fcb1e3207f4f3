package feedlookup

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// full is the report. Times are as RFC 3339 has them.
type full struct {
	Found    bool         `json:"found"`
	Level    cortex.Level `json:"level"`
	Note     string       `json:"note,omitempty"`
	Value    string       `json:"value"`             // as the feeder has it
	Type     string       `json:"type,omitempty"`    // the feeder's word: sha256, attack
	Verdict  string       `json:"verdict,omitempty"` // of the value: malicious, suspicious, info, safe, unknown
	Why      string       `json:"why,omitempty"`     // that verdict, one sentence
	First    string       `json:"first_read,omitempty"`
	Last     string       `json:"last_read,omitempty"`
	Sources  []string     `json:"sources,omitempty"`
	Total    int64        `json:"posts_total"`
	Told     int64        `json:"stories_total"`
	Warns    bool         `json:"warns"` // a story warns of it, and does not only cite it
	Stories  []story      `json:"stories,omitempty"`
	Posts    []post       `json:"posts,omitempty"`
	Analyses []analysis   `json:"analyses,omitempty"` // that the feeder had made of the value
}

type story struct {
	Title    string   `json:"title"`
	Link     string   `json:"link"`
	Severity string   `json:"severity,omitempty"`
	Score    int64    `json:"score"`
	Posts    int64    `json:"posts"`
	First    string   `json:"first,omitempty"`
	Last     string   `json:"last,omitempty"`
	Verdict  string   `json:"verdict,omitempty"`
	Alert    string   `json:"alert,omitempty"` // TheHive's id
	Tags     []string `json:"tags,omitempty"`
}

type post struct {
	Title     string `json:"title"`
	Link      string `json:"link"`          // to the feeder's page of it
	URL       string `json:"url,omitempty"` // of the publication
	Source    string `json:"source"`
	Published string `json:"published,omitempty"`
	Fate      string `json:"fate,omitempty"`    // story, dropped, quiet, failed, pending
	Reason    string `json:"reason,omitempty"`  // why that fate
	Role      string `json:"role,omitempty"`    // of the value in it: indicator, reference, benign
	ReadAs    string `json:"read_as,omitempty"` // the URL or mail address that holds the value
}

type analysis struct {
	Analyzer string   `json:"analyzer"`
	State    string   `json:"state,omitempty"`
	At       string   `json:"at,omitempty"`
	Says     []string `json:"says,omitempty"` // URLhaus:Threat="malware_download"
	Note     string   `json:"note,omitempty"`
}

func report(r upstream.Fields, cfg Config) cortex.Report {
	f := &full{Value: r.Text("value"), Type: r.Text("type"), Total: r.Number("total"), Told: r.Number("told"),
		First: r.Text("first"), Last: r.Text("last"), Sources: r.Texts("sources")}
	if !cfg.VerifyTLS {
		f.Note = "The feeder's certificate was not checked (verify_tls)."
	}
	page := strings.TrimRight(cmp.Or(cfg.Page, cfg.URL), "/")
	for _, p := range r.List("posts") {
		f.read(p, page)
	}
	for _, s := range r.List("stories") {
		f.tell(s, page)
	}
	f.Found = len(f.Posts) > 0
	f.Level = f.level(cfg)
	return cortex.Report{Full: f, Taxonomies: f.labels()}
}

// read adds a post; one that the feeder gives no name is none.
func (f *full) read(r upstream.Fields, page string) {
	if r.Text("ref") == "" {
		return
	}
	p := post{Title: r.Text("title"), Link: page + "/post/" + url.PathEscape(r.Text("ref")), URL: r.Text("url"), Source: r.Text("source"),
		Published: r.Text("published"), Fate: r.Text("fate"), Reason: r.Text("reason"), Role: r.Text("role")}
	if as := r.Text("value"); as != f.Value {
		p.ReadAs = as
	}
	f.Warns = f.Warns || p.Fate == "story" && p.Role == "indicator"
	f.Posts = append(f.Posts, p)
}

// tell adds a story, and what it holds of the value.
func (f *full) tell(r upstream.Fields, page string) {
	if r.Text("id") == "" {
		return
	}
	f.Stories = append(f.Stories, story{Title: r.Text("title"), Link: page + "/story/" + url.PathEscape(r.Text("id")), Severity: severity(r.Number("severity")),
		Score: r.Number("score"), Posts: r.Number("posts"), First: r.Text("first"), Last: r.Text("last"),
		Verdict: r.Text("verdict.level"), Alert: r.Text("alert"), Tags: r.Texts("tags")})
	if v := r.Text("verdictOfValue.level"); grave(v) > grave(f.Verdict) {
		f.Verdict, f.Why = v, r.Text("verdictOfValue.why")
	}
	if len(f.Analyses) > 0 {
		return // analyses belong to the value, so all stories have the same
	}
	for _, a := range r.List("analyses") {
		one := analysis{Analyzer: a.Text("analyzer"), State: a.Text("state"), At: a.Text("at"), Note: a.Text("note")}
		if one.Analyzer == "" {
			continue
		}
		for _, t := range a.List("taxonomies") {
			if t.Text("predicate") == "" {
				continue
			}
			one.Says = append(one.Says, fmt.Sprintf("%s:%s=%q", t.Text("namespace"), t.Text("predicate"), t.Text("value")))
		}
		f.Analyses = append(f.Analyses, one)
	}
}

// severity is TheHive's word for its number.
func severity(n int64) string {
	return map[int64]string{1: "low", 2: "medium", 3: "high", 4: "critical"}[n]
}

// grave sorts the feeder's verdicts, the worst highest.
func grave(verdict string) int {
	return map[string]int{"unknown": 1, "safe": 2, "info": 3, "suspicious": 4, "malicious": 5}[verdict]
}

// level is the verdict; see the package's documentation.
func (f *full) level(cfg Config) cortex.Level {
	switch {
	case f.Verdict == "malicious", f.Verdict == "suspicious", f.Verdict == "safe":
		return cortex.Level(f.Verdict)
	case f.Warns:
		return cortex.Level(cfg.Told)
	case f.Found:
		return cortex.Level(cfg.Read)
	}
	return cortex.Info
}

func (f *full) labels() []cortex.Taxonomy {
	label := func(predicate string, value any) cortex.Taxonomy {
		return cortex.Taxonomy{Level: f.Level, Predicate: predicate, Value: value}
	}
	out := []cortex.Taxonomy{label("Posts", f.Total)}
	if f.Told > 0 {
		out = append(out, label("Stories", f.Told))
	}
	if f.Verdict != "" {
		out = append(out, label("Verdict", f.Verdict))
	}
	return out
}
