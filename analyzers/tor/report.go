package tor

import (
	"cmp"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// most is how many relays and names a report lists. Two relays may share an
// IPv4 address; hostile answers may hold more.
const most = 100

// full is the report. Times are as Onionoo writes them: "2006-01-02 15:04:05",
// in UTC.
type full struct {
	Found     bool         `json:"found"`
	Level     cortex.Level `json:"level"`
	Exit      bool         `json:"exit"`
	Published string       `json:"published,omitempty"` // when the list of relays was
	Relays    []relay      `json:"relays"`
}

type relay struct {
	Nickname    string   `json:"nickname,omitempty"`
	Fingerprint string   `json:"fingerprint,omitempty"`
	Link        string   `json:"link,omitempty"`
	Exit        bool     `json:"exit"` // traffic leaves the network from the address
	Running     bool     `json:"running"`
	Flags       []string `json:"flags,omitempty"`
	Addresses   []string `json:"addresses,omitempty"`
	ExitPorts   []string `json:"exit_ports,omitempty"` // that the relay lets traffic leave to
	Hostnames   []string `json:"hostnames,omitempty"`
	FirstSeen   string   `json:"first_seen,omitempty"`
	LastSeen    string   `json:"last_seen,omitempty"`
	Country     string   `json:"country,omitempty"` // two letters
	AS          string   `json:"as,omitempty"`
	Contact     string   `json:"contact,omitempty"` // as its operator wrote it; hostile
}

// report reads the answer, which lists relays whose addresses begin like the
// one that was asked for. Every field may be missing.
func report(answer *upstream.Response, address netip.Addr, cfg Config) (cortex.Report, error) {
	r := answer.Fields()
	if r.Text("version") == "" {
		return cortex.Report{}, answer.Strange("its answer is not Onionoo's")
	}
	f := full{Level: cortex.Info, Published: r.Text("relays_published"), Relays: []relay{}}
	for _, one := range r.List("relays") {
		if read, at := readRelay(one, address); at && len(f.Relays) < most {
			f.Relays = append(f.Relays, read)
			f.Exit = f.Exit || read.Exit
		}
	}
	f.Found = len(f.Relays) > 0
	switch {
	case f.Exit:
		f.Level = cortex.Level(cfg.Exit)
	case f.Found:
		f.Level = cortex.Level(cfg.Relay)
	}
	return cortex.Report{Full: f, Taxonomies: f.labels()}, nil
}

// readRelay reads a relay, and tells whether it is at the address.
func readRelay(r upstream.Fields, address netip.Addr) (out relay, at bool) {
	out = relay{
		Nickname: r.Text("nickname"), Fingerprint: r.Text("fingerprint"), Running: r.Text("running") == "true", Flags: first(r.Texts("flags")),
		Addresses: first(r.Texts("or_addresses")), ExitPorts: first(r.Texts("exit_policy_summary.accept")), Hostnames: first(r.Texts("verified_host_names")),
		FirstSeen: r.Text("first_seen"), LastSeen: r.Text("last_seen"), Country: strings.ToUpper(r.Text("country")), Contact: r.Text("contact"),
		AS: strings.TrimSpace(r.Text("as") + " " + r.Text("as_name")),
	}
	if out.Fingerprint != "" {
		out.Link = "https://metrics.torproject.org/rs.html#details/" + url.PathEscape(out.Fingerprint)
	}
	exits := slices.ContainsFunc(r.Texts("exit_addresses"), func(text string) bool {
		exit, err := netip.ParseAddr(text)
		return err == nil && exit == address
	})
	relays := slices.ContainsFunc(r.Texts("or_addresses"), func(text string) bool {
		or, err := netip.ParseAddrPort(text)
		return err == nil && or.Addr() == address
	})
	// Many exits leave from the address that they are reached at, and only the
	// flag says so.
	out.Exit = exits || relays && slices.Contains(out.Flags, "Exit")
	return out, exits || relays
}

func first(list []string) []string { return list[:min(most, len(list))] }

func (f full) labels() []cortex.Taxonomy {
	label := func(predicate, value string) []cortex.Taxonomy {
		return []cortex.Taxonomy{{Level: f.Level, Predicate: predicate, Value: value}}
	}
	if !f.Found {
		return label("Relay", "no")
	}
	names := make([]string, len(f.Relays))
	for i, r := range f.Relays {
		names[i] = cmp.Or(r.Nickname, r.Fingerprint, "unnamed")
	}
	if f.Exit {
		return label("Exit", strings.Join(names, ", "))
	}
	return label("Relay", strings.Join(names, ", "))
}
