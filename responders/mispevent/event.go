package mispevent

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/waggle-cti/waggle/shared/misp"
	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// The values of the item to_ids.
const (
	idsFlagged = "ioc"
	idsAll     = "all"
	idsNone    = "none"
)

// check refuses a configuration that would send something otherwise than meant.
func (c Config) check() error {
	if c.ToIDS != idsFlagged && c.ToIDS != idsAll && c.ToIDS != idsNone {
		return badConfig("to_ids", "use ioc, all or none")
	}
	for _, rule := range c.Distribution {
		tlp, to, _ := strings.Cut(strings.ToLower(rule), "=")
		if _, _, ok := distribution(to); !ok || !isTLP(tlp) {
			return badConfig("distribution", "write each as tlp=organisation, community, connected, all or group:<id>, with tlp clear, green, amber, amber+strict or red")
		}
	}
	return nil
}

func badConfig(item, next string) error {
	return &upstream.Error{Reason: upstream.BadInput, Message: "configuration: " + item + " holds something unknown", Next: next}
}

// tlpName names a level. 3 was RED before TheHive 5.2 and is AMBER+STRICT since.
func tlpName(level int, v thehive.Version) string {
	names := []string{"clear", "green", "amber", "amber+strict", "red"}
	if level >= len(names)-1 || level < 0 || level == 3 && v.Major < 5 {
		return "red"
	}
	return names[level]
}

func isTLP(name string) bool {
	switch name {
	case "clear", "green", "amber", "amber+strict", "red":
		return true
	}
	return false
}

func papName(level int) string {
	names := []string{"CLEAR", "GREEN", "AMBER", "RED"}
	return names[min(max(level, 0), len(names)-1)]
}

// distribution reads the part of a rule after its "=".
func distribution(name string) (to misp.Distribution, group int, ok bool) {
	if id, isGroup := strings.CutPrefix(name, "group:"); isGroup {
		group, err := strconv.Atoi(id)
		return misp.SharingGroup, group, err == nil && group > 0
	}
	to, ok = map[string]misp.Distribution{
		"organisation": misp.OrganisationOnly, "community": misp.CommunityOnly,
		"connected": misp.ConnectedCommunities, "all": misp.AllCommunities,
	}[name]
	return to, 0, ok
}

// distributionOf gives the distribution of a TLP; one without a rule stays in
// the organisation.
func (c Config) distributionOf(tlp string) (misp.Distribution, int) {
	for _, rule := range c.Distribution {
		if name, to, _ := strings.Cut(strings.ToLower(rule), "="); name == tlp {
			to, group, _ := distribution(to)
			return to, group
		}
	}
	return misp.OrganisationOnly, 0
}

// left is what was not sent, and why.
type left struct {
	notIOC   int
	withheld []refusal
}

// event makes the event of a record and its observables.
func (c Config) event(r record, observables []thehive.Observable, v thehive.Version) (misp.Event, left) {
	tlp := tlpName(r.tlp, v)
	e := misp.Event{
		UUID:        r.event(c.TheHiveURL),
		Info:        cmp.Or(strings.TrimSpace(r.title), r.kind+" "+r.id),
		Date:        r.date.Truncate(24 * time.Hour), // MISP keeps the day
		ThreatLevel: threatLevel(r.severity),
		Analysis:    r.analysis(),
		Tags:        append([]string{"tlp:" + tlp, "PAP:" + papName(r.pap)}, c.Tags...),
		Published:   c.Publish,
	}
	e.Distribution, e.SharingGroup = c.distributionOf(tlp)
	if link := c.backlink(r, v); link != "" && e.Distribution == misp.OrganisationOnly {
		e.Attributes = append(e.Attributes, misp.Attribute{Type: "link", Category: "Internal reference", Value: link, Comment: "the " + r.kind + " in TheHive"})
	}
	var l left
	for _, o := range observables {
		switch {
		case c.OnlyIOCs && !o.IOC:
			l.notIOC++
		case o.TLP > r.tlp:
			l.withheld = append(l.withheld, refusal{o.DataType, nameOf(o), fmt.Sprintf("its TLP is above that of the %s: raise the one or lower the other", r.kind)})
		default:
			e.Attributes = append(e.Attributes, c.attributes(o)...)
		}
	}
	return e, l
}

// threatLevel turns TheHive's severity, 1 low to 4 critical, into MISP's level.
func threatLevel(severity int) misp.ThreatLevel {
	switch {
	case severity >= 3:
		return misp.High
	case severity == 2:
		return misp.Medium
	case severity == 1:
		return misp.Low
	}
	return misp.Undefined
}

func (r record) analysis() misp.Analysis {
	switch {
	case r.closed:
		return misp.Completed
	case r.kind == kindCase:
		return misp.Ongoing
	}
	return misp.Initial
}

// backlink is the address of the record's page; TheHive 4 has none for alerts.
func (c Config) backlink(r record, v thehive.Version) string {
	base := strings.TrimRight(c.TheHiveURL, "/")
	switch {
	case v.Major >= 5:
		return base + "/" + r.kind + "s/" + r.id + "/details"
	case r.kind == kindCase:
		return base + "/index.html#!/case/" + r.id + "/details"
	}
	return ""
}
