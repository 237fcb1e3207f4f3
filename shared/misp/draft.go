package misp

import (
	"cmp"
	"context"
	"strings"
	"time"
)

// Draft is what an event is made of: a case, an alert or a story, and its
// observables, in the words of TheHive. PutDraft makes it an event.
type Draft struct {
	UUID        string // see EventUUID and LinkedEvent
	Title       string
	Description string    // Markdown; becomes the event's report
	Date        time.Time // when it began; MISP keeps the day
	Severity    int       // 1 low – 4 critical
	Analysis    Analysis
	TLP, PAP    string   // names of package marking
	Tags        []string // of the record; see Policy.RecordTags
	Observables []Observable
	Posts       []Post // publications that tell of it
	Page        string // address of the record's own page; only the organisation sees it in MISP
}

// Observable is a value or a file, in the words of TheHive.
type Observable struct {
	DataType string // "ip", "url", "hash", "file", …
	Data     string // the value; empty for a file
	Message  string
	Tags     []string // see package ioc for those that tell of a port or what stood beside
	IOC      bool     // an analyst or the feeder takes it for malicious
	Seen     time.Time
	Findings []Finding // of analyzers
	File     *File     // of a file
}

// Finding is what an analyzer says of an observable: one taxonomy of Cortex.
type Finding struct {
	Level string // info, safe, suspicious or malicious
	Text  string // URLhaus:Threat="malware_download"
}

// File is the file of an observable.
type File struct {
	Name   string
	Hashes []string // hexadecimal
	Read   func(context.Context) ([]byte, error)
}

// Post is a publication that tells of a threat.
type Post struct{ Title, URL string }

// The values of a Policy.
const (
	DetectIOCs    = "ioc"      // mark for detection what is flagged as IoC
	DetectAll     = "all"      // mark whatever a detection system can use
	ObjectsNone   = "none"     // attributes only
	ObjectsFiles  = "files"    // objects for files, and for ATT&CK techniques, which have no attribute
	ObjectsAll    = "all"      // objects also for URLs, hosts, addresses, CVEs, CWEs and posts
	AsComment     = "comment"  // what analyzers say goes into the comment
	AsTag         = "tag"      // the verdict becomes a tag waggle:verdict="malicious"
	TagsTaxonomy  = "taxonomy" // tags of the form namespace:predicate="value"
	TagsEveryKind = "all"      // all tags but those of Waggle itself
)

// Policy says how drafts become events. In the zero value nothing is marked for
// detection, nothing is shared, and there are no objects.
type Policy struct {
	Sharing      Sharing  // whom MISP shows an event to, by its TLP
	Tags         []string // for every event, besides tlp: and PAP:
	RecordTags   string   // which of the record's tags go along: TagsTaxonomy, TagsEveryKind or none
	ToIDS        string   // DetectIOCs, DetectAll or none
	Warninglists bool     // what is on one of MISP's warninglists is not marked for detection
	Objects      string   // ObjectsNone, ObjectsFiles or ObjectsAll
	Verdicts     string   // AsComment, AsTag or none
	Report       bool     // send the description
	Posts        bool     // send the posts
	Samples      bool     // send the files themselves, if they are flagged as IoC
	Publish      bool
}

// PutDraft makes an event of a draft and puts it into MISP, see PutEvent. What
// is on a warninglist is among Result.Listed.
func (c *Client) PutDraft(ctx context.Context, d Draft, p Policy) (Result, error) {
	e := d.Event(p)
	var listed []Refusal
	if p.Warninglists {
		var err error
		if listed, err = c.heedWarninglists(ctx, &e); err != nil {
			return Result{}, err
		}
	}
	result, err := c.PutEvent(ctx, e)
	result.Listed = listed
	return result, err
}

// Event gives the event that a draft becomes.
func (d Draft) Event(p Policy) Event {
	to := p.Sharing.For(d.TLP)
	e := Event{
		UUID:         d.UUID,
		Info:         strings.TrimSpace(d.Title),
		Date:         d.Date.Truncate(24 * time.Hour),
		ThreatLevel:  ThreatOf(d.Severity),
		Analysis:     d.Analysis,
		Distribution: to.Distribution,
		SharingGroup: to.SharingGroup,
		Extends:      extended(d.Tags),
		Tags:         append(append(MarkingTags(d.TLP, d.PAP), p.Tags...), recordTags(d.Tags, p.RecordTags)...),
		Techniques:   techniques(d.Observables),
		Published:    p.Publish,
	}
	if d.Page != "" {
		e.Attributes = append(e.Attributes, Attribute{Type: "link", Category: "Internal reference", Value: d.Page, Comment: "where this event comes from", Private: true})
	}
	if p.Report {
		e.Reports = append(e.Reports, Report{Name: cmp.Or(e.Info, "Description"), Content: d.Description, UUID: reportUUID(e.UUID, "description")})
	}
	if p.Posts {
		d.addPosts(&e, p)
	}
	for _, o := range d.Observables {
		o.add(&e, p)
	}
	return e
}

// addPosts puts the posts into the event, as objects or links.
func (d Draft) addPosts(e *Event, p Policy) {
	for _, post := range d.Posts {
		link := Attribute{Type: "link", Category: "External analysis", Value: post.URL}
		if p.Objects != ObjectsAll {
			link.Comment = post.Title
			e.Attributes = append(e.Attributes, link)
			continue
		}
		attributes := []Attribute{link.as("link")}
		if post.Title != "" {
			attributes = append(attributes, Attribute{Type: "text", Category: "Other", Value: post.Title, Relation: "title"})
		}
		e.Objects = append(e.Objects, reportTemplate().object(e.UUID, post.URL, attributes...))
	}
}

// heedWarninglists takes the mark for detection from what is on a warninglist
// of MISP's, and says so in the comment.
func (c *Client) heedWarninglists(ctx context.Context, e *Event) ([]Refusal, error) {
	var marked []*Attribute
	var values []string
	each(e, func(a *Attribute) {
		if a.ToIDS {
			marked = append(marked, a)
			values = append(values, a.listable()...)
		}
	})
	hits, err := c.CheckWarninglists(ctx, values)
	if err != nil {
		return nil, err
	}
	var listed []Refusal
	for _, a := range marked {
		for _, value := range a.listable() {
			if a.ToIDS && len(hits[value]) > 0 {
				reason := "on MISP's warninglist “" + hits[value][0].List + "”"
				a.ToIDS, a.Comment = false, lines(a.Comment, "Not for detection: "+reason)
				listed = append(listed, Refusal{*a, reason})
			}
		}
	}
	return listed, nil
}

// each calls f for every attribute of an event, and of its objects.
func each(e *Event, f func(*Attribute)) {
	for i := range e.Attributes {
		f(&e.Attributes[i])
	}
	for i := range e.Objects {
		for j := range e.Objects[i].Attributes {
			f(&e.Objects[i].Attributes[j])
		}
	}
}

// listable are the values by which warninglists know an attribute: of a
// composite each part, but for a port and a file's name.
func (a Attribute) listable() []string {
	value := Normalise(a.Type, a.Value)
	_, second, composite := strings.Cut(a.Type, "|")
	if !composite {
		return []string{value}
	}
	x, y, _ := strings.Cut(value, "|")
	switch {
	case second == "port":
		return []string{x}
	case strings.HasPrefix(a.Type, "filename|"): // a file's name says nothing, its digest does
		return []string{y}
	}
	return []string{x, y}
}

// lines joins what is not empty, a line each.
func lines(parts ...string) string {
	var out []string
	for _, part := range parts {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return strings.Join(out, "\n")
}
