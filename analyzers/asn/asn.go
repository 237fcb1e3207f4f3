// Package asn is the analyzer that asks Team Cymru by DNS which autonomous
// system announces an IP address, and who has an autonomous system. It needs no
// key.
//
// The level is info, but for systems that the admin has named. Country, registry
// and date are those of the assignment: where a machine stands they do not say.
//
// Service: https://www.team-cymru.com/ip-asn-mapping, "DNS". Answers are texts
// of fields with | between them; those of an address may be several, as may the
// systems in one.
package asn

import (
	"cmp"
	"context"
	_ "embed"
	"errors"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/miekg/dns"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/resolver"
	"github.com/waggle-cti/waggle/shared/upstream"
)

const service = "Team Cymru"

//go:embed long.html
var long string

// Analyzer is the worker.
var Analyzer = cortex.NewAnalyzer(cortex.Definition{
	Name:        "Waggle_ASN",
	Version:     "1.0",
	Description: "Asks Team Cymru by DNS which autonomous system announces an IP address, and who has one",
	DataTypes:   []string{"ip", "autonomous-system"},
	Service: cortex.Service{
		Name: service, Homepage: "https://www.team-cymru.com/ip-asn-mapping",
		Hosts: []string{"origin.asn.cymru.com", "origin6.asn.cymru.com", "asn.cymru.com"},
	},
	LongTemplate: long,
}, run, probe)

// Config is what the admin sets.
type Config struct {
	Resolver   string   `cortex:"resolver" description:"DNS resolver to ask, such as 192.0.2.53; the system's if not set"`
	Malicious  []string `cortex:"malicious_systems" description:"autonomous systems that make an address malicious, such as AS64496"`
	Suspicious []string `cortex:"suspicious_systems" description:"autonomous systems that make an address suspicious, such as AS64497"`
}

func run(ctx context.Context, job *cortex.Job, cfg Config) (cortex.Report, error) {
	lists, err := cfg.lists()
	if err != nil {
		return cortex.Report{}, err
	}
	client, err := resolver.New(resolver.Options{Service: service, Address: cfg.Resolver})
	if err != nil {
		return cortex.Report{}, err
	}
	f := full{Networks: []network{}, Systems: []system{}}
	if job.DataType == "ip" {
		err = f.ofAddress(ctx, client, job.Data)
	} else {
		err = f.ofSystem(ctx, client, job.Data)
	}
	if err != nil {
		return cortex.Report{}, err
	}
	return f.report(lists), nil
}

// ofAddress asks for the networks that hold an address, and for their systems.
func (f *full) ofAddress(ctx context.Context, client *resolver.Client, text string) error {
	address, err := cortex.PublicAddress(text)
	if err != nil {
		return err
	}
	zone := ".origin.asn.cymru.com"
	if address.Is6() {
		zone = ".origin6.asn.cymru.com"
	}
	rows, err := ask(ctx, client, resolver.Reversed(address)+zone)
	if err != nil {
		return err
	}
	f.Asked = address.String()
	for _, row := range rows[:min(most, len(rows))] {
		prefix, err := netip.ParsePrefix(row[1])
		if err != nil {
			return strange()
		}
		n := network{Prefix: prefix.String(), Country: row[2], Registry: row[3], Allocated: row[4], prefix: prefix}
		for _, word := range strings.Fields(row[0]) {
			if number, err := cortex.AutonomousSystem(word); err == nil && len(n.Systems) < most {
				n.Systems = append(n.Systems, name(number))
			}
		}
		f.Networks = append(f.Networks, n)
	}
	slices.SortStableFunc(f.Networks, func(a, b network) int { return cmp.Compare(b.prefix.Bits(), a.prefix.Bits()) })
	f.ofNetworks(ctx, client)
	return nil
}

// ofNetworks asks for the names of the systems that announce the networks, for
// all at once. The numbers stand in the report with names and without.
func (f *full) ofNetworks(ctx context.Context, client *resolver.Client) {
	var numbers []string
	for _, n := range f.Networks {
		numbers = append(numbers, n.Systems...)
	}
	slices.Sort(numbers)
	numbers = slices.Compact(numbers)
	numbers = numbers[:min(most, len(numbers))]
	f.Systems = make([]system, len(numbers))
	failed := make([]error, len(numbers))
	cortex.Together(len(numbers), func(i int) {
		var found bool
		if f.Systems[i], found, failed[i] = named(ctx, client, numbers[i]); !found {
			f.Systems[i] = system{Number: numbers[i]}
		}
	})
	for _, err := range failed {
		if err != nil {
			f.Failed = err.Error()
		}
	}
}

// ofSystem asks who has an autonomous system.
func (f *full) ofSystem(ctx context.Context, client *resolver.Client, text string) error {
	number, err := cortex.AutonomousSystem(text)
	if err != nil {
		return err
	}
	f.Asked = name(number)
	s, found, err := named(ctx, client, f.Asked)
	if found {
		f.Systems = append(f.Systems, s)
	}
	return err
}

// named asks for a system's name and assignment.
func named(ctx context.Context, client *resolver.Client, number string) (s system, found bool, err error) {
	rows, err := ask(ctx, client, number+".asn.cymru.com")
	if err != nil || len(rows) == 0 {
		return s, false, err
	}
	return system{Number: number, Name: rows[0][4], Country: rows[0][1], Registry: rows[0][2], Allocated: rows[0][3]}, true, nil
}

// ask gives the rows of an answer, each of five fields; none for what the
// service does not know.
func ask(ctx context.Context, client *resolver.Client, name string) ([][]string, error) {
	answer, err := client.Ask(ctx, name, dns.TypeTXT)
	if err != nil {
		return nil, err
	}
	var rows [][]string
	for _, rr := range answer {
		txt, ok := rr.(*dns.TXT)
		if !ok {
			continue // a CNAME on the way
		}
		row := strings.SplitN(resolver.Text(txt.Txt...), "|", 5)
		if len(row) < 3 {
			return nil, strange()
		}
		for len(row) < 5 {
			row = append(row, "")
		}
		for i := range row {
			row[i] = strings.TrimSpace(row[i])
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// strange is the error for an answer that the service would not give.
func strange() error {
	return &upstream.Error{Service: service, Reason: upstream.Failure, Message: "its answer is not a row of fields",
		Next: "set resolver to another one: this one may answer in its place"}
}

func name(number uint32) string { return "AS" + strconv.FormatUint(uint64(number), 10) }

// levels are the systems that the admin has named.
type levels map[string]cortex.Level

func (c Config) lists() (levels, error) {
	out := levels{}
	for _, list := range []struct {
		level   cortex.Level
		systems []string
	}{{cortex.Suspicious, c.Suspicious}, {cortex.Malicious, c.Malicious}} {
		for _, text := range list.systems {
			number, err := cortex.AutonomousSystem(text)
			if err != nil {
				return nil, errors.New("configuration: malicious_systems and suspicious_systems take numbers of autonomous systems, such as AS64496")
			}
			out[name(number)] = list.level
		}
	}
	return out, nil
}
