package waggle

import "slices"

// ThreatKind is a kind of threat, in the words that readers see.
type ThreatKind string

// The kinds of threats. Where a story speaks as much of several, the first of
// them is what it is about: the last ones are in most stories of the others, too.
const (
	Ransomware    ThreatKind = "ransomware"
	PaymentFraud  ThreatKind = "payment fraud"
	SupplyChain   ThreatKind = "supply chain"
	Phishing      ThreatKind = "phishing"
	DataBreach    ThreatKind = "data breach"
	StolenAccess  ThreatKind = "stolen access"
	DDoS          ThreatKind = "denial of service"
	Vulnerability ThreatKind = "vulnerability"
	Malware       ThreatKind = "malware"
	Intrusion     ThreatKind = "intrusion"
	OtherKind     ThreatKind = "other" // none of them is spoken of
)

// ThreatKinds are all kinds, in the order of the constants.
func ThreatKinds() []ThreatKind {
	return []ThreatKind{Ransomware, PaymentFraud, SupplyChain, Phishing, DataBreach, StolenAccess, DDoS, Vulnerability, Malware, Intrusion, OtherKind}
}

// prominentRansomware is the points from which a story is about ransomware, and
// does not only mention it.
const prominentRansomware = 10

// ThreatKind is the kind of threat that a story is about: the one that its reasons
// give the most points. Intrusion is what attackers do in all the others, so it
// counts where there is none of them; and ransomware is malware, so what is
// said of malware counts for it in a story about ransomware.
func (s Story) ThreatKind() ThreatKind {
	sums := map[ThreatKind]int{}
	for _, r := range s.Reasons {
		sums[r.Threat] += r.Points
	}
	if sums[Ransomware] >= prominentRansomware {
		sums[Ransomware] += sums[Malware]
		delete(sums, Malware)
	}
	all := ThreatKinds()
	named := all[:slices.Index(all, Intrusion)]
	main := slices.MaxFunc(named, func(a, b ThreatKind) int { return sums[a] - sums[b] }) // the first of equals
	switch {
	case sums[main] > 0:
		return main
	case sums[Intrusion] > 0:
		return Intrusion
	}
	return OtherKind
}
