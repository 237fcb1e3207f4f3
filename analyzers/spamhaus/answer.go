package spamhaus

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/resolver"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// full is the report.
type full struct {
	Found    bool         `json:"found"`
	Level    cortex.Level `json:"level"`
	Asked    string       `json:"asked"` // ZEN or DBL
	Value    string       `json:"value"` // what it was asked for
	Link     string       `json:"link"`
	Listings []listing    `json:"listings"`
}

// listing is one list that holds the value.
type listing struct {
	List    string `json:"list"`
	Code    string `json:"code"`
	Meaning string `json:"meaning"`
}

// meaning reads the code of a listing; see the package's documentation.
func meaning(code string) listing {
	l := func(list, meaning string) listing { return listing{List: list, Code: code, Meaning: meaning} }
	switch code {
	case "127.0.0.2":
		return l("SBL", "spam source or service for spammers, listed by hand")
	case "127.0.0.3":
		return l("CSS", "spam source, listed by machine")
	case "127.0.0.4", "127.0.0.5", "127.0.0.6", "127.0.0.7":
		return l("XBL", "infected or exploited machine")
	case "127.0.0.9":
		return l("DROP", "network that criminals run or hijacked")
	case "127.0.0.30":
		return l("BCL", "controls a botnet")
	case "127.0.0.10", "127.0.0.11":
		return l("PBL", "should not send mail itself, says its provider or Spamhaus")
	case "127.0.1.2":
		return l("DBL spam", "domain of spammers")
	case "127.0.1.4":
		return l("DBL phishing", "domain for phishing")
	case "127.0.1.5":
		return l("DBL malware", "domain that spreads malware")
	case "127.0.1.6":
		return l("DBL botnet", "domain that controls a botnet")
	case "127.0.1.102":
		return l("DBL abused", "legitimate domain, abused for spam")
	case "127.0.1.103":
		return l("DBL abused", "redirector, abused for spam")
	case "127.0.1.104":
		return l("DBL abused", "legitimate domain, abused for phishing")
	case "127.0.1.105":
		return l("DBL abused", "legitimate domain, abused for malware")
	case "127.0.1.106":
		return l("DBL abused", "legitimate domain, abused for a botnet")
	}
	return l("unknown", "a code that is not known here")
}

// refusal is the error for a code that is no listing, nil for any other.
func refusal(code string) error {
	e := &upstream.Error{Service: service, Next: ownResolver}
	switch code {
	case "127.255.255.250", "127.255.255.251":
		e.Reason, e.Message, e.Next = upstream.Auth, "it does not take the key, which is disabled or another account's", "check the key"
	case "127.255.255.252":
		e.Reason, e.Message, e.Next = upstream.BadInput, "it does not know the list that was asked", "check the key"
	case "127.255.255.254":
		e.Reason, e.Message = upstream.Auth, "it does not answer this DNS resolver, which is a public one or has no name of its own"
	case "127.255.255.255":
		e.Reason, e.Message = upstream.RateLimited, "this DNS resolver asks it too often"
	case "127.0.1.255":
		e.Reason, e.Message, e.Next = upstream.BadInput, "it was asked for an address where it lists domains", "check the value"
	default:
		if strings.HasPrefix(code, "127.0.") {
			return nil
		}
		e.Reason, e.Message = upstream.Failure, "the DNS resolver gives an address of its own for names that do not exist"
	}
	e.Message += " (code " + code + ")"
	return e
}

const ownResolver = "set resolver to one in a network of your own, or key to one of its Data Query Service (free for small use)"

// listings asks for a name. No answer is not listed.
func listings(ctx context.Context, client *resolver.Client, name string) ([]listing, error) {
	answer, err := client.Ask(ctx, name, dns.TypeA)
	if err != nil {
		return nil, err
	}
	var found []listing
	for _, r := range answer {
		a, ok := r.(*dns.A)
		if !ok {
			continue // a CNAME on the way
		}
		if err := refusal(a.A.String()); err != nil {
			return nil, err
		}
		found = append(found, meaning(a.A.String()))
	}
	slices.SortFunc(found, func(a, b listing) int {
		return cmp.Or(cmp.Compare(len(a.Code), len(b.Code)), cmp.Compare(a.Code, b.Code))
	})
	return slices.Compact(found), nil
}

// believe checks that the resolver sees the list: some that Spamhaus does not
// answer say that nothing is listed.
func believe(ctx context.Context, client *resolver.Client, q question, key string) error {
	found, err := listings(ctx, client, q.test+"."+q.zone(key))
	if err == nil && len(found) == 0 {
		err = &upstream.Error{Service: service, Reason: upstream.Auth, Message: "the DNS resolver does not see the list: its test entry is missing", Next: "check the key if one is set; else " + ownResolver}
	}
	return err
}

func report(q question, found []listing, cfg Config) cortex.Report {
	f := full{Found: len(found) > 0, Level: cortex.Info, Asked: q.list, Value: q.value, Listings: found,
		Link: "https://check.spamhaus.org/results/?query=" + url.QueryEscape(q.value)}
	var lists []string
	for _, l := range found {
		if level := l.level(cfg); level.Worse(f.Level) {
			f.Level = level
		}
		lists = append(lists, strings.TrimPrefix(l.List, q.list+" "))
	}
	if !f.Found {
		f.Listings, lists = []listing{}, []string{"not listed"}
	}
	label := cortex.Taxonomy{Level: f.Level, Predicate: q.list, Value: strings.Join(slices.Compact(lists), ", ")}
	return cortex.Report{Full: f, Taxonomies: []cortex.Taxonomy{label}}
}

func (l listing) level(cfg Config) cortex.Level {
	switch {
	case slices.Contains(cfg.Malicious, l.List):
		return cortex.Malicious
	case slices.Contains(cfg.Suspicious, l.List):
		return cortex.Suspicious
	}
	return cortex.Info
}
