package rdap

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// most is how many values a list of a report has at most.
const most = 50

// full is the report. Times are those of the registry, RFC 3339.
type full struct {
	Found       bool         `json:"found"`
	Level       cortex.Level `json:"level"`
	Kind        string       `json:"kind"` // domain, ip network, autnum
	Name        string       `json:"name"` // what was asked for
	Link        string       `json:"link,omitempty"`
	Note        string       `json:"note,omitempty"`   // why nothing is found
	Failed      string       `json:"failed,omitempty"` // why the registrar's answer is missing
	Handle      string       `json:"handle,omitempty"`
	Registered  string       `json:"registered,omitempty"`
	Changed     string       `json:"changed,omitempty"`
	Expires     string       `json:"expires,omitempty"`
	Status      []string     `json:"status,omitempty"`
	Registrar   string       `json:"registrar,omitempty"`
	Registrant  string       `json:"registrant,omitempty"`
	Abuse       []string     `json:"abuse,omitempty"` // mail addresses
	Nameservers []string     `json:"nameservers,omitempty"`
	Signed      bool         `json:"signed,omitempty"`  // by DNSSEC
	Network     string       `json:"network,omitempty"` // its name
	Start       string       `json:"start,omitempty"`   // first address or system
	End         string       `json:"end,omitempty"`
	Country     string       `json:"country,omitempty"`
}

// add takes what an answer says and no earlier one has said.
func (f *full) add(r upstream.Fields) {
	f.Found = true
	f.Handle, f.Country = cmp.Or(f.Handle, r.Text("handle")), cmp.Or(f.Country, r.Text("country"))
	f.Start, f.End = cmp.Or(f.Start, r.Text("startAddress", "startAutnum")), cmp.Or(f.End, r.Text("endAddress", "endAutnum"))
	f.Network = cmp.Or(f.Network, r.Text("name"))
	f.Signed = f.Signed || r.Text("secureDNS.delegationSigned") == "true"
	for _, e := range r.List("events") {
		to := map[string]*string{"registration": &f.Registered, "last changed": &f.Changed, "expiration": &f.Expires}[e.Text("eventAction")]
		if to != nil && *to == "" {
			*to = e.Text("eventDate")
		}
	}
	for _, status := range r.Texts("status") {
		f.Status = with(f.Status, status)
	}
	for _, n := range r.List("nameservers") {
		f.Nameservers = with(f.Nameservers, strings.ToLower(strings.TrimSuffix(n.Text("ldhName"), ".")))
	}
	f.people(r.List("entities"), 0)
}

// people reads who has to do with it. Abuse contacts stand below the registrar.
func (f *full) people(entities []upstream.Fields, depth int) {
	for _, e := range entities {
		roles := e.Texts("roles")
		name := e.Text(card("fn"), card("org"), "handle")
		if slices.Contains(roles, "registrar") {
			f.Registrar = cmp.Or(f.Registrar, name)
		}
		if slices.Contains(roles, "registrant") {
			f.Registrant = cmp.Or(f.Registrant, name)
		}
		if slices.Contains(roles, "abuse") {
			f.Abuse = with(f.Abuse, e.Text(card("email")))
		}
		if depth < 3 {
			f.people(e.List("entities"), depth+1)
		}
	}
}

// card is the path of a property's text in a jCard (RFC 7095).
func card(property string) string { return `vcardArray.1.#(0=="` + property + `").3` }

func with(list []string, one string) []string {
	if one == "" || len(list) == most || slices.Contains(list, one) {
		return list
	}
	return append(list, one)
}

func (f full) report(cfg Config) cortex.Report {
	f.Level = cortex.Info
	registered, err := time.Parse(time.RFC3339, f.Registered)
	if age := time.Since(registered); err == nil && f.Kind == "domain" && age < time.Duration(cfg.Days)*24*time.Hour {
		f.Level = cortex.Suspicious
	}
	var labels []cortex.Taxonomy
	add := func(level cortex.Level, predicate, value string) {
		if value != "" {
			labels = append(labels, cortex.Taxonomy{Level: level, Predicate: predicate, Value: value})
		}
	}
	if !f.Found {
		add(cortex.Info, "Known", "no")
	}
	add(f.Level, "Registered", f.Registered[:min(len(time.DateOnly), len(f.Registered))])
	add(cortex.Info, "Registrar", f.Registrar)
	if f.Kind != "domain" {
		add(cortex.Info, "Holder", strings.TrimSpace(cmp.Or(f.Registrant, f.Network)+" "+f.Country))
	}
	if f.Found && len(labels) == 0 {
		add(cortex.Info, "Known", "yes")
	}
	return cortex.Report{Full: f, Taxonomies: labels, Artifacts: f.artifacts()}
}

// artifacts are the name servers.
func (f full) artifacts() []cortex.Artifact {
	var out []cortex.Artifact
	for _, name := range f.Nameservers {
		if read, ok := ioc.Parse(name); ok && read.Kind == ioc.Domain {
			out = append(out, cortex.Artifact{DataType: ioc.Domain.TheHive(name), Data: name, Message: "RDAP: name server of " + f.Name, Tags: []string{"nameserver"}})
		}
	}
	return out
}

// referral gives the registrar's page, "" if there is none.
func referral(r upstream.Fields) string {
	for _, l := range r.List("links") {
		if page := l.Text("href"); l.Text("rel") == "related" && l.Text("type") == "application/rdap+json" && strings.HasPrefix(page, "https://") {
			return page
		}
	}
	return ""
}
